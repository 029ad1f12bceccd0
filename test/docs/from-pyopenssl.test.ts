// docs/from-pyopenssl.md names everything that pyOpenSSL has, everything that is public here, and nothing else. The fixture holds the
// names of pyOpenSSL 23.2.0: its functions, its constants, and its classes with their members.

import { readFile } from 'node:fs/promises';
import test from 'ava';
import { packageApi } from '../support/public-api.ts';
import { type PyOpenSSLModule, pyOpenSSLPageProblems } from '../support/pyopenssl-page.ts';

const page = await readFile(new URL('../../docs/from-pyopenssl.md', import.meta.url), 'utf8');
const fixture = await readFile(new URL('fixtures/pyopenssl-names.json', import.meta.url), 'utf8');
const modules = JSON.parse(fixture) as Record<'crypto' | 'SSL' | 'rand' | 'tsafe', PyOpenSSLModule>;
const names = packageApi();

test('the page has every name of pyOpenSSL and every name of ours', (t) => {
  t.deepEqual(Object.keys(modules).sort(), ['SSL', 'crypto', 'rand', 'tsafe']);
  t.true(Object.keys(modules.crypto.classes).length > 12);
  t.true((modules.SSL.classes.Connection ?? []).length > 50);
  t.deepEqual(pyOpenSSLPageProblems(page, modules, names), []);
});

test('a name that is missing, invented or misspelled on either side is found', (t) => {
  const problems = (changed: string) => pyOpenSSLPageProblems(changed, modules, names);
  const without = (line: RegExp) => page.replace(line, '');
  t.deepEqual(problems(without(/^\| `get_components`.*\n/m)), [
    "pyOpenSSL's crypto.X509Name.get_components is not on the page",
    'crypto.X509Name.getComponents is not on the page',
  ]);
  t.deepEqual(problems(page.replace('| `get_components` |', '| `get_component` |')), [
    "pyOpenSSL's crypto.X509Name.get_components is not on the page",
    'pyOpenSSL has no crypto.X509Name.get_component',
  ]);
  t.deepEqual(problems(page.replace('`securityBits`', '`securityBit`')), [
    'there is no crypto.PKey.securityBit here',
    'crypto.PKey.securityBits is not on the page',
  ]);
  t.deepEqual(problems(without(/^\| `set_alpn_select_callback`.*\n/m)), [
    "pyOpenSSL's SSL.Context.set_alpn_select_callback is not on the page",
    'SSL.Context.setAlpnSelectCallback is not on the page',
  ]);
});
