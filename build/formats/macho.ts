// Reader of Mach-O files: 64 bits, little endian, one architecture, as macOS' loader sees them.
//
//   mach_header_64, 32 bytes       load_command          segment_command_64, 72 bytes   section_64, 80 bytes
//    0 magic      u32 feedfacf     0 cmd     u32          8 segname  char[16]            0 sectname char[16]
//    4 cputype    u32              4 cmdsize u32         24 vmaddr   u64                16 segname  char[16]
//    8 cpusubtype u32              8 …, a multiple       32 vmsize   u64                32 addr     u64
//   12 filetype   u32                of 8 bytes          40 fileoff  u64                40 size     u64
//   16 ncmds      u32                                    48 filesize u64                …
//   20 sizeofcmds u32                                    56 maxprot  u32
//   24 flags      u32                                    60 initprot u32
//   28 reserved   u32                                    64 nsects   u32
//   32 the load commands                                 68 flags    u32, then the sections
//
// Source: <mach-o/loader.h> of the macOS SDK. Mirrors llvm-objdump --macho --private-headers --exports-trie --bind.

import { type CheckedBytes, checkedBytes } from './checked-bytes.ts';
import { type CodeSignature, readCodeSignature } from './code-signature.ts';
import { type MachBinding, readBindings, readChainedImports } from './macho-bindings.ts';
import {
  type BuildVersion,
  type BytePlace,
  type LoadedDylib,
  readBuildVersion,
  readDylibs,
  readPlace,
  readTexts,
} from './macho-commands.ts';
import { LC, MAGIC } from './macho-constants.ts';
import { type MachExport, readExports } from './macho-exports.ts';
import { type MachSymbol, readSymbolTable } from './macho-symbols.ts';

/** A load command: where it stands, and how long it is. */
export interface LoadCommand {
  /** `LC`. */
  readonly cmd: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** LC_SEGMENT_64. */
export interface MachSegment {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
  readonly fileSizeBytes: number;
  /** `VM_PROT`: what the memory may ever become, and what it is at first. */
  readonly maxProtection: number;
  readonly initialProtection: number;
  /** Names of the sections, as `__TEXT,__text`. */
  readonly sections: readonly string[];
}

/** What one Mach-O file says about itself. */
export interface MachO {
  /** `CPU_TYPE`. */
  readonly cpuType: number;
  /** `MH`. */
  readonly fileType: number;
  /** `MH_FLAG`. */
  readonly flags: number;
  readonly segments: readonly MachSegment[];
  /** LC_BUILD_VERSION or LC_VERSION_MIN_MACOSX. */
  readonly buildVersion: BuildVersion | undefined;
  /** Libraries in the order of the file, which ordinals count. */
  readonly dylibs: readonly LoadedDylib[];
  /** LC_ID_DYLIB: the name that files linked to this one ask for. */
  readonly installName: string | undefined;
  /** LC_LOAD_DYLINKER. */
  readonly dynamicLinker: string | undefined;
  /** LC_RPATH in the order of the file. */
  readonly runPaths: readonly string[];
  /** LC_DYLD_ENVIRONMENT: variables that the loader heeds, as `NAME=value`. */
  readonly loaderEnvironment: readonly string[];
  /** LC_SYMTAB. */
  readonly symbols: readonly MachSymbol[];
  /** The exports trie: what others can bind to. */
  readonly exports: readonly MachExport[];
  /** What the loader binds: the opcodes of LC_DYLD_INFO, or the imports of LC_DYLD_CHAINED_FIXUPS. */
  readonly bindings: readonly MachBinding[];
  /** LC_CODE_SIGNATURE. */
  readonly signature: CodeSignature | undefined;
}

/**
 * Reads a Mach-O file, or one part of a universal one.
 * @param bytes - the whole file or part
 * @param file - the name that errors begin with
 * @throws {BuildError} ERR_VALIDATION with what was wanted and what was found: not Mach-O, 32 bits, a table outside the
 *   file, a name without an end, a trie that is no tree, a damaged signature
 */
export function readMachO(bytes: Buffer, file: string): MachO {
  const view = checkedBytes(bytes, file);
  const magic = view.u32(0, 'magic');
  if (magic !== MAGIC.MH_64) {
    view.fail(`wanted a 64-bit Mach-O file (feedfacf), got ${magic.toString(16).padStart(8, '0')}`);
  }
  const commands = readCommands(view);
  const only = (...cmds: readonly number[]) => onlyCommand(view, commands, cmds);
  const texts = (cmd: number) => readTexts(view, commands, cmd);
  const { ids, loaded } = readDylibs(view, commands);
  if (ids.length > 1) view.fail(`wanted at most one LC_ID_DYLIB, got ${ids.length}`);
  const signature = only(LC.CODE_SIGNATURE);
  return {
    cpuType: view.u32(4, 'cputype'),
    fileType: view.u32(12, 'filetype'),
    flags: view.u32(24, 'flags'),
    segments: commands
      .filter(({ cmd }) => cmd === LC.SEGMENT_64)
      .map((command) => readSegment(view, command)),
    buildVersion: readBuildVersion(view, only(LC.BUILD_VERSION, LC.VERSION_MIN_MACOSX)),
    dylibs: loaded,
    installName: ids[0],
    dynamicLinker: texts(LC.LOAD_DYLINKER)[0],
    runPaths: texts(LC.RPATH),
    loaderEnvironment: texts(LC.DYLD_ENVIRONMENT),
    symbols: readSymbolTable(view, only(LC.SYMTAB)),
    ...readLinkEdit(view, only),
    signature: signature && readCodeSignature(bytes, readBlobPlace(view, signature), file),
  };
}

type Only = (...cmds: readonly number[]) => LoadCommand | undefined;

/** What the loader is told about exports and imports, in either of the two forms. */
function readLinkEdit(view: CheckedBytes, only: Only): Pick<MachO, 'exports' | 'bindings'> {
  const info = only(LC.DYLD_INFO, LC.DYLD_INFO_ONLY);
  const trie = only(LC.DYLD_EXPORTS_TRIE);
  const chained = only(LC.DYLD_CHAINED_FIXUPS);
  if (info !== undefined && (trie !== undefined || chained !== undefined)) {
    view.fail('wanted LC_DYLD_INFO or the newer commands in its place, got both');
  }
  return {
    exports: [
      ...(info === undefined ? [] : readExports(view, readPlace(view, info.offset + 40, 'the exports trie'))),
      ...(trie === undefined ? [] : readExports(view, readBlobPlace(view, trie))),
    ],
    bindings: [
      ...(info === undefined ? [] : readBindings(view, info.offset)),
      ...(chained === undefined ? [] : readChainedImports(view, readBlobPlace(view, chained))),
    ],
  };
}

/** linkedit_data_command: 8 dataoff u32, 12 datasize u32. */
function readBlobPlace(view: CheckedBytes, command: LoadCommand): BytePlace {
  return readPlace(view, command.offset + 8, `the data of load command 0x${command.cmd.toString(16)}`);
}

/** Commands that are shorter than what is read of them would be read into the next one. */
const leastSizes: Readonly<Record<number, number>> = {
  [LC.SEGMENT_64]: 72,
  [LC.SYMTAB]: 24,
  [LC.DYLD_INFO]: 48,
  [LC.DYLD_INFO_ONLY]: 48,
  [LC.BUILD_VERSION]: 24,
};

function readCommands(view: CheckedBytes): readonly LoadCommand[] {
  const count = view.u32(16, 'ncmds');
  const sizeBytes = view.u32(20, 'sizeofcmds');
  const end = 32 + sizeBytes;
  view.expectRange(32, sizeBytes, 'the load commands');
  if (count > sizeBytes / 8) view.fail(`wanted ncmds to fit into ${sizeBytes} bytes, got ${count}`);
  const commands: LoadCommand[] = [];
  let at = 32;
  for (let index = 0; index < count; index += 1) {
    if (at + 8 > end) view.fail(`wanted ${count} load commands, got ${index}`);
    const command = { cmd: view.u32(at, 'cmd'), offset: at, sizeBytes: view.u32(at + 4, 'cmdsize') };
    const least = leastSizes[command.cmd] ?? 16;
    if (command.sizeBytes % 4 !== 0 || command.sizeBytes < least || at + command.sizeBytes > end) {
      const range = `a multiple of 4 from ${least} to ${end - at}`;
      view.fail(`wanted cmdsize of load command ${index} to be ${range}, got ${command.sizeBytes}`);
    }
    commands.push(command);
    at += command.sizeBytes;
  }
  return commands;
}

function onlyCommand(
  view: CheckedBytes,
  commands: readonly LoadCommand[],
  cmds: readonly number[],
): LoadCommand | undefined {
  const found = commands.filter(({ cmd }) => cmds.includes(cmd));
  if (found.length > 1) {
    view.fail(`wanted at most one load command 0x${cmds[0]?.toString(16)}, got ${found.length}`);
  }
  return found[0];
}

function readSegment(view: CheckedBytes, { offset: at, sizeBytes }: LoadCommand): MachSegment {
  const name = fixedText(view, at + 8);
  const segment = {
    name,
    address: view.u64(at + 24, 'vmaddr'),
    offset: view.u64(at + 40, 'fileoff'),
    fileSizeBytes: view.u64(at + 48, 'filesize'),
    maxProtection: view.u32(at + 56, 'maxprot'),
    initialProtection: view.u32(at + 60, 'initprot'),
  };
  const count = view.u32(at + 64, 'nsects');
  if (72 + count * 80 !== sizeBytes) {
    view.fail(`wanted ${(sizeBytes - 72) / 80} sections in the segment ${name}, got ${count}`);
  }
  view.expectRange(segment.offset, segment.fileSizeBytes, `the segment ${name}`);
  const sections = Array.from({ length: count }, (_, index) => {
    const section = at + 72 + index * 80;
    return `${fixedText(view, section + 16)},${fixedText(view, section)}`;
  });
  return { ...segment, sections };
}

/** A name in a field of 16 bytes, which need not end with NUL. */
function fixedText(view: CheckedBytes, at: number): string {
  return view.slice(at, 16, 'a name').toString('latin1').replace(/\0.*$/s, '');
}
