import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { linuxDirectories } from '../../openssl-config/directories.ts';
import { makeWorkplace } from './authority.ts';

/** Takes the # from lines of openssl.cnf, each of which must be there once. */
function switchOn(...lines: readonly string[]): (text: string) => string {
  return (text) =>
    lines.reduce((edited, line) => {
      if (edited.split(`\n#${line}\n`).length !== 2)
        throw new Error(`openssl.cnf does not hold #${line} once`);
      return edited.replace(`\n#${line}\n`, `\n${line}\n`);
    }, text);
}

test('the file as shipped activates the default provider alone', async (t) => {
  const { openssl, fails, folder } = await makeWorkplace(t);
  await writeFile(path.join(folder, 'file'), 'text');
  const { stdout, stderr } = await openssl(['list', '-providers']);

  t.regex(
    stdout,
    /^Providers:\n {2}default\n {4}name: OpenSSL Default Provider\n {4}version: [\d.]+\n {4}status: active\n$/,
  );
  t.is(stderr, '');
  t.regex(await fails(['dgst', '-md4', 'file']), /unsupported/);
});

test('one # less activates the legacy provider beside it', async (t) => {
  const { openssl, folder } = await makeWorkplace(t, switchOn('legacy = legacy_provider'));
  await writeFile(path.join(folder, 'file'), 'abc');

  t.regex((await openssl(['list', '-providers'])).stdout, / {2}default\n(.*\n)* {2}legacy\n/);
  // RFC 1320, A.5
  t.is((await openssl(['dgst', '-md4', 'file'])).stdout, 'MD4(file)= a448017aaf21d8525fc10ae87aa6729d\n');
  t.regex((await openssl(['dgst', '-sha256', 'file'])).stdout, /ba7816bf/);
});

test('the lines for FIPS leave base and the module, whose place is the default directory', async (t) => {
  const lines = ['fips = fips_sect', 'base = base_provider', 'alg_section = fips_properties'];
  const include = '.include /etc/ssl/fipsmodule.cnf';
  const edit = (text: string) =>
    switchOn(
      ...lines,
      include,
    )(text)
      .replace('\ndefault = default_provider\n', '\n#default = default_provider\n')
      .replace(include, '.include fipsmodule.cnf');
  const { openssl, fails, folder } = await makeWorkplace(t, edit);
  await writeFile(path.join(folder, 'fipsmodule.cnf'), '[fips_sect]\nactivate = 1\n');

  // no module is installed: nothing may take its place
  t.regex((await openssl(['list', '-providers'])).stdout, /^Providers:\n {2}base\n( {4}.*\n)+$/);
  t.regex(await fails(['dgst', '-sha256', 'openssl.cnf']), /unsupported/);
  t.true((await fails(['list', '-provider', 'fips'])).includes(`${linuxDirectories.modulesdir}/fips.so`));

  const forgotten = await makeWorkplace(t, switchOn(...lines));
  t.regex(await forgotten.fails(['list', '-providers']), /section=fips_sect not found/);
});

const mistakes = [
  [
    'a section that is not there',
    'default = default_provider',
    'default = nowhere',
    /section=nowhere not found/,
  ],
  ['a value that is no yes or no', 'activate = yes', 'activate = perhaps', /unrecognized value/],
  [
    'the sections of providers misspelled',
    'providers = providers',
    'providers = provider',
    /provider section error/,
  ],
] as const;

for (const [title, from, to, message] of mistakes) {
  test(`a mistake stops every command: ${title}`, async (t) => {
    const edit = (text: string) => text.replace(`\n${from}\n`, `\n${to}\n`);
    const { fails } = await makeWorkplace(t, edit);
    t.regex(await fails(['version', '-a']), message);

    const lenient = await makeWorkplace(t, (text) => edit(text).replace('config_diagnostics = 1', ''));
    t.is((await lenient.openssl(['version'])).exitCode, 0);
  });
}

test('a mistake in an extension stops the command that uses it, with the name of the section', async (t) => {
  const { fails } = await makeWorkplace(t, (text) =>
    text.replace('keyUsage = critical, keyCertSign, cRLSign', 'keyUsage = critical, keyCertSing'),
  );
  const said = await fails([
    'req',
    '-x509',
    '-newkey',
    'ED25519',
    '-noenc',
    '-subj',
    '/CN=x',
    '-out',
    'x.pem',
  ]);
  t.regex(said, /section[= ]v3_ca/);
  t.regex(said, /name=keyUsage/);
});

test('a syntax error is named with its line by the commands that need the file', async (t) => {
  const { openssl, fails } = await makeWorkplace(t, (text) => text.replace('[ tls ]', '[ tls'));
  t.regex(
    await fails(['req', '-new', '-newkey', 'ED25519', '-noenc', '-subj', '/CN=x']),
    /missing close square bracket.*line \d+/s,
  );
  t.is((await openssl(['version'])).exitCode, 0);
});

test('TLS below 1.2 is off for every program that loads the file', async (t) => {
  const ciphers = ['ciphers', '-s', '-v', '-tls1_1'];
  const shipped = await makeWorkplace(t);
  t.is((await shipped.openssl(ciphers)).stdout, '');

  const lowered = await makeWorkplace(t, (text) =>
    text
      .replace('TLS.MinProtocol = TLSv1.2', 'TLS.MinProtocol = TLSv1.1')
      .replace('SECLEVEL=2', 'SECLEVEL=0'),
  );
  t.not((await lowered.openssl(ciphers)).stdout, '');
});
