// A small stage for macOS that keeps every rule of the validator, made with clang and lld, and what it takes to break it.
// It is linked against stubs of its own: the real ones have no symbols to break rules with.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readMachO } from '../../../../build/formats/macho.ts';
import { run } from '../../../../build/process.ts';
import type { MacTarget, Stage } from '../../../../build/types.ts';
import { binaryPaths, type Role } from '../../../../build/validation/rule.ts';
import { darwinArm64, darwinUniversal } from '../../../../platform/macos/targets.ts';
import { fileEntry, stageEntries } from '../../../support/staged-files.ts';

/** A stage for macOS. */
export type MacStage = Stage & { readonly target: MacTarget };

type Architecture = MacTarget['architectures'][number];

export const paths = binaryPaths(darwinArm64);

/** One file to link. */
export interface LinkSpec {
  /** C source. */
  readonly source: string;
  /** Words for the linker, after those that every file has: the later one of two that contradict wins. */
  readonly flags?: readonly string[];
  /** Words for the compiler. */
  readonly compile?: readonly string[];
  readonly architecture?: Architecture;
  readonly minimumSystem?: string;
}

/** The stubs that files are linked against, by file name. */
const stubs: Readonly<Record<string, { readonly installName: string; readonly symbols: readonly string[] }>> =
  {
    'libSystem.tbd': {
      installName: '/usr/lib/libSystem.B.dylib',
      symbols: ['_puts', '_getentropy', 'dyld_stub_binder'],
    },
    'libSystem-newer.tbd': {
      installName: '/usr/lib/libSystem.B.dylib',
      symbols: ['_puts', '_nowhere', 'dyld_stub_binder'],
    },
    'libz.tbd': { installName: '/usr/lib/libz.1.dylib', symbols: ['_deflate'] },
  };

function stubText({ installName, symbols }: (typeof stubs)[string]): string {
  return `--- !tapi-tbd
tbd-version:     4
targets:         [ x86_64-macos, arm64-macos ]
install-name:    '${installName}'
exports:
  - targets:         [ x86_64-macos, arm64-macos ]
    symbols:         [ ${symbols.map((name) => `'${name}'`).join(', ')} ]
...
`;
}

/** OpenSSL's three directories, as the library keeps them. */
export function directoryTexts(openssldir: string = darwinArm64.directories.openssldir): string {
  const { modulesdir, enginesdir } = darwinArm64.directories;
  const texts = { OPENSSLDIR: openssldir, MODULESDIR: modulesdir, ENGINESDIR: enginesdir };
  return Object.entries(texts)
    .map(
      ([name, folder]) => `__attribute__((used)) static const char ${name}[] = "${name}: \\"${folder}\\"";`,
    )
    .join('\n');
}

export const ownRunPath = ['-rpath', '@loader_path/../lib'] as const;
const napi = ['-U', '_napi_create_object'] as const;

export const goodFiles: Readonly<Record<Role, LinkSpec>> = {
  libcrypto: {
    source: `${directoryTexts()} int puts(const char *); int getentropy(void *, unsigned long);
      void EVP_new(void) { puts(""); getentropy(0, 0); }`,
    flags: ['-dylib', '-install_name', '@rpath/libcrypto.3.dylib', 'libSystem.tbd', ...ownRunPath],
  },
  libssl: {
    source: 'int puts(const char *); void EVP_new(void); void SSL_new(void) { EVP_new(); puts(""); }',
    flags: [
      ...['-dylib', '-install_name', '@rpath/libssl.3.dylib', 'libcrypto.3.dylib', 'libSystem.tbd'],
      ...ownRunPath,
    ],
  },
  command: {
    source:
      'int puts(const char *); void EVP_new(void), SSL_new(void); int main(void) { SSL_new(); EVP_new(); return puts(""); }',
    flags: ['-execute', 'libssl.3.dylib', 'libcrypto.3.dylib', 'libSystem.tbd', ...ownRunPath],
  },
  addon: {
    source: `${directoryTexts()} int puts(const char *); void napi_create_object(void);
      void napi_register_module_v1(void) { puts(""); napi_create_object(); }
      int node_api_module_get_api_version_v1(void) { return 9; }`,
    flags: ['-bundle', 'libSystem.tbd', ...napi],
  },
};

/** Links files and changes stages in one folder. */
export interface Workshop {
  readonly dir: string;
  /** For arm64. */
  readonly good: MacStage;
  /** For both processors. */
  readonly universal: MacStage;
  /** Links a file and answers with its absolute path. */
  link(name: string, spec: LinkSpec): Promise<string>;
  /** The good stage with one of its binaries linked anew, with these parts and these further words for the linker. */
  relinked(role: Role, changes: Partial<LinkSpec>): Promise<MacStage>;
  /** The good stage with one of its binaries linked with these words alone. */
  linkedWith(role: Role, flags: readonly string[], source?: string): Promise<MacStage>;
  /** A stage, the good one unless said otherwise, with other content at a path. */
  withContent(file: string, content: Buffer, stage?: MacStage): Promise<MacStage>;
  /** The good stage with one of its binaries changed and signed again. */
  patched(role: Role, change: (bytes: Buffer) => Buffer | undefined): Promise<MacStage>;
  /** The content of one of the good stage's binaries, to be changed at will. */
  bytesOf(role: Role, stage?: MacStage): Promise<Buffer>;
}

/** Links the good stages' files. @param dir - empty folder, absolute */
export async function openWorkshop(dir: string): Promise<Workshop> {
  for (const [name, stub] of Object.entries(stubs)) await writeFile(path.join(dir, name), stubText(stub));
  const link = (name: string, spec: LinkSpec) => linkFile(dir, name, spec);
  const good: MacStage = await linkStage(dir, darwinArm64, ({ name, spec }) => link(name, spec));
  const universal: MacStage = await linkStage(dir, darwinUniversal, async ({ name, spec }) => {
    const architectures = darwinUniversal.architectures;
    const parts = architectures.map((architecture) =>
      link(`${name}-${architecture}`, { ...spec, architecture }),
    );
    const out = path.join(dir, `universal-${name}`);
    await run(['llvm-lipo-19', '-create', ...(await Promise.all(parts)), '-output', out]);
    return out;
  });
  let made = 0;
  const withFile = async (file: string, source: string, stage = good): Promise<MacStage> => ({
    ...stage,
    entries: stageEntries([...stage.entries, await fileEntry(file, source)]),
  });
  const relink = async (role: Role, spec: LinkSpec) => {
    made += 1;
    return withFile(paths[role], await link(`${role}-${made}`, spec));
  };
  const withContent = async (file: string, content: Buffer, stage = good) => {
    made += 1;
    const source = path.join(dir, `content-${made}`);
    await writeFile(source, content);
    return withFile(file, source, stage);
  };
  const bytesOf = async (role: Role, { entries } = good) => {
    const name = { ...paths, addon: `node_modules/${good.target.npm.packageName}/tsopenssl.node` }[role];
    const entry = entries.find(({ path: file }) => file === name || file.endsWith(path.basename(name)));
    if (entry?.type !== 'file') throw new Error(`the stage has no file ${name}`);
    return readFile(entry.source);
  };
  return {
    dir,
    good,
    universal,
    link,
    withContent,
    bytesOf,
    relinked: (role, changes) =>
      relink(role, {
        ...goodFiles[role],
        ...changes,
        flags: [...(goodFiles[role].flags ?? []), ...(changes.flags ?? [])],
      }),
    linkedWith: (role, flags, source = goodFiles[role].source) => relink(role, { source, flags }),
    async patched(role, change) {
      const bytes = await bytesOf(role);
      return withContent(paths[role], signedAgain(change(bytes) ?? bytes));
    },
  };
}

async function linkStage(
  dir: string,
  target: MacTarget,
  link: (file: { readonly name: string; readonly spec: LinkSpec }) => Promise<string>,
): Promise<MacStage> {
  const names = binaryPaths(target);
  const readme = path.join(dir, 'README.md');
  await writeFile(readme, 'Unpack it anywhere.\n');
  const entries = [await fileEntry('share/README.md', readme)];
  for (const role of ['libcrypto', 'libssl', 'command', 'addon'] as const) {
    const source = await link({ name: path.basename(names[role]), spec: goodFiles[role] });
    entries.push(await fileEntry(names[role], source));
  }
  return { target, entries: stageEntries(entries), epochSeconds: 0 };
}

async function linkFile(dir: string, name: string, spec: LinkSpec): Promise<string> {
  const { source, flags = [], compile = [], architecture = 'arm64', minimumSystem = '11.0' } = spec;
  await writeFile(path.join(dir, `${name}.c`), source);
  const triple = `--target=${architecture}-apple-macos11.0`;
  const cc = [
    'clang-19',
    triple,
    '-O1',
    '-g0',
    '-fno-builtin',
    '-fno-stack-protector',
    '-ffile-compilation-dir=.',
    ...compile,
  ];
  await run([...cc, '-c', `${name}.c`, '-o', `${name}.o`], { cwd: dir });
  const ld = ['ld64.lld-19', '-arch', architecture, '-platform_version', 'macos', minimumSystem, '15.1'];
  // the identifier in the signature is the name of the output
  await run([...ld, '-adhoc_codesign', '-oso_prefix', `${dir}/`, `${name}.o`, '-o', name, ...flags], {
    cwd: dir,
  });
  return path.join(dir, name);
}

/** Place of the CodeDirectory: the first blob of the signature, as lld writes it. */
export function codeDirectory(bytes: Buffer): number {
  const { signature } = readMachO(bytes, 'fixture');
  if (signature === undefined) throw new Error('the fixture has no signature');
  return signature.offset + bytes.readUInt32BE(signature.offset + 16);
}

/** The same file with the digests that its pages now have. */
function signedAgain(bytes: Buffer): Buffer {
  const directory = codeDirectory(bytes);
  const hashes = directory + bytes.readUInt32BE(directory + 16);
  const limit = bytes.readUInt32BE(directory + 32);
  for (let page = 0; page * 4096 < limit; page += 1) {
    const digest = createHash('sha256').update(
      bytes.subarray(page * 4096, Math.min((page + 1) * 4096, limit)),
    );
    digest.digest().copy(bytes, hashes + page * 32);
  }
  return bytes;
}

/** Place of the first load command of a kind. */
export function loadCommand(bytes: Buffer, cmd: number): number {
  let at = 32;
  for (let index = bytes.readUInt32LE(16); index > 0; index -= 1) {
    if (bytes.readUInt32LE(at) === cmd) return at;
    at += bytes.readUInt32LE(at + 4);
  }
  throw new Error(`the fixture has no load command 0x${cmd.toString(16)}`);
}

/** A stage that breaks one rule and no other. */
export interface BrokenCase {
  readonly rule: string;
  /** What is wrong, the end of a test's title. */
  readonly what: string;
  breakStage(workshop: Workshop): Promise<MacStage>;
  /** The path that the problem names. */
  readonly path: string;
  readonly wanted: RegExp;
  readonly got: RegExp;
}
