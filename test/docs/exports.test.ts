// What the packaged library really exports is what its types declare: so that what is proved of the declared names, that they
// are documented, is proved of all there are.

import { Writable } from 'node:stream';
import test from 'ava';
import type * as Tsopenssl from '../../addon/lib/index.ts';
import { entry } from '../support/addon.ts';
import { type PublicKind, packageApi } from '../support/public-api.ts';

const values: readonly PublicKind[] = [
  ...(['namespace', 'function', 'constant', 'class', 'alias'] as const),
  ...(['method', 'static', 'accessor'] as const),
];

/** What node's streams call of a class, by their contract, is for nobody else; and what they have themselves is theirs to describe. */
const isOfStreams = (name: string) => name.startsWith('_') || Object.hasOwn(ofStreams, name);
const ofStreams = { write: Writable.prototype.write, destroy: Writable.prototype.destroy };

/** Paths of everything that exists when the program runs: exports, and what classes have on themselves and their prototypes. */
function* pathsOf(object: object, prefix: string): Generator<string> {
  for (const [name, value] of Object.entries(object)) {
    yield prefix + name;
    if (typeof value === 'function') yield* membersOf(value, `${prefix}${name}.`);
    else if (Object.prototype.toString.call(value) === '[object Module]')
      yield* pathsOf(value, `${prefix}${name}.`);
  }
}

const { crypto, tsafe } = (await import(entry)) as typeof Tsopenssl;

/** Classes whose members are made from a table when the library is loaded: the docstrings of the exported ones tell of them. */
const generated: readonly object[] = [crypto.X509Name, tsafe.Connection].map((made) =>
  Object.getPrototypeOf(made),
);

const isClass = (value: unknown): boolean =>
  typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));

/** A class may have its members from classes that are not exported. Those of node are functions. */
function* membersOf(made: { readonly prototype?: object }, prefix: string): Generator<string> {
  if (!isClass(made)) return;
  const parent: object = Object.getPrototypeOf(made);
  if (!generated.includes(parent)) yield* membersOf(parent, prefix);
  for (const name of Object.getOwnPropertyNames(made))
    if (!['length', 'name', 'prototype'].includes(name)) yield prefix + name;
  for (const name of Object.getOwnPropertyNames(made.prototype ?? {}))
    if (name !== 'constructor' && !isOfStreams(name)) yield prefix + name;
}

const names = packageApi();
const aliases = names.filter(({ kind }) => kind === 'alias').map(({ path }) => `${path}.`);
const declared = names.filter(({ kind }) => values.includes(kind)).map(({ path }) => path);

test('the package exports what its types declare', async (t) => {
  const existing = [...pathsOf(await import(entry), '')].filter(
    (path) => !aliases.some((alias) => path.startsWith(alias)),
  );
  t.deepEqual([...new Set(existing)].sort(), [...new Set(declared)].sort());
  t.true(existing.includes('crypto.PKey.fromRawPublic'));
});

test('what is not declared would be found: functions, members of classes, namespaces', (t) => {
  class Key {
    static make(): void {}
    get size(): number {
      return 1;
    }
    burn(): void {}
  }
  class LargeKey extends Key {
    shrink(): void {}
  }
  const exported = { Key: LargeKey, sign() {}, LIMIT: 1 };
  t.deepEqual([...pathsOf(exported, 'crypto.')].sort(), [
    ...['crypto.Key', 'crypto.Key.burn', 'crypto.Key.make', 'crypto.Key.shrink', 'crypto.Key.size'],
    ...['crypto.LIMIT', 'crypto.sign'],
  ]);
});
