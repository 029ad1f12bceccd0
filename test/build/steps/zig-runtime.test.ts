// The cache of zig that the builder fills ahead: what OpenSSL links must find every library of zig there. The addon's own test
// proves the same of libc++.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../../build/process.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { stepResult } from '../../support/step-result.ts';
import { copyZigCache } from '../../support/zig-cache.ts';

const bin = path.join(await stepResult('toolchain'), 'bin');
const kept = await stepResult('runtime-c');
const zigCache = await copyZigCache('c');

/** What zig compiled of its own, by its place in the cache. */
async function entries(dir: string): Promise<readonly string[]> {
  const names = await readdir(path.join(dir, 'o'), { recursive: true });
  return names.filter((name) => name.includes('/') && path.basename(name) !== 'empty.o').sort();
}

/** Links an empty program as OpenSSL's Makefile links what it makes. */
async function link(t: ExecutionContext, kind: 'LIB' | 'BIN', output: string): Promise<void> {
  const cwd = await temporaryFolder(t);
  const makefile = await readFile(path.join(await stepResult('configure'), 'Makefile'), 'utf8');
  await writeFile(path.join(cwd, 'empty.c'), 'int main(void) { return 0; }\n');
  await writeFile(
    path.join(cwd, 'Makefile'),
    [
      ...makefile.split('\n').filter((line) => /^(CNF_|LIB_|BIN_)?(CFLAGS|LDFLAGS|EX_LIBS)=/.test(line)),
      'all:',
      `\tzig-cc $(${kind}_CFLAGS) -c empty.c -o empty.o`,
      `\tzig-cc $(${kind}_CFLAGS) $(${kind}_LDFLAGS) -o ${output} empty.o $(CNF_EX_LIBS)`,
      '',
    ].join('\n'),
  );
  await run(['make'], { cwd, env: zigCache, pathFirst: [bin] });
}

for (const [what, kind, output] of [
  ['a library', 'LIB', 'libempty.so.3'],
  ['a program', 'BIN', 'empty'],
] as const) {
  test.serial(`links ${what} of OpenSSL without compiling one of zig’s libraries`, async (t) => {
    t.true((await entries(kept)).some((name) => name.endsWith('/libcompiler_rt.a')));
    await link(t, kind, output);
    t.deepEqual(await entries(zigCache.ZIG_GLOBAL_CACHE_DIR), await entries(kept));
  });
}
