// The addon's sources as objects, compiled once for all tests that link them differently: a test run on the same sources,
// headers and compiler starts from the kept ones.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { digestTree } from '../../build/store.ts';
import { checkout } from './builder.ts';
import { builderCompiler } from './compiler.ts';
import { kept } from './kept.ts';
import { stepResult } from './step-result.ts';

const sources = 'addon/src';

/** How they are compiled; the code need not be fast. */
const flags: readonly string[] = [
  ...['-std=c++17', '-O0', '-fPIC'],
  '-DNAPI_VERSION=9',
  '-DNODE_ADDON_API_CPP_EXCEPTIONS_ALL',
  '-DNODE_ADDON_API_CPP_EXCEPTIONS',
  '-DTSOPENSSL_WANTED_VERSION=OPENSSL_VERSION_STR',
];

/** Absolute paths of the objects for this machine, compiled with the builder's own compiler. */
export async function addonObjects(): Promise<readonly string[]> {
  const { openssl, nodeInclude, compile } = await builderCompiler();
  const nodeAddonApi = path.join(checkout, 'node_modules/node-addon-api');
  const names = (await readdir(path.join(checkout, sources)))
    .filter((name) => name.endsWith('.cc') && !/_(windows|macos|mingw)\.cc$/.test(name))
    .sort();
  const inputs = {
    flags,
    sources: await digestTree(checkout, [sources]),
    nodeAddonApi: await digestTree(nodeAddonApi, ['package.json', 'napi.h', 'napi-inl.h']),
    // what was made of the same inputs has the same folder
    results: [openssl, nodeInclude, await stepResult('toolchain')].map((dir) => keyOf(dir)),
  };
  const dir = await kept('addon-objects', inputs, async (work) => {
    const includes = [path.join(openssl, 'include'), nodeAddonApi, nodeInclude].map((one) => `-I${one}`);
    const waiting = [...names];
    const lanes = Array.from({ length: 2 }, async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const words = ['-c', path.join(checkout, sources, name), '-o', objectOf(name)];
        await compile('zig-c++', [...flags, ...includes, ...words], work);
      }
    });
    await Promise.all(lanes);
  });
  return names.map((name) => path.join(dir, objectOf(name)));
}

function objectOf(name: string): string {
  return name.replace(/\.cc$/, '.o');
}

/** The key of the step's result that a folder lies in. */
function keyOf(dir: string): string {
  return /\/([0-9a-f]{32})\/result(\/|$)/.exec(dir)?.[1] ?? dir;
}
