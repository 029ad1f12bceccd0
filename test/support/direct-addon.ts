// What compiles the addon without node-gyp: the builder's own compilers and the OpenSSL that they made.

import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { DirectAddonInput } from '../../build/steps/addon-direct.ts';
import { openssl35 } from '../../recipes/openssl-3.5.ts';
import { release } from '../../recipes/release.ts';

import { checkout, compilerCache } from './builder.ts';
import { writeEmptySources } from './empty-sources.ts';

import { temporaryFolder } from './folder.ts';
import { stepResult } from './step-result.ts';
import { copyZigCache } from './zig-cache.ts';

/** All but the log. */
export async function directAddonInput(
  target: DirectAddonInput['target'],
): Promise<Omit<DirectAddonInput, 'log'>> {
  return {
    target,
    sourceDir: path.join(checkout, 'addon/src'),
    opensslDir: await stepResult('compile', target.id),
    opensslVersion: openssl35.version,
    nodeHeadersDir: await stepResult('node-headers', target.id),
    nodeAddonApiDir: path.join(checkout, 'node_modules/node-addon-api'),
    nodeApiHeadersDir: path.join(checkout, 'node_modules/node-api-headers'),
    env: {
      ...(target.compilers.kind === 'clang' ? await copyZigCache('cxx', target.id) : {}),
      SOURCE_DATE_EPOCH: String(release.epochSeconds),
    },
    pathFirst: [path.join(await stepResult('toolchain', target.id), 'bin')],
    jobs: 1,
  };
}

const emptyModule = `#include <napi.h>
#include <openssl/opensslv.h>
static Napi::Object Init(Napi::Env, Napi::Object exports) { return exports; }
NODE_API_MODULE(tsopenssl, Init)
`;

/** The addon's sources by name, with nothing in them but the headers whose place is looked at: they compile in a moment. */
export async function emptySources(t: ExecutionContext): Promise<string> {
  const dir = path.join(await temporaryFolder(t), 'src');
  await cp(path.join(checkout, 'addon/src'), dir, { recursive: true });
  await writeEmptySources(dir, emptyModule);
  return dir;
}

/** Writes a program that stands in for a compiler, under its name; answers the folder to look in first. */
async function wrapCompiler(t: ExecutionContext, file: string, script: string): Promise<string> {
  const dir = path.join(await temporaryFolder(t), 'bin');
  await mkdir(dir);
  const wrapper = path.join(dir, path.basename(file));
  await writeFile(wrapper, `#!/bin/sh\n${script}`);
  await chmod(wrapper, 0o755);
  return dir;
}

/** A compiler that looks for headers in another folder first. */
export function strayingCompiler(t: ExecutionContext, file: string, includes: string): Promise<string> {
  return wrapCompiler(t, file, `exec "${file}" "-I${includes}" "$@"\n`);
}

/** A compiler that compiles no source twice, by ccache. The code need not be fast. */
export function rememberingCompiler(t: ExecutionContext, file: string): Promise<string> {
  return wrapCompiler(t, file, `CCACHE_DIR="${compilerCache}" exec ccache "${file}" "$@" -O0\n`);
}
