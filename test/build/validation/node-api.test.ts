import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { readElf } from '../../../build/formats/elf.ts';
import { exportedSymbols } from '../../../build/formats/elf-symbols.ts';
import { run } from '../../../build/process.ts';
import { nodeApiSymbols } from '../../../build/validation/node-api.ts';
import { mainCache } from '../../support/builder.ts';

const headers = await findHeaders();

test('holds the functions of Node-API 9 and none of a later version', (t) => {
  t.is(nodeApiSymbols.size, 149);
  t.true(nodeApiSymbols.has('node_api_get_module_file_name')); // 9
  t.false(nodeApiSymbols.has('node_api_create_property_key_utf8')); // 10
  t.false(nodeApiSymbols.has('napi_register_module_v1')); // what the addon gives to node
});

test('holds only what this node exports', async (t) => {
  const elf = readElf(await readFile(process.execPath), process.execPath);
  const exported = new Set(exportedSymbols(elf.dynamic?.symbols ?? []).map(({ name }) => name));
  t.deepEqual(
    [...nodeApiSymbols].filter((name) => !exported.has(name)),
    [],
  );
  t.false(exported.has('napi_no_such_function'));
});

/** Folders that may hold Node's headers: beside this node, and where the build unpacks them. */
async function findHeaders(): Promise<string | undefined> {
  const steps = path.join(mainCache, 'steps/node-headers');
  const keys = await readdir(steps).catch(() => []);
  const folders = [
    path.resolve(process.execPath, '../..'),
    ...keys.map((key) => path.join(steps, key, 'result')),
  ];
  for (const folder of folders.map((it) => path.join(it, 'include/node'))) {
    if (
      await access(path.join(folder, 'node_api.h'))
        .then(() => true)
        .catch(() => false)
    )
      return folder;
  }
  return undefined;
}

/** Names of the functions that the headers declare for one version of Node-API. */
async function declared(folder: string, version: number): Promise<readonly string[]> {
  const header = path.join(folder, 'node_api.h');
  const { stdout } = await run(['gcc', '-E', '-P', `-DNAPI_VERSION=${version}`, header]);
  const names = [...stdout.matchAll(/\b((?:napi|node_api)_\w+)\s*\(/g)].map(([, name = '']) => name);
  const types = ['napi_value']; // result of a callback: `napi_value (*cb)(…)`
  return [...new Set(names)].filter((name) => !types.includes(name)).sort();
}

if (headers === undefined) {
  test.skip('is what the headers declare (no node_api.h: run `npm run dist` first)', () => undefined);
} else {
  test('is what the headers declare', async (t) => {
    t.deepEqual(await declared(headers, 9), [...nodeApiSymbols].sort());
    t.notDeepEqual(await declared(headers, 8), [...nodeApiSymbols].sort());
  });
}
