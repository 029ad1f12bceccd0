import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { describeQueue, OpenSSLError, type QueuedError } from '../../addon/lib/openssl-error.ts';
import { stepResult } from '../support/step-result.ts';

const entry = (changes: Partial<QueuedError>): QueuedError => ({
  code: 0x0480006c,
  library: 'PEM routines',
  libraryCode: 9,
  reason: 'no start line',
  function: 'get_name',
  data: '',
  ...changes,
});

test("spells codes as node does, with OpenSSL's own names of its libraries", async (t) => {
  const header = path.join(await stepResult('compile'), 'include/openssl/err.h');
  const libraries = [...(await readFile(header, 'utf8')).matchAll(/# *define ERR_LIB_(\w+) +(\d+)$/gm)]
    .map(([, name = '', number]) => ({ name, number: Number(number) }))
    .filter(({ name }) => !['NONE', 'USER', 'MASK', 'OFFSET'].includes(name));
  t.true(libraries.length > 40);
  for (const { name, number } of libraries) {
    const error = new OpenSSLError('x', [entry({ libraryCode: number, reason: "it's no (good)" })]);
    t.is(error.code, `ERR_OSSL_${name}_IT_S_NO_GOOD_`);
  }
  t.is(new OpenSSLError('x', [entry({ libraryCode: 200 })]).code, 'ERR_OSSL_NO_START_LINE');
});

test('takes the first entry of the queue for the cause, and keeps them all', (t) => {
  const queue = [
    entry({ data: 'Expecting: X' }),
    entry({ library: 'asn1', reason: 'nested', libraryCode: 13 }),
  ];
  const error = new OpenSSLError('doing it', queue);
  t.is(error.message, 'doing it: no start line (PEM routines, Expecting: X); nested (asn1)');
  t.like(error, { library: 'PEM routines', reason: 'no start line', queue, name: 'OpenSSLError' });
  t.deepEqual(JSON.parse(JSON.stringify(error)).queue, queue);
});

test('says so when OpenSSL gave no reason', (t) => {
  const error = new OpenSSLError('doing it');
  t.is(error.message, 'doing it: OpenSSL gave no reason');
  t.like(error, { code: 'ERR_OPENSSL', library: '', reason: '', queue: [] });
  t.is(describeQueue([entry({ reason: '', library: '' })]), 'unknown reason');
});

test('takes the whole message and a cause for what is no error of OpenSSL', (t) => {
  const cause = new Error('deeper');
  const error = new OpenSSLError('the whole message', [], { code: 'ERR_OPENSSL_CONFIG', cause });
  t.like(error, { message: 'the whole message', code: 'ERR_OPENSSL_CONFIG', cause });
});
