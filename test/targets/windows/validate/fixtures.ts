// A small stage for Windows that keeps every rule of the validator, made with mingw's gcc, and what it takes to break it.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../../../build/process.ts';
import type { Entry, FileEntry, Stage, WindowsTarget } from '../../../../build/types.ts';
import { binaryPaths } from '../../../../build/validation/rule.ts';
import { win32X64 } from '../../../../platform/windows/targets.ts';

/** A stage for Windows. */
export type WindowsStage = Stage & { readonly target: WindowsTarget };

export const paths = binaryPaths(win32X64);

/** One file to link. */
interface LinkSpec {
  /** C source. */
  readonly source: string;
  /** Words for gcc behind those that make a good file: the later one of two that contradict wins. */
  readonly flags?: readonly string[];
  /** Module definition file: exports beside those that the source names. */
  readonly definition?: string;
  /** One of the words that make a good file, to be left out. */
  readonly dropped?: string;
}

const goodFlags = [
  ...['-O1', '-g0', '-s', '-nostdlib', '-fno-stack-protector', '-fno-ident', '-Wl,--no-insert-timestamp'],
  ...['-Wl,--dynamicbase', '-Wl,--high-entropy-va', '-Wl,--nxcompat', '-Wl,-e,begin'],
];

/** What every file has: a function that Windows calls, a pointer to relocate, something from Windows. */
const common = `
  __declspec(dllimport) unsigned long GetTickCount(void);
  int begin(void) { return (int)GetTickCount(); }
  __attribute__((used)) static int (*const relocated)(void) = begin;
`;

/** What OpenSSL compiled with OSSL_WINCTX keeps of its directories. */
export const directoryTexts = `
  __attribute__((used)) static const char patterns[] = "OPENSSLDIR: \\"%s\\"\\0MODULESDIR: \\"%s\\"\\0ENGINESDIR: \\"%s\\"";
  __attribute__((used)) static const __WCHAR_TYPE__ key[] = L"SOFTWARE\\\\WOW6432Node\\\\OpenSSL-3.5-tsopenssl";
`;

/** A descriptor of what is loaded later needs a function that loads it. */
const delayHelper =
  'void *__delayLoadHelper2(void *descriptor, void **place) { return place ? *place : descriptor; }';

export const goodFiles = {
  libcrypto: {
    source: `${common} ${directoryTexts} __declspec(dllexport) int EVP_new(void) { return begin(); }`,
    flags: ['-shared', '-lkernel32'],
  },
  libssl: {
    source: `${common} __declspec(dllimport) int EVP_new(void);
      __declspec(dllexport) int SSL_new(void) { return EVP_new(); }`,
    flags: ['-shared', '../libcrypto-3-x64.dll', '-lkernel32'],
  },
  command: {
    source: `${common} __declspec(dllimport) int EVP_new(void), SSL_new(void); int other(void) { return EVP_new() + SSL_new(); }
      __attribute__((used)) static int (*const also)(void) = other;`,
    flags: ['-mconsole', '../libssl-3-x64.dll', '../libcrypto-3-x64.dll', '-lkernel32'],
  },
  addon: {
    source: `${common} ${directoryTexts} ${delayHelper} int napi_create_object(void *, void *);
      __declspec(dllexport) int napi_register_module_v1(void) { return napi_create_object(0, 0); }
      __declspec(dllexport) int node_api_module_get_api_version_v1(void) { return 9; }`,
    flags: ['-shared', '../libnode.a', '-lkernel32'],
  },
} as const satisfies Record<string, LinkSpec>;

type Role = keyof typeof goodFiles;

/** Links files and changes stages in one folder. */
export interface Workshop {
  readonly dir: string;
  readonly good: WindowsStage;
  /** The good stage with one of its binaries linked anew: with another source, and more flags. */
  relinked(role: Role, changes: Partial<LinkSpec>): Promise<WindowsStage>;
  /** The good stage with one of its binaries changed. */
  patched(role: Role, change: (bytes: Buffer, headers: PeOffsets) => void): Promise<WindowsStage>;
  /** The content of one of the good stage's binaries, to be changed at will. */
  bytesOf(role: Role): Promise<Buffer>;
  /** Makes a library that delays the loading of a program or library until a symbol of it is called. */
  delayLibrary(name: string, library: string, symbol: string): Promise<string>;
}

/** Where the headers of a PE file lie. */
export interface PeOffsets {
  readonly coff: number;
  readonly optional: number;
  readonly sections: number;
}

export function peOffsets(bytes: Buffer): PeOffsets {
  const coff = bytes.readUInt32LE(60) + 4;
  return { coff, optional: coff + 20, sections: coff + 20 + bytes.readUInt16LE(coff + 16) };
}

/** Links the good stage's files. @param dir - empty folder, absolute */
export async function openWorkshop(dir: string): Promise<Workshop> {
  let made = 0;
  const delayLibrary = (name: string, library: string, symbol: string) =>
    makeDelayLibrary(dir, name, library, symbol);
  await delayLibrary('libnode.a', 'node.exe', 'napi_create_object');
  const link = async (role: Role, spec: LinkSpec) => {
    made += 1;
    return linkFile(path.join(dir, `linked-${made}`), path.posix.basename(paths[role]), spec);
  };
  const entries: FileEntry[] = [];
  for (const role of Object.keys(goodFiles) as Role[]) {
    const file = await link(role, goodFiles[role]);
    await writeFile(path.join(dir, path.basename(file)), await readFile(file));
    entries.push(await fileEntry(paths[role], file));
  }
  const good = stageOf([...entries, ...foldersOf(entries)]);
  const withFile = async (role: Role, file: string) => {
    const changed = await fileEntry(paths[role], file);
    return { ...good, entries: good.entries.map((entry) => (entry.path === changed.path ? changed : entry)) };
  };
  const bytesOf = (role: Role) => readFile(path.join(dir, path.posix.basename(paths[role])));
  return {
    dir,
    good,
    delayLibrary,
    bytesOf,
    async relinked(role, changes) {
      const { flags = [] }: LinkSpec = goodFiles[role];
      const spec = { ...goodFiles[role], ...changes, flags: [...flags, ...(changes.flags ?? [])] };
      return withFile(role, await link(role, spec));
    },
    async patched(role, change) {
      const bytes = await bytesOf(role);
      change(bytes, peOffsets(bytes));
      made += 1;
      const file = path.join(dir, `patched-${made}`);
      await writeFile(file, bytes);
      return withFile(role, file);
    },
  };
}

async function linkFile(
  dir: string,
  name: string,
  { source, flags = [], definition, dropped }: LinkSpec,
): Promise<string> {
  await mkdir(dir, { recursive: true });
  if (definition !== undefined) await writeFile(path.join(dir, 'module.def'), definition);
  const kept = goodFlags.filter((flag) => flag !== dropped);
  const exported = definition === undefined ? [] : ['module.def'];
  await writeFile(path.join(dir, 'source.c'), source);
  await run(['x86_64-w64-mingw32-gcc', '-o', name, 'source.c', ...exported, ...kept, ...flags], {
    cwd: dir,
  });
  return path.join(dir, name);
}

async function makeDelayLibrary(dir: string, name: string, library: string, symbol: string): Promise<string> {
  const definition = path.join(dir, `${name}.def`);
  await writeFile(definition, `EXPORTS\n${symbol}\n`);
  const place = path.join(dir, name);
  const words = ['-m', 'i386:x86-64', '-D', library, '-d', definition, '-y', place];
  await run(['x86_64-w64-mingw32-dlltool', ...words], { cwd: dir });
  return place;
}

async function fileEntry(name: string, source: string): Promise<FileEntry> {
  const bytes = await readFile(source);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const mode = name.startsWith('bin/') ? 0o755 : 0o644;
  return { type: 'file', path: name, mode, source, sizeBytes: bytes.length, sha256 };
}

function foldersOf(files: readonly Entry[]): readonly Entry[] {
  const names = files.flatMap(({ path: file }) => {
    const parts = file.split('/');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  });
  return [...new Set(names)].map((name) => ({ type: 'directory', path: name, mode: 0o755 }));
}

function stageOf(entries: readonly Entry[]): WindowsStage {
  const sorted = [...entries].sort((left, right) =>
    Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)),
  );
  return { target: win32X64, entries: sorted, epochSeconds: 0 };
}

/** A stage that breaks one rule and no other. */
export interface BrokenCase {
  readonly rule: string;
  /** What is wrong, the end of a test's title. */
  readonly what: string;
  breakStage(workshop: Workshop): Promise<WindowsStage>;
  /** The path that the problem names. */
  readonly path: string;
  readonly wanted: RegExp;
  readonly got: RegExp;
}
