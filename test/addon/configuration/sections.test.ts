import test from 'ava';
import {
  findActivatedProviders,
  findForeignEngines,
  findInitSection,
  findProviderLibraries,
} from '../../../addon/lib/configuration/sections.ts';
import type { NativeSections } from '../../../addon/lib/native/binding.ts';

/** Sections as a record, in the form that the binding answers. */
const sections = (record: Readonly<Record<string, Readonly<Record<string, string>>>>): NativeSections =>
  Object.entries(record).map(([name, entries]) => [name, Object.entries(entries)] as const);

const base = { default: { openssl_conf: 'init' }, init: { providers: 'list' } };

test('finds the section that openssl_conf names', (t) => {
  t.is(findInitSection(sections(base)), 'init');
  t.is(findInitSection(sections({ default: {} })), undefined);
});

test('finds the providers that are activated, under the names that OpenSSL will give them', (t) => {
  const found = findActivatedProviders(
    sections({
      ...base,
      list: { default: 'a', foo: 'b', '2.bar': 'c', off: 'd', gone: 'nowhere', named: 'e' },
      a: { activate: '1' },
      b: { activate: 'yes', module: '/opt/foo.so', soft_load: 'on' },
      c: { '1.activate': 'TRUE', module: 'bar.so' },
      d: { activate: '0', module: 'off.so' },
      e: { activate: 'true', identity: 'other' },
    }),
  );
  t.deepEqual(found, [
    { name: 'default', section: 'a', module: undefined, isOptional: false },
    { name: 'foo', section: 'b', module: '/opt/foo.so', isOptional: true },
    { name: 'bar', section: 'c', module: 'bar.so', isOptional: false },
    { name: 'other', section: 'e', module: undefined, isOptional: false },
  ]);
});

test('finds none without an openssl_conf section, without a list and without a section', (t) => {
  t.deepEqual(findActivatedProviders(sections({ init: { providers: 'list' }, list: { a: 'a' } })), []);
  t.deepEqual(findActivatedProviders(sections({ ...base, list: {} })), []);
  t.deepEqual(findActivatedProviders(sections(base)), []);
});

test('says where OpenSSL will look for the libraries of providers that are not built in', (t) => {
  const provider = (name: string, module?: string) => ({ name, section: 's', module, isOptional: false });
  const libraries = findProviderLibraries(
    [
      provider('default'),
      provider('legacy', '/opt/legacy.so'),
      provider('fips'),
      provider('foo', 'foo-3.so'),
      provider('bar', '/opt/bar.so'),
    ],
    '/usr/lib/modules/',
  );
  t.deepEqual(libraries, ['/usr/lib/modules/fips.so', '/usr/lib/modules/foo-3.so', '/opt/bar.so']);
});

test('finds the engines that are not inside of libcrypto', (t) => {
  const engines = (section: Readonly<Record<string, string>>) =>
    findForeignEngines(
      sections({
        default: { openssl_conf: 'init' },
        init: { engines: 'list' },
        list: { first: 's' },
        s: section,
      }),
    );
  t.deepEqual(engines({ engine_id: 'rdrand', init: '1' }), []);
  t.deepEqual(engines({ engine_id: 'pkcs11' }), ['pkcs11']);
  t.deepEqual(engines({ dynamic_path: '/x.so' }), ['first']);
  t.deepEqual(engines({ engine_id: 'rdrand', dynamic_path: '/x.so' }), ['rdrand']);
  t.deepEqual(engines({ engine_id: 'dynamic', SO_PATH: '/x.so' }), ['dynamic']);
});
