// What compiles the addon without node-gyp: the builder's own compilers and the OpenSSL that they made.

import path from 'node:path';
import type { DirectAddonInput } from '../../build/steps/addon-direct.ts';
import { openssl35 } from '../../recipes/openssl-3.5.ts';
import { release } from '../../recipes/release.ts';
import { checkout, mainCache } from './builder.ts';
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
