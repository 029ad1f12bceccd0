// A small stage that keeps every rule of the validator, made with the machine's gcc, and what it takes to break it.
// It is linked against a C library of its own: gcc's real one has symbols too new for the floor, and none to break rules with.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../../../build/process.ts';
import type { Entry, FileEntry, LinuxTarget, Stage } from '../../../../build/types.ts';
import { binaryPaths } from '../../../../build/validation/rule.ts';
import { linuxX64 } from '../../../../platform/linux/targets.ts';

/** A stage for Linux. */
export type LinuxStage = Stage & { readonly target: LinuxTarget };

export const paths = binaryPaths(linuxX64);

/** One file to link. */
export interface LinkSpec {
  /** C source. */
  readonly source: string;
  /** Further words for gcc, after those that make a good file: the later one of two that contradict wins. */
  readonly flags?: readonly string[];
  /** Linker version script; without it every symbol is exported. */
  readonly versions?: string;
}

const goodFlags = [
  ...['-O1', '-g0', '-s', '-nostdlib', '-fno-stack-protector', '-fcf-protection=none'],
  ...['-Wl,-z,now', '-Wl,-z,relro', '-Wl,-z,noexecstack', '-Wl,--enable-new-dtags'],
];

/** Symbols of C libraries, old, new and wrong, each with the version that a rule looks at. */
const systemLibrary: LinkSpec = {
  source: ['puts', 'clock_gettime', 'dlopen', 'secret', 'packed', 'operator_new', 'EVP_sha256', 'ENGINE_new']
    .map((name) => `void ${name}(void) {}`)
    .join('\n'),
  versions: `GLIBC_2.2.5 { global: puts; local: *; }; GLIBC_2.17 { global: clock_gettime; };
    GLIBC_2.34 { global: dlopen; }; GLIBC_PRIVATE { global: secret; }; GLIBC_ABI_DT_RELR { global: packed; };
    GLIBCXX_3.4 { global: operator_new; }; OPENSSL_3.0.0 { global: EVP_sha256; }; OPENSSL_1_1_0 { global: ENGINE_new; };`,
  flags: ['-shared', '-fPIC', '-Wl,-soname,libc.so.6'],
};

/** Name of a target's C library. */
function cLibrary({ glibcFloor }: LinuxTarget): string {
  return glibcFloor === undefined ? 'libc.so' : 'libc.so.6';
}

/** The C library of a target: musl's symbols have no versions. */
function systemLibraryFor(target: LinuxTarget): LinkSpec {
  if (target.glibcFloor !== undefined) return systemLibrary;
  const names = ['close', 'clock_gettime', 'getcontext'];
  const source = names.map((name) => `void ${name}(void) {}`).join('\n');
  return { source, flags: ['-shared', '-fPIC', '-Wl,-soname,libc.so'] };
}

/** What to link for a target: another C library, another loader, and for musl only what our own binaries use of it. */
function specFor(target: LinuxTarget, spec: LinkSpec): LinkSpec {
  const { loader } = linuxX64;
  const flags = spec.flags?.map((flag) =>
    flag === 'libc.so.6' ? cLibrary(target) : flag.replace(loader, target.loader),
  );
  const source = target.glibcFloor === undefined ? spec.source.replaceAll(/\bputs\b/g, 'close') : spec.source;
  return { ...spec, source, ...(flags === undefined ? {} : { flags }) };
}

/** The file with the target's `e_machine`: a copy, since the linker reads the file itself. */
async function forMachine(file: string, { elfMachine }: LinuxTarget): Promise<string> {
  if (elfMachine === linuxX64.elfMachine) return file;
  const bytes = await readFile(file);
  bytes.writeUInt16LE(elfMachine, 18);
  await writeFile(`${file}.other`, bytes);
  return `${file}.other`;
}

/** OpenSSL's three directories, as the library keeps them. */
export function directoryTexts(openssldir: string = linuxX64.directories.openssldir): string {
  const { modulesdir, enginesdir } = linuxX64.directories;
  const texts = { OPENSSLDIR: openssldir, MODULESDIR: modulesdir, ENGINESDIR: enginesdir };
  return Object.entries(texts)
    .map(
      ([name, folder]) => `__attribute__((used)) static const char ${name}[] = "${name}: \\"${folder}\\"";`,
    )
    .join('\n');
}

export const goodFiles = {
  libcrypto: {
    source: `${directoryTexts()} void puts(void); void clock_gettime(void); extern void getentropy(void) __attribute__((weak));
      void EVP_new(void) { puts(); clock_gettime(); if (getentropy) getentropy(); }`,
    versions: 'OPENSSL_3.0.0 { global: EVP_new; local: *; };',
    flags: ['-shared', '-fPIC', 'libc.so.6', '-Wl,-soname,libcrypto.so.3', '-Wl,-rpath,$ORIGIN/../lib'],
  },
  libssl: {
    source: 'void EVP_new(void); void puts(void); void SSL_new(void) { EVP_new(); puts(); }',
    versions: 'OPENSSL_3.0.0 { global: SSL_new; local: *; };',
    flags: [
      ...['-shared', '-fPIC', 'libcrypto.so.3', 'libc.so.6'],
      ...['-Wl,-soname,libssl.so.3', '-Wl,-rpath,$ORIGIN/../lib'],
    ],
  },
  command: {
    source:
      'void SSL_new(void); void EVP_new(void); void puts(void); void _start(void) { SSL_new(); EVP_new(); puts(); }',
    flags: [
      ...['-pie', '-fPIE', 'libssl.so.3', 'libcrypto.so.3', 'libc.so.6', '-Wl,-rpath,$ORIGIN/../lib'],
      '-Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2',
    ],
  },
  addon: {
    source: `${directoryTexts()} void puts(void); void napi_create_object(void);
      extern void __gmon_start__(void) __attribute__((weak));
      extern void _ITM_RU1(void) __attribute__((weak)), _ZGTtdlPv(void) __attribute__((weak));
      extern void __cxa_pure_virtual(void) __attribute__((weak));
      void napi_register_module_v1(void) { puts(); napi_create_object(); if (__gmon_start__) __gmon_start__();
        if (_ITM_RU1) _ITM_RU1(); if (_ZGTtdlPv) _ZGTtdlPv(); if (__cxa_pure_virtual) __cxa_pure_virtual(); }
      int node_api_module_get_api_version_v1(void) { return 9; }`,
    versions: '{ global: napi_register_module_v1; node_api_module_get_api_version_v1; local: *; };',
    flags: ['-shared', '-fPIC', 'libc.so.6', '-Wl,-z,nodelete'],
  },
} as const satisfies Record<string, LinkSpec>;

export type Role = keyof typeof goodFiles;

/** Links files and changes stages in one folder. */
export interface Workshop {
  readonly dir: string;
  /** Where the binaries lie in the stage. */
  readonly paths: Readonly<Record<Role, string>>;
  readonly good: LinuxStage;
  /** Links a file and answers with its absolute path. */
  link(name: string, spec: LinkSpec): Promise<string>;
  /** The good stage with one of its binaries linked anew: with these parts, more flags, and without the one dropped. */
  relinked(role: Role, changes: Partial<LinkSpec> & { readonly dropped?: string }): Promise<LinuxStage>;
  /** The good stage with other content at a path. */
  withContent(file: string, content: Buffer | string): Promise<LinuxStage>;
  /** The content of one of the good stage's files. */
  contentOf(file: string): Promise<Buffer>;
}

/**
 * Links the good stage's files. The compiler is this machine's: for another processor its files get another number.
 * @param dir - empty folder, absolute
 */
export async function openWorkshop(dir: string, target: LinuxTarget = linuxX64): Promise<Workshop> {
  const paths = binaryPaths(target);
  const link = (name: string, spec: LinkSpec) => linkFile(dir, name, specFor(target, spec));
  const binary = async (role: Role, file: string) => fileEntry(paths[role], await forMachine(file, target));
  await link(cLibrary(target), systemLibraryFor(target));
  const sources = {
    libcrypto: await link('libcrypto.so.3', goodFiles.libcrypto),
    libssl: await link('libssl.so.3', goodFiles.libssl),
    command: await link('openssl', goodFiles.command),
    addon: await link('tsopenssl.node', goodFiles.addon),
  };
  const readme = path.join(dir, 'README.md');
  await writeFile(
    readme,
    'Unpack it anywhere, as in /tmp/x or /home/you/x; certs/root.pem is not /rooted.\n',
  );
  const files = await Promise.all([
    ...(Object.keys(sources) as Role[]).map((role) => binary(role, sources[role])),
    fileEntry('share/README.md', readme),
  ]);
  const links: Entry[] = [
    { type: 'symlink', path: 'share/doc.md', mode: 0o755, linkTarget: 'README.md' },
    { type: 'symlink', path: 'ssl/lib', mode: 0o755, linkTarget: '../lib' },
  ];
  const good = stageOf([...files, ...links, ...foldersOf([...files, ...links])], target);
  let made = 0;
  return {
    dir,
    paths,
    good,
    link,
    async relinked(role, { dropped, ...changes }) {
      const spec: LinkSpec = goodFiles[role];
      const kept = (spec.flags ?? []).filter((flag) => flag !== dropped);
      const flags = [...kept, ...(changes.flags ?? [])];
      made += 1;
      const file = await link(`${role}-${made}`, { ...spec, ...changes, flags });
      return withEntries(good, [await binary(role, file)]);
    },
    async withContent(file, content) {
      made += 1;
      const source = path.join(dir, `content-${made}`);
      await writeFile(source, content);
      return withEntries(good, [await fileEntry(file, source)]);
    },
    async contentOf(file) {
      const entry = good.entries.find((it) => it.path === file);
      if (entry?.type !== 'file') throw new Error(`the good stage has no file ${file}`);
      return readFile(entry.source);
    },
  };
}

/** The stage with entries replaced or added, sorted. */
export function withEntries(stage: LinuxStage, changed: readonly Entry[]): LinuxStage {
  const names = new Set(changed.map((entry) => entry.path));
  return stageOf([...stage.entries.filter((entry) => !names.has(entry.path)), ...changed], stage.target);
}

/** The stage with one entry changed in place. */
export function changedEntry(stage: LinuxStage, file: string, changes: Partial<FileEntry>): LinuxStage {
  const entries = stage.entries.map((entry) => (entry.path === file ? { ...entry, ...changes } : entry));
  return { ...stage, entries: entries as Entry[] };
}

function stageOf(entries: readonly Entry[], target: LinuxTarget): LinuxStage {
  const sorted = [...entries].sort((left, right) =>
    Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)),
  );
  return { target, entries: sorted, epochSeconds: 0 };
}

function foldersOf(entries: readonly Entry[]): readonly Entry[] {
  const names = entries.flatMap((entry) =>
    entry.path
      .split('/')
      .slice(1)
      .map((_, index) =>
        entry.path
          .split('/')
          .slice(0, index + 1)
          .join('/'),
      ),
  );
  return [...new Set(names)].map((name) => ({ type: 'directory', path: name, mode: 0o755 }));
}

async function fileEntry(name: string, source: string): Promise<FileEntry> {
  const bytes = await readFile(source);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const mode = name.startsWith('bin/') ? 0o755 : 0o644;
  return { type: 'file', path: name, mode, source, sizeBytes: bytes.length, sha256 };
}

async function linkFile(
  dir: string,
  name: string,
  { source, flags = [], versions }: LinkSpec,
): Promise<string> {
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, `${name}.c`), source);
  const script = versions === undefined ? [] : [`-Wl,--version-script=${name}.map`];
  if (versions !== undefined) await writeFile(path.join(dir, `${name}.map`), versions);
  await run(['gcc', '-o', name, `${name}.c`, ...goodFlags, ...script, ...flags], { cwd: dir });
  return path.join(dir, name);
}

/** A stage that breaks one rule and no other. */
export interface BrokenCase {
  readonly rule: string;
  /** What is wrong, the end of a test's title. */
  readonly what: string;
  breakStage(workshop: Workshop): LinuxStage | Promise<LinuxStage>;
  /** The path that the problem names. */
  readonly path: string;
  readonly wanted: RegExp;
  readonly got: RegExp;
}

/** The good stage with one byte of the addon changed. */
export async function patchedAddon(workshop: Workshop, offset: number, byte: number): Promise<LinuxStage> {
  const bytes = Buffer.from(await workshop.contentOf(paths.addon));
  bytes.writeUInt8(byte, offset);
  return workshop.withContent(paths.addon, bytes);
}

/** The addon's source with a call of one more function. */
export function addonImporting(symbol: string): string {
  return `${goodFiles.addon.source} void ${symbol}(void); __attribute__((used)) static void more(void) { ${symbol}(); }`;
}
