// Random numbers, their files, and what OpenSSL no longer has.

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type * as Tsopenssl from '../../addon/lib/index.ts';
import { entry, loadNative } from '../support/addon.ts';
import { temporaryFolder } from '../support/folder.ts';

const { rand, OpenSSLError } = (await import(entry)) as typeof Tsopenssl;

test('gives as many bytes as are asked for, other ones each time', (t) => {
  for (const count of [0, 1, 32, 1000]) t.is(rand.bytes(count).length, count);
  t.notDeepEqual(rand.bytes(32), rand.bytes(32));
  const counts = new Array<number>(256).fill(0);
  for (const byte of rand.bytes(256_000)) counts[byte] = (counts[byte] ?? 0) + 1;
  const off = counts.filter((count) => count < 800 || count > 1200);
  t.deepEqual(off, [], 'about 1000 of each value');
});

test('takes what is mixed in, and stays in working order', (t) => {
  rand.add('more', 1);
  rand.add(new Uint8Array(0), 0);
  rand.add(new Uint8Array(100_000), 0.5);
  rand.seed(Buffer.from('seed'));
  rand.seed('');
  t.true(rand.status());
});

test('writes a file that nobody else may read, and loads it', async (t) => {
  const file = path.join(await temporaryFolder(t), 'seed file ä');
  t.is(rand.writeFile(file), 1024);
  const first = await readFile(file);
  t.is(first.length, 1024);
  if (process.platform !== 'win32') t.is((await stat(file)).mode & 0o777, 0o600);
  t.is(rand.loadFile(file), 1024);
  t.is(rand.loadFile(file, 100), 100);
  t.is(rand.loadFile(file, 0), 0);
  t.is(rand.writeFile(file), 1024);
  t.notDeepEqual(await readFile(file), first);
});

test('says which file cannot be read or written', async (t) => {
  const dir = await temporaryFolder(t);
  const missing = path.join(dir, 'missing');
  const error = t.throws(() => rand.loadFile(missing), { instanceOf: OpenSSLError });
  t.regex(error?.message ?? '', /^loading a file of random bytes: .*Filename=.*missing/);
  t.throws(() => rand.writeFile(path.join(missing, 'deeper')), { instanceOf: OpenSSLError });
  await mkdir(missing);
  t.throws(() => rand.writeFile(missing), { instanceOf: OpenSSLError, message: /regular file/ });
  await writeFile(path.join(dir, 'empty'), '');
  t.is(rand.loadFile(path.join(dir, 'empty')), 0);
  t.deepEqual(loadNative().drainErrors(), []);
});

for (const name of ['egd', 'screen', 'cleanup'] as const) {
  test(`says that there is no ${name} any more, and what there is`, (t) => {
    t.throws(() => rand[name](), {
      instanceOf: OpenSSLError,
      code: 'ERR_REMOVED',
      message: new RegExp(
        `^rand\\.${name}\\(\\) no longer exists in OpenSSL: (the operating system|OpenSSL) `,
      ),
    });
  });
}

/** What is refused, and how. */
const refused: Readonly<Record<string, readonly [() => unknown, unknown, string]>> = {
  'a negative count': [
    () => rand.bytes(-1),
    RangeError,
    'Expected an integer from 0 to 2147483647 for count, got -1',
  ],
  'a count in text': [
    () => rand.bytes('1' as never),
    TypeError,
    'Expected an integer from 0 to 2147483647 for count, got a string',
  ],
  'half a byte': [
    () => rand.bytes(0.5),
    RangeError,
    'Expected an integer from 0 to 2147483647 for count, got 0.5',
  ],
  'a number that is mixed in': [
    () => rand.add(1 as never, 1),
    TypeError,
    'Expected a string or a Uint8Array for buffer, got a number',
  ],
  'an entropy in text': [
    () => rand.add('a', '1' as never),
    TypeError,
    'Expected a number of bytes for entropy, got a string',
  ],
  'a negative entropy': [
    () => rand.add('a', -1),
    RangeError,
    'Expected a number of bytes for entropy, got -1',
  ],
  'an entropy that is no number': [
    () => rand.add('a', Number.NaN),
    RangeError,
    'Expected a number of bytes for entropy, got NaN',
  ],
  'no seed': [
    () => rand.seed(undefined as never),
    TypeError,
    'Expected a string or a Uint8Array for buffer, got undefined',
  ],
  'a path with NUL': [
    () => rand.loadFile('a\0b'),
    RangeError,
    'Expected a string without NUL for path, got "a\\u0000b"',
  ],
  'a path that is none': [
    () => rand.writeFile(1 as never),
    TypeError,
    'Expected a string for path, got a number',
  ],
  'a limit below -1': [
    () => rand.loadFile('a', -2),
    RangeError,
    'Expected an integer from -1 to 2147483647 for maxBytes, got -2',
  ],
};

for (const [title, [call, instanceOf, message]] of Object.entries(refused)) {
  test(`refuses ${title}`, (t) => {
    t.throws(call, { instanceOf: instanceOf as never, message });
  });
}
