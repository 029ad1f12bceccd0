// What compiles the addon without node-gyp: the builder's own compilers and the OpenSSL that they made.

import { chmod, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { DirectAddonInput } from '../../build/steps/addon-direct.ts';
import { openssl35 } from '../../recipes/openssl-3.5.ts';
import { release } from '../../recipes/release.ts';
import { checkout, mainCache } from './builder.ts';
import { temporaryFolder } from './folder.ts';
import { stepResult } from './step-result.ts';

const zigCache = path.join(mainCache, 'zig');

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
      ZIG_GLOBAL_CACHE_DIR: zigCache,
      ZIG_LOCAL_CACHE_DIR: zigCache,
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
  for (const name of (await readdir(dir)).filter((each) => each.endsWith('.cc'))) {
    await writeFile(path.join(dir, name), name === 'addon.cc' ? emptyModule : '');
  }
  return dir;
}

/**
 * A compiler under its own name that gets more words.
 * @param first - before its own ones; after them comes -O0: the code need not be fast
 * @returns the folder to look in first
 */
export async function quickCompiler(
  t: ExecutionContext,
  file: string,
  ...first: readonly string[]
): Promise<string> {
  const dir = path.join(await temporaryFolder(t), 'bin');
  await mkdir(dir);
  const wrapper = path.join(dir, path.basename(file));
  await writeFile(
    wrapper,
    `#!/bin/sh\nexec "${file}" ${first.map((word) => `"${word}"`).join(' ')} "$@" -O0\n`,
  );
  await chmod(wrapper, 0o755);
  return dir;
}
