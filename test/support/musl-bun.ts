// npm's bun for musl on a machine whose C++ library is glibc's: npm has no node for musl. What that library wants of glibc
// and musl lacks comes from a few lines of C, in a library under the name of glibc's loader, which musl cannot read.

import { copyFile, mkdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import { temporaryFolder } from './folder.ts';
import { muslBun, type TestedNode } from './nodes.ts';

/** Functions of glibc that libstdc++ and libgcc_s call: as little as bun needs of them. */
const missingFunctions = `
#include <stddef.h>

struct tm;
size_t strftime_l(char *, size_t, const char *, const struct tm *, void *);
long getrandom(void *, size_t, unsigned);

char __libc_single_threaded = 0;
unsigned __cpu_model[4];

unsigned arc4random(void)
{
    unsigned value = 0;

    getrandom(&value, sizeof(value), 0);
    return value;
}

size_t __strftime_l(char *out, size_t size, const char *format, const struct tm *time, void *locale)
{
    return strftime_l(out, size, format, time, locale);
}

/* destructors of threads are left out */
int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *handle)
{
    return (void)destructor, (void)object, (void)handle, 0;
}

/* not found: the unwinder asks dl_iterate_phdr() then */
int _dl_find_object(void *address, void *result)
{
    return (void)address, (void)result, -1;
}

int __cpu_indicator_init(void)
{
    return 0;
}
`;

/** bun as a node that tests run: `node` is a script that starts it with the libraries. */
export async function muslBunNode(t: ExecutionContext): Promise<TestedNode> {
  const dir = await temporaryFolder(t);
  const libraries = path.join(dir, 'lib');
  await mkdir(libraries);
  for (const name of ['libstdc++.so.6', 'libgcc_s.so.1']) {
    const { stdout } = await run(['gcc', `-print-file-name=${name}`]);
    await copyFile(await realpath(stdout.trim()), path.join(libraries, name));
  }
  const soname = 'ld-linux-x86-64.so.2';
  await writeFile(path.join(dir, 'missing.c'), missingFunctions);
  const flags = ['-O1', '-fPIC', '-shared', '-nostdlib', `-Wl,-soname,${soname}`];
  await run(['gcc', ...flags, '-o', path.join(libraries, soname), path.join(dir, 'missing.c')]);
  const node = path.join(dir, 'node');
  const bun = await muslBun();
  await writeFile(node, `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${bun}' "$@"\n`, { mode: 0o755 });
  const { stdout: version } = await run([node, '-p', 'process.versions.node']);
  return { version: version.trim(), node };
}
