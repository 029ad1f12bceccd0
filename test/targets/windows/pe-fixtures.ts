// PE files for tests of the reader: linked here, small, with every table that it knows.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../../build/process.ts';

const sources: Readonly<Record<string, string>> = {
  'library.c': `__declspec(dllimport) unsigned long GetTickCount(void); int napi_create_object(void);
    __declspec(dllexport) int offered(void) { return (int)GetTickCount() + napi_create_object(); }
    __attribute__((used)) static int (*const relocated)(void) = offered; int begin(void) { return offered(); }
    int unnamed(void) { return 1; } void *__delayLoadHelper2(void *a, void **b) { return b ? *b : a; }`,
  'library.def': 'EXPORTS\nunnamed @7 NONAME\nforwarded = winmm.timeGetTime\n',
  'host.def': 'EXPORTS\nnapi_create_object\n',
  'version.rc': '1 VERSIONINFO\nFILEVERSION 1,2,3,4\nBEGIN\nEND\n',
  'object.c': 'int answer = 42;',
};

const prefix = 'x86_64-w64-mingw32-';
const link = [
  '-O1',
  '-nostdlib',
  '-fno-stack-protector',
  '-Wl,--no-insert-timestamp',
  '-Wl,-e,begin',
  '-shared',
];
const parts = ['library.c', 'library.def', 'version.o', 'libhost.a', '-lkernel32'];
const commands: readonly (readonly string[])[] = [
  [`${prefix}dlltool`, '-m', 'i386:x86-64', '-D', 'node.exe', '-d', 'host.def', '-y', 'libhost.a'],
  [`${prefix}windres`, '-o', 'version.o', 'version.rc'],
  [`${prefix}gcc`, ...link, '-s', '-o', 'library.dll', ...parts],
  [`${prefix}gcc`, ...link, '-g', '-o', 'debug.dll', ...parts],
  [`${prefix}gcc`, '-c', '-o', 'object.o', 'object.c'],
];

/** Names of what {@link peFixtures} links. */
type PeFixture = 'library.dll' | 'debug.dll' | 'object.o';

export interface PeFixtures {
  readonly dir: string;
  /** A copy of a file's bytes, to be changed at will. */
  bytesOf(name: PeFixture): Promise<Buffer>;
  remove(): Promise<void>;
}

/** Links the files in a new folder. */
export async function peFixtures(): Promise<PeFixtures> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-pe-'));
  for (const [name, text] of Object.entries(sources)) await writeFile(path.join(dir, name), text);
  for (const words of commands) await run(words, { cwd: dir });
  return {
    dir,
    bytesOf: (name) => readFile(path.join(dir, name)),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
