// What LLVM's tools say of a Mach-O file, in the words of our reader.

import { readFile } from 'node:fs/promises';
import type { ExecutionContext } from 'ava';
import { type MachO, readMachO } from '../../../build/formats/macho.ts';
import { CPU_TYPE, LC } from '../../../build/formats/macho-constants.ts';
import { undefinedSymbols } from '../../../build/formats/macho-symbols.ts';
import { machOParts } from '../../../build/formats/macho-universal.ts';
import { run } from '../../../build/process.ts';

const say = async (...argv: string[]) => (await run(argv)).stdout;

/** What LLVM's tools say of one architecture of a file, in the words of our reader. */
async function askLlvm(file: string, architecture: string) {
  const arch = `--arch=${architecture}`;
  const objdump = ['llvm-objdump-19', '--macho', arch];
  const headers = await say(...objdump, '--private-headers', file);
  const all = (pattern: RegExp) => [...headers.matchAll(pattern)].map((match) => match.slice(1).join(' '));
  const tables = await say(...objdump, '--bind', '--lazy-bind', '--weak-bind', '--chained-fixups', file);
  const symbols = async (...words: string[]) =>
    (await say('llvm-nm-19', arch, '-p', ...words, '--format=just-symbols', file))
      .trimEnd()
      .split('\n')
      .sort();
  return {
    fileType: all(/^ *MH_MAGIC_64 +\S+ +\S+ +\S+ +(\S+)/gm)[0],
    isTwoLevel: /^ *MH_MAGIC_64 .*\bTWOLEVEL\b/m.test(headers),
    isPie: /^ *MH_MAGIC_64 .*\bPIE\b/m.test(headers),
    minimumSystem: all(/^ *minos (\S+)$/gm)[0],
    sdk: all(/^ *sdk (\S+)$/gm)[0],
    dylibs: all(/cmd LC_LOAD_DYLIB\n.*\n +name (\S+)/g),
    installName: all(/cmd LC_ID_DYLIB\n.*\n +name (\S+)/g)[0],
    dynamicLinker: all(/cmd LC_LOAD_DYLINKER\n.*\n +name (\S+)/g)[0],
    runPaths: all(/cmd LC_RPATH\n.*\n +path (\S+)/g),
    segments: all(
      /segname (\S*)\n *vmaddr .*\n.*\n *fileoff (\d+)\n *filesize (\d+)\n *maxprot (\S+)\n *initprot (\S+)/g,
    ),
    signature: all(/cmd LC_CODE_SIGNATURE\n.*\n *dataoff (\d+)\n *datasize (\d+)/g)[0],
    exports: [...(await say(...objdump, '--exports-trie', file)).matchAll(/^0x\w+ +(\S+)/gm)]
      .map(([, name]) => name)
      .sort(),
    bindings: bound(tables),
    symbols: await symbols('-a'),
    undefined: await symbols('-u'),
  };
}

/** Names in the three bind tables and in the list of chained imports, each once. */
function bound(tables: string): readonly string[] {
  const binds = [...tables.matchAll(/^__\w+ +\S+ +0x\w+ (.*) (\S+)$/gm)].map(([, , name = '']) => name);
  const imports = [...tables.matchAll(/^ +name_offset = \d+ \((\S+)\)$/gm)].map(([, name = '']) => name);
  return [...new Set([...binds, ...imports])].sort();
}

/** The same facts by our reader. */
function askReader(macho: MachO) {
  const rights = (bits: number) =>
    [...'rwx'].map((letter, bit) => (bits & (1 << bit) ? letter : '-')).join('');
  const { signature } = macho;
  return {
    fileType: { 2: 'EXECUTE', 6: 'DYLIB', 8: 'BUNDLE' }[macho.fileType],
    isTwoLevel: (macho.flags & 0x80) !== 0,
    isPie: (macho.flags & 0x200000) !== 0,
    minimumSystem: macho.buildVersion?.minimumSystem,
    sdk: macho.buildVersion?.sdk,
    dylibs: macho.dylibs.filter(({ command }) => command === LC.LOAD_DYLIB).map(({ name }) => name),
    installName: macho.installName,
    dynamicLinker: macho.dynamicLinker,
    runPaths: macho.runPaths,
    segments: macho.segments.map(({ name, offset, fileSizeBytes, maxProtection, initialProtection }) =>
      [name, offset, fileSizeBytes, rights(maxProtection), rights(initialProtection)].join(' '),
    ),
    signature: signature && `${signature.offset} ${signature.sizeBytes}`,
    exports: macho.exports.map(({ name }) => name).sort(),
    bindings: [...new Set(macho.bindings.map(({ name }) => name))].sort(),
    symbols: macho.symbols.map(({ name }) => name).sort(),
    undefined: undefinedSymbols(macho.symbols)
      .map(({ name }) => name)
      .sort(),
  };
}

/** Compares what both say of one architecture of a file, and answers with ours. */
export async function compareWithLlvm(
  t: ExecutionContext,
  file: string,
  architecture = 'arm64',
): Promise<MachO> {
  const parts = machOParts(await readFile(file), file).map((bytes) => readMachO(bytes, file));
  const macho = parts.find(({ cpuType }) => cpuType === CPU_TYPE[architecture as keyof typeof CPU_TYPE]);
  if (macho === undefined) throw new Error(`${file} has no ${architecture}`);
  t.deepEqual(askReader(macho), await askLlvm(file, architecture), file);
  return macho;
}
