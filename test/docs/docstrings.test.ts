// Every public name of the package has a docstring that tells its errors.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { docstringProblems } from '../support/docstring-rules.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type PublicName, packageApi, publicApi } from '../support/public-api.ts';

test('every public export of the package has a docstring with its errors', (t) => {
  const names = packageApi();
  for (const path of [
    'crypto',
    'crypto.PKey.generateKey',
    'caBundle.CARootCertificate.new',
    'Version.node.napi',
  ])
    t.true(
      names.some((name) => name.path === path),
      `${path} was looked at`,
    );
  t.true(names.length > 150, `${names.length} names`);
  t.deepEqual(docstringProblems(names), []);
});

async function namesOf(t: ExecutionContext, source: string): Promise<PublicName[]> {
  const dir = await temporaryFolder(t);
  const module = path.join(dir, 'module.ts');
  await writeFile(module, source);
  await writeFile(path.join(dir, 'tsconfig.json'), '{"compilerOptions":{"target":"ES2023","types":[]}}');
  return publicApi(path.join(dir, 'tsconfig.json'), module);
}

/** Sources with a flaw, and what is said of each: without the place. */
const flawed: Readonly<Record<string, readonly [source: string, ...problems: string[]]>> = {
  'a constant without a docstring': ['export const LIMIT = 1;', 'LIMIT has no docstring'],
  'a comment that is no docstring': ['// a limit\nexport const LIMIT = 1;', 'LIMIT has no docstring'],
  'a function without a docstring': ['export function stop(): void {}', 'stop has no docstring'],
  'a type without a docstring': ['export type Word = string;', 'Word has no docstring'],
  'a field without a docstring': [
    '/** Options. */ export interface Options {\n/** Bits. */\nbits: number;\ngroup: string }',
    'Options.group has no docstring',
  ],
  'a field inside a field': [
    '/** Options. */ export interface Options {\n/** Parts. */\npart: { size: number } }',
    'Options.part.size has no docstring',
  ],
  'a field that an interface inherits': [
    'interface Base { size: number }\n/** Options. */ export interface Options extends Base {}',
    'Options.size has no docstring',
  ],
  'a field of a constant': [
    '/** Flags. */ export const Flags = Object.freeze({ ONE: 1,\n/** Two. */\nTWO: 2 });',
    'Flags.ONE has no docstring',
  ],
  'every kind of member': [
    `/** A key. */ export class Key {
      constructor(bits: number) { this.bits = bits }
      bits: number;
      get size(): number { return 1 }
      check(): void {}
      static make(): Key { return new Key(1) }
    }`,
    'Key.new has no docstring',
    'Key.new takes arguments and has no @throws',
    'Key.bits has no docstring',
    'Key.size has no docstring',
    'Key.check has no docstring',
    'Key.make has no docstring',
  ],
  'arguments without errors': [
    '/** Stops. @param soon - at once */ export function stop(soon: boolean): void {}',
    'stop takes arguments and has no @throws',
  ],
  'a method with arguments without errors': [
    '/** A key. */ export class Key {\n/** Checks. */\ncheck(deep?: boolean): void {} }',
    'Key.check takes arguments and has no @throws',
  ],
  'an error that does not exist': [
    '/** Stops. @throws {StopError} always */ export function stop(): void {}',
    'stop throws StopError, which is no error of this library',
  ],
  'an error without its reason': [
    '/** Stops. @throws {TypeError} */ export function stop(): void {}',
    'stop throws TypeError and does not say when',
  ],
  'an error without its name': [
    '/** Stops. @throws at times */ export function stop(): void {}',
    'stop has an @throws that names no error: at times',
  ],
  'the errors of something that has none': [
    '/** Stops. @throws as {@link go} */ export function stop(): void {}\n/** Goes. */ export function go(): void {}',
    'stop throws what go throws, which says nothing',
  ],
};

for (const [title, [source, ...problems]] of Object.entries(flawed)) {
  test(`reports ${title}`, async (t) => {
    const found = docstringProblems(await namesOf(t, source));
    t.deepEqual(
      found.map((problem) => problem.replace(/^.*?module\.ts:\d+: /, '')),
      problems,
    );
    t.regex(found[0] ?? '', /module\.ts:\d+: /);
  });
}

test('finds nothing wrong with what is told, private or internal', async (t) => {
  const source = `
    /** A key. */
    export class Key {
      #secret = 1;
      private hidden = 2;
      /** @internal */
      inner(bits: number): number { return bits + this.#secret + this.hidden }
      /** Checks. @throws {TypeError | KeyError} a wrong key */
      check(key: Key): void {}
      /** Checks. @throws as {@link check} */
      recheck(key: Key): void {}
      /** Whether it is one. @throws nothing: any value may be asked */
      is(value: unknown): boolean { return true }
    }
    /** Of a key. */
    export class KeyError extends Error {}`;
  const names = await namesOf(t, source);
  t.deepEqual(
    names.map(({ path }) => path),
    ['Key', 'Key.new', 'Key.check', 'Key.recheck', 'Key.is', 'KeyError'],
  );
  t.deepEqual(docstringProblems(names), []);
});
