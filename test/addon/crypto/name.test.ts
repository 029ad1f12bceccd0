// Distinguished names that a program makes and changes.

import { inspect } from 'node:util';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';

const { crypto, OpenSSLError } = (await import(entry)) as typeof Tsopenssl;
const { X509Name } = crypto;

function example() {
  const name = new X509Name();
  name.C = 'DE';
  name.O = 'Bücher & Söhne';
  name.CN = 'example.org';
  return name;
}

test('attributes are set in order, by short name, long name and OID', (t) => {
  const name = example();
  name.setAttribute('2.5.4.11', 'unit');
  t.is(name.toString(), 'OU=unit,CN=example.org,O=Bücher & Söhne,C=DE');
  t.is(name.toOneLine(), '/C=DE/O=B\\xC3\\xBCcher & S\\xC3\\xB6hne/CN=example.org/OU=unit');
  t.is(name.organizationName, 'Bücher & Söhne');
  t.is(name.getAttribute('organizationalUnitName'), 'unit');
  t.is(name.ST, undefined);
  t.deepEqual(
    name.getComponents().map(([short, value]) => [short, value.toString()]),
    [
      ['C', 'DE'],
      ['O', 'Bücher & Söhne'],
      ['CN', 'example.org'],
      ['OU', 'unit'],
    ],
  );
});

test('setting replaces the first value and puts the new one last; undefined removes; adding adds', (t) => {
  const name = example();
  name.C = 'FR';
  t.is(name.toString(), 'C=FR,CN=example.org,O=Bücher & Söhne');
  name.addAttribute('CN', 'www.example.org');
  t.is(name.CN, 'example.org');
  name.CN = undefined;
  t.is(name.getAttribute('CN'), 'www.example.org');
  name.CN = undefined;
  name.CN = undefined;
  t.is(name.toString(), 'C=FR,O=Bücher & Söhne');
});

test('a value that does not fit is an error, and the name stays as it was', (t) => {
  const name = example();
  const before = name.der();
  const refused = [
    { set: () => name.setAttribute('C', 'DEU'), error: OpenSSLError, message: /string too long/ },
    { set: () => name.setAttribute('CN', 'x'.repeat(65)), error: OpenSSLError, message: /string too long/ },
    { set: () => name.setAttribute('CN', ''), error: OpenSSLError, message: /string too short/ },
    {
      set: () => name.setAttribute('CN', 'a\0b'),
      error: RangeError,
      message: /^Expected a string without NUL for value, got "a/,
    },
    {
      set: () => name.setAttribute('C\0N', 'a'),
      error: RangeError,
      message: /^Expected a string without NUL for attribute/,
    },
    {
      set: () => name.setAttribute('CNN', 'a'),
      error: RangeError,
      message: 'Expected the name or OID of an attribute, got CNN',
    },
    {
      set: () => name.setAttribute('CN', 5 as never),
      error: TypeError,
      message: 'Expected a string for value, got a number',
    },
    {
      set: () => name.addAttribute('CN', undefined as never),
      error: TypeError,
      message: 'Expected a string for value, got undefined',
    },
    {
      set: () => name.getAttribute('CNN'),
      error: RangeError,
      message: 'Expected the name or OID of an attribute, got CNN',
    },
  ];
  for (const { set, error, message } of refused) {
    t.throws(set, { instanceOf: error, message });
    t.deepEqual(name.der(), before);
  }
  t.notThrows(() => name.setAttribute('CN', 'x'.repeat(64)));
});

test('a copy is of its own; names are compared by their canonical form', (t) => {
  const name = example();
  const copy = new X509Name(name);
  copy.CN = 'other.example.org';
  t.is(name.CN, 'example.org');
  t.false(name.equals(copy));
  t.not(name.hash(), copy.hash());
  const louder = name.copy();
  louder.CN = 'EXAMPLE.org';
  t.true(name.equals(louder), 'case does not count');
  t.is(name.hash(), louder.hash());
  t.notDeepEqual(name.der(), louder.der());
  t.is(Math.sign(name.compare(copy)), -Math.sign(copy.compare(name)));
  t.is(name.compare(name), 0);
  t.throws(() => name.compare({} as never), {
    instanceOf: TypeError,
    message: /^Expected an X509Name for other/,
  });
  t.throws(() => new X509Name({} as never), {
    instanceOf: TypeError,
    message: /^Expected an X509Name for name/,
  });
});

test('names cross as DER, whole', (t) => {
  const der = example().der();
  t.true(X509Name.fromDer(der).equals(example()));
  t.throws(() => X509Name.fromDer(Buffer.concat([der, der])), { instanceOf: RangeError });
  for (let length = 0; length < der.length; length++)
    t.throws(() => X509Name.fromDer(der.subarray(0, length)), { instanceOf: OpenSSLError });
  t.throws(() => X509Name.fromDer('' as never), { instanceOf: TypeError });
});

test('a name of another class, or none, is refused by every method', (t) => {
  const { get } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(X509Name.prototype), 'CN') ?? {};
  for (const receiver of [undefined, {}, Object.create(X509Name.prototype), new crypto.PKey()]) {
    t.throws(() => X509Name.prototype.der.call(receiver as never), { instanceOf: TypeError });
    t.throws(() => get?.call(receiver), { instanceOf: TypeError });
  }
});

test('inspection and JSON show the name', (t) => {
  t.is(inspect(example()), 'X509Name { CN=example.org,O=Bücher & Söhne,C=DE }');
  t.is(JSON.stringify(example()), '"CN=example.org,O=Bücher & Söhne,C=DE"');
});
