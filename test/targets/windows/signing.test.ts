// Authenticode signatures with a certificate that is made here.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../../build/process.ts';
import { exe, exePackager } from '../../../platform/windows/exe.ts';
import { msi, msiPackager } from '../../../platform/windows/msi.ts';
import { checkSigner, type Signer } from '../../../platform/windows/signing.ts';
import { builder } from '../../support/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { fixtureInfo } from '../../support/stage-fixture.ts';
import { installers, registryValue } from '../../support/windows-installers.ts';
import { windowsFixtureStage } from '../../support/windows-stage.ts';
import { wineRoot } from '../../support/wine.ts';

const password = "it's a pass word & more";

interface Certificate {
  readonly signer: Signer & { readonly passwordFile: string };
  /** The certificate, PEM. */
  readonly file: string;
}

/** A certificate for code that signs itself, and its key, encrypted. */
async function makeCertificate(t: ExecutionContext): Promise<Certificate> {
  const dir = await temporaryFolder(t);
  const inDir = (name: string) => path.join(dir, name);
  await writeFile(inDir('password'), `${password}\n`);
  const subject = ['-subj', '/CN=Test signer', '-addext', 'extendedKeyUsage=critical,codeSigning'];
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', inDir('key.pem')];
  await run(['openssl', 'req', '-x509', ...key, '-out', inDir('cert.pem'), '-days', '30', ...subject]);
  const pair = ['-inkey', inDir('key.pem'), '-in', inDir('cert.pem')];
  const out = ['-out', inDir('signer.p12'), '-passout', `file:${inDir('password')}`];
  await run(['openssl', 'pkcs12', '-export', ...pair, ...out]);
  return {
    signer: { pkcs12: inDir('signer.p12'), passwordFile: inDir('password'), timestampUrl: undefined },
    file: inDir('cert.pem'),
  };
}

function verify(certificate: Certificate, file: string) {
  return run(['osslsigncode', 'verify', '-CAfile', certificate.file, '-in', file], { allowFailure: true });
}

for (const [kind, plain, packagerOf] of [
  ['exe', exe, exePackager],
  ['msi', msi, msiPackager],
] as const) {
  test(`signs the .${kind} with the given certificate, without a time stamp, and twice the same`, async (t) => {
    const certificate = await makeCertificate(t);
    const dir = await temporaryFolder(t);
    const stage = await windowsFixtureStage(dir);
    const packager = packagerOf(certificate.signer);
    const files = ['one', 'two', 'unsigned'].map((name) => path.join(dir, `${name}.${kind}`)) as [
      string,
      string,
      string,
    ];
    await packager.pack(stage, fixtureInfo, files[0]);
    await packager.pack(stage, fixtureInfo, files[1]);
    await plain.pack(stage, fixtureInfo, files[2]);

    const good = await verify(certificate, files[0]);
    t.is(good.exitCode, 0, good.stdout);
    t.regex(good.stdout, /Subject: \/?CN ?= ?Test signer/);
    t.notRegex(good.stdout, /Timestamp time|Countersignatures:\n\s*Timestamp/);
    t.deepEqual(await readFile(files[1]), await readFile(files[0]));

    const root = await wineRoot(t);
    const installed = await installers[kind].install(root, files[0]);
    t.is(installed.exitCode, 0, installed.stderr);
    t.is(await registryValue(root, 'HKLM\\SOFTWARE\\tsopenssl', 'InstalledBy'), kind);

    t.not((await verify(certificate, files[2])).exitCode, 0, 'the unsigned one');
    t.not(
      (await verify(await makeCertificate(t), files[0])).exitCode,
      0,
      'with the certificate of somebody else',
    );
    const bytes = await readFile(files[0]);
    const place = kind === 'exe' ? 60_000 : bytes.indexOf('MSCF') + 200;
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    await writeFile(files[1], bytes);
    t.not((await verify(certificate, files[1])).exitCode, 0, 'with one bit changed');
  });
}

test('signs the uninstaller inside the .exe', async (t) => {
  const certificate = await makeCertificate(t);
  const dir = await temporaryFolder(t);
  const stage = await windowsFixtureStage(dir);
  const uninstallerOf = async (signer: Signer | undefined, name: string) => {
    const file = path.join(dir, `${name}.exe`);
    await exePackager(signer).pack(stage, fixtureInfo, file);
    await run(['7z', 'x', '-y', `-o${path.join(dir, name)}`, file]);
    return path.join(dir, name, 'uninstall.exe');
  };
  const signed = await verify(certificate, await uninstallerOf(certificate.signer, 'signed'));
  t.is(signed.exitCode, 0, signed.stdout);
  t.not((await verify(certificate, await uninstallerOf(undefined, 'unsigned'))).exitCode, 0);
});

test('refuses a missing file, a wrong password and what is no certificate', async (t) => {
  const { signer, file } = await makeCertificate(t);
  await t.notThrowsAsync(checkSigner(signer));
  const wrong = path.join(await temporaryFolder(t), 'wrong');
  await writeFile(wrong, 'wrong\n');
  const table: readonly (readonly [Partial<Signer>, RegExp])[] = [
    [
      { pkcs12: '/nowhere/a.p12' },
      /^Expected a file that can be read for TSOPENSSL_SIGN_PKCS12, got \/nowhere\/a\.p12: ENOENT/,
    ],
    [
      { passwordFile: '/nowhere/p' },
      /^Expected a file that can be read for TSOPENSSL_SIGN_PASSWORD_FILE, got \/nowhere\/p: ENOENT/,
    ],
    [
      { passwordFile: wrong },
      /signer\.p12: wanted its password in the file that TSOPENSSL_SIGN_PASSWORD_FILE names, got another one/,
    ],
    [{ passwordFile: undefined }, /wanted its password in the file that TSOPENSSL_SIGN_PASSWORD_FILE names/],
    [
      { pkcs12: file },
      /^Expected a PKCS#12 file with a certificate and its key for TSOPENSSL_SIGN_PKCS12, got /,
    ],
  ];
  for (const [changes, message] of table) {
    const error = await t.throwsAsync(checkSigner({ ...signer, ...changes }), { code: 'ERR_USAGE', message });
    t.false(error?.message.includes(password));
  }
});

test('stops a build before its first step when it could not sign', async (t) => {
  const dir = await temporaryFolder(t);
  const args = [
    '--target',
    'win32-x64',
    '--format',
    'exe',
    '--cache',
    path.join(dir, 'cache'),
    '--out',
    path.join(dir, 'dist'),
  ];
  const refused = await builder(args, { TSOPENSSL_SIGN_PKCS12: path.join(dir, 'none.p12') });
  t.is(refused.code, 2);
  t.regex(refused.stderr, /^\nERR_USAGE: Expected a file that can be read for TSOPENSSL_SIGN_PKCS12, got /);
  t.is(refused.stdout, '');
});
