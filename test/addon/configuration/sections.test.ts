import path from 'node:path';
import test from 'ava';
import {
  findActivatedProviders,
  findForeignEngines,
  findInitSection,
  findProviderLibrary,
  mayLackAlgorithms,
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

test('says whether algorithms may be missing: where others than the default provider are activated, or properties choose', (t) => {
  const answer = (record: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
    mayLackAlgorithms(sections(record), findActivatedProviders(sections(record)));
  t.false(answer({}));
  t.false(answer(base));
  const activated = { activate: 'yes' };
  t.false(answer({ ...base, list: { fips: 'a', default: 'a' }, a: activated }));
  t.true(answer({ ...base, list: { fips: 'a' }, a: activated }));
  t.true(answer({ ...base, list: { default: 'a', base: 'b' }, a: { activate: 'no' }, b: activated }));
  const chosen = { default_properties: 'fips=yes' };
  t.true(answer({ default: { openssl_conf: 'init' }, init: { 'alg_section.1': 'p' }, p: chosen }));
});

const provider = (name: string, module?: string) => ({ name, section: 's', module, isOptional: false });

test('says where OpenSSL will look for the library of a provider that is not built in', (t) => {
  const find = (name: string, module?: string) =>
    findProviderLibrary(provider(name, module), {
      folder: '/usr/lib/modules/',
      extension: '.so',
      paths: path.posix,
    });
  t.is(find('default'), undefined);
  t.is(find('legacy', '/opt/legacy.so'), undefined);
  t.is(find('fips'), '/usr/lib/modules/fips.so');
  t.is(find('a:b'), '/usr/lib/modules/a:b.so');
  t.is(find('foo', 'foo-3.so'), '/usr/lib/modules/foo-3.so');
  t.is(find('bar', '/opt/bar.so'), '/opt/bar.so');
});

test('says so for Windows too', (t) => {
  const find = (name: string, module?: string) =>
    findProviderLibrary(provider(name, module), {
      folder: 'C:\\modules',
      extension: '.dll',
      paths: path.win32,
    });
  t.is(find('base'), undefined);
  t.is(find('fips'), 'C:\\modules\\fips.dll');
  t.is(find('foo', 'foo-3.dll'), 'C:\\modules\\foo-3.dll');
  t.is(find('bar', 'D:/x/bar.dll'), 'D:/x/bar.dll');
  t.is(find('D:\\x\\bar.dll'), 'D:\\x\\bar.dll');
});

test('refuses a relative library where there is no folder of modules', (t) => {
  const search = { folder: undefined, extension: '.dll', paths: path.win32 };
  t.is(findProviderLibrary(provider('default'), search), undefined);
  t.is(findProviderLibrary(provider('x', 'C:\\x.dll'), search), 'C:\\x.dll');
  t.throws(() => findProviderLibrary(provider('x'), search), {
    instanceOf: RangeError,
    message:
      'wanted an absolute path for the library of provider x, got x.dll: there is no folder of modules (OPENSSL_MODULES)',
  });
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
