import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { distribution } from '../support/openssl.ts';
import { ecKey, issue, makeAuthority, makeWorkplace } from './authority.ts';

test('the distribution ships the file of the sources', async (t) => {
  const source = await readFile(new URL('../../openssl-config/openssl.cnf', import.meta.url), 'utf8');
  t.is(await readFile((await distribution()).cnf, 'utf8'), source);
});

test('req asks for a name and makes an RSA key with 3072 bits and a request with SHA-256', async (t) => {
  const { openssl, folder } = await makeWorkplace(t);
  const answers = ['HU', '', 'Győr', 'Példa Kft.', '', 'www.example.org', ''].join('\n');
  const asked = await openssl(
    ['req', '-new', '-newkey', 'rsa', '-noenc', '-out', 'request.pem'],
    `${answers}\n`,
  );
  const { stdout } = await openssl([
    'req',
    '-in',
    'request.pem',
    '-noout',
    '-text',
    '-nameopt',
    'RFC2253,utf8,-esc_msb',
  ]);

  t.regex(asked.stderr, /Country \(two letters\)/);
  t.regex(stdout, /Subject: CN=www\.example\.org,O=Példa Kft\.,L=Győr,C=HU\n/);
  t.regex(stdout, /Public-Key: \(3072 bit\)/);
  t.regex(stdout, /Signature Algorithm: sha256WithRSAEncryption/);
  t.regex(stdout, /CA:FALSE/);
  t.regex(await readFile(path.join(folder, 'key.pem'), 'utf8'), /BEGIN PRIVATE KEY/);
});

test('a certificate lives its life: requested, signed, verified, revoked, refused', async (t) => {
  const authority = await makeAuthority(t);
  const { openssl, fails } = authority;
  const name = 'subjectAltName=DNS:www.example.org,DNS:example.org';
  const certificate = await issue(authority, 'server_cert', 'www.example.org', ['-addext', name]);
  const verify = ['verify', '-CAfile', 'demoCA/cacert.pem', '-purpose', 'sslserver'];
  const checkCrl = [...verify, '-crl_check', '-CRLfile', 'demoCA/crl.pem', certificate];

  t.is(
    (await openssl([...verify, '-verify_hostname', 'example.org', certificate])).stdout,
    `${certificate}: OK\n`,
  );
  t.regex(await fails([...verify, '-verify_hostname', 'example.com', certificate]), /hostname mismatch/);
  t.regex(
    await fails(['verify', '-no-CAfile', '-no-CApath', '-no-CAstore', certificate]),
    /unable to get local issuer/,
  );

  await openssl(['ca', '-gencrl', '-out', 'demoCA/crl.pem']);
  await openssl(checkCrl);
  await openssl(['ca', '-revoke', certificate, '-crl_reason', 'keyCompromise']);
  await openssl(['ca', '-gencrl', '-out', 'demoCA/crl.pem']);
  const crl = (await openssl(['crl', '-in', 'demoCA/crl.pem', '-noout', '-text'])).stdout;
  t.regex(crl, /CRL Number: \n +2\n/);
  t.regex(crl, /Key Compromise/);
  t.regex(await fails(checkCrl), /certificate revoked/);
});

test('a post-quantum key makes an authority as any other does', async (t) => {
  const authority = await makeAuthority(t);
  const key = ['-newkey', 'ML-DSA-65', '-noenc', '-keyout', 'demoCA/private/cakey.pem'];
  const { openssl } = authority;
  await openssl(['req', '-x509', ...key, '-subj', '/CN=Root', '-out', 'demoCA/cacert.pem']);
  const certificate = await issue(authority, 'server_cert', 'www.example.org');
  const { stdout } = await openssl(['x509', '-in', certificate, '-noout', '-text']);

  t.regex(stdout, /Signature Algorithm: ML-DSA-65\n/);
  await openssl(['verify', '-x509_strict', '-CAfile', 'demoCA/cacert.pem', certificate]);
});

test('ca renews a certificate of the same name, with serial numbers that do not count up', async (t) => {
  const authority = await makeAuthority(t);
  const serials: bigint[] = [];
  for (const _ of [1, 2]) {
    const certificate = await issue(authority, 'client_cert', 'robot');
    const { stdout } = await authority.openssl(['x509', '-in', certificate, '-noout', '-serial']);
    serials.push(BigInt(`0x${stdout.trim().replace('serial=', '')}`));
  }
  const [first = 0n, second = 0n] = serials;
  t.true(first > 2n ** 96n && second > 2n ** 96n);
  t.not(second, first + 1n);
});

test('ca gives a request no right that its section of extensions denies', async (t) => {
  const authority = await makeAuthority(t);
  const greedy =
    '[req]\ndistinguished_name=dn\nreq_extensions=x\n[dn]\n[x]\nbasicConstraints=critical,CA:TRUE\n';
  await writeFile(path.join(authority.folder, 'greedy.cnf'), `${greedy}keyUsage=keyCertSign\n`);
  const certificate = await issue(authority, 'server_cert', 'greedy', ['-config', 'greedy.cnf']);
  const { stdout: asked } = await authority.openssl(['req', '-in', 'greedy.req', '-noout', '-text']);
  const { stdout: given } = await authority.openssl(['x509', '-in', certificate, '-noout', '-text']);

  t.regex(asked, /CA:TRUE/);
  t.regex(asked, /Certificate Sign/);
  t.notRegex(given, /CA:TRUE|Certificate Sign/);
});

test('policy_match signs only the names of the own organization', async (t) => {
  const { openssl, fails } = await makeAuthority(t);
  const sign = ['ca', '-batch', '-policy', 'policy_match', '-notext', '-out', 'out.pem', '-in'];
  for (const [name, subject] of [
    ['own', '/C=HU/O=Példa/CN=own'],
    ['other', '/C=HU/O=Other/CN=other'],
  ] as const) {
    await openssl(['req', '-new', ...ecKey, '-subj', subject, '-out', `${name}.req`]);
  }
  await openssl([...sign, 'own.req']);
  t.regex(await fails([...sign, 'other.req']), /organizationName field is different/);
});

test('ts asks for, makes and verifies a time stamp, and refuses SHA-1 and MD5', async (t) => {
  const authority = await makeAuthority(t);
  const { openssl, warns, fails, folder } = authority;
  await issue(authority, 'tsa_cert', 'tsa');
  await writeFile(path.join(folder, 'file'), 'what is stamped');
  await writeFile(path.join(folder, 'other'), 'something else');
  const signer = ['-signer', 'tsa.pem', '-inkey', 'tsa.key'];
  const verify = ['ts', '-verify', '-in', 'reply.tsr', '-CAfile', 'demoCA/cacert.pem', '-data'];
  await openssl(['ts', '-query', '-data', 'file', '-cert', '-out', 'query.tsq']);
  await openssl(['ts', '-reply', ...signer, '-queryfile', 'query.tsq', '-out', 'reply.tsr']);
  const reply = (await openssl(['ts', '-reply', '-in', 'reply.tsr', '-text'])).stdout;

  t.regex((await openssl([...verify, 'file'])).stdout, /Verification: OK/);
  t.regex(await fails([...verify, 'other']), /message imprint mismatch/);
  t.regex(reply, /Policy OID: tsa_policy/);
  t.regex(reply, /Hash Algorithm: sha256/);
  for (const digest of ['-sha1', '-md5']) {
    await openssl(['ts', '-query', '-data', 'file', digest, '-out', 'old.tsq']);
    await warns(['ts', '-reply', ...signer, '-queryfile', 'old.tsq', '-out', 'old.tsr']);
    const refused = (await openssl(['ts', '-reply', '-in', 'old.tsr', '-text'])).stdout;
    t.regex(refused, /Status: Rejected\./);
    t.regex(refused, /Message digest algorithm is not supported/);
  }
});

test('ts finds key and certificate where the file says', async (t) => {
  const authority = await makeAuthority(t);
  const { openssl, folder } = authority;
  await issue(authority, 'tsa_cert', 'demoCA/tsacert', [
    '-subj',
    '/CN=tsa',
    '-keyout',
    'demoCA/private/tsakey.pem',
  ]);
  await writeFile(path.join(folder, 'file'), 'what is stamped');
  await openssl(['ts', '-query', '-data', 'file', '-cert', '-out', 'query.tsq']);
  await openssl(['ts', '-reply', '-queryfile', 'query.tsq', '-out', 'reply.tsr']);
  const verify = ['-in', 'reply.tsr', '-queryfile', 'query.tsq', '-CAfile', 'demoCA/cacert.pem'];
  t.regex((await openssl(['ts', '-verify', ...verify])).stdout, /Verification: OK/);
});

test('x509 signs a request with a section of extensions of the file', async (t) => {
  const { openssl } = await makeAuthority(t);
  const name = ['-subj', '/CN=www.example.org', '-addext', 'subjectAltName=DNS:www.example.org'];
  await openssl(['req', '-new', ...ecKey, ...name, '-out', 'request.pem']);
  const ca = ['-CA', 'demoCA/cacert.pem', '-CAkey', 'demoCA/private/cakey.pem', '-copy_extensions', 'copy'];
  const { stderr } = await openssl([
    ...['x509', '-req', '-in', 'request.pem', '-out', 'out.pem', ...ca],
    ...['-extfile', 'openssl.cnf', '-extensions', 'server_cert'],
  ]);
  t.regex(stderr, /Certificate request self-signature ok/);
  const { stdout } = await openssl(['x509', '-in', 'out.pem', '-noout', '-text']);
  t.regex(stdout, /TLS Web Server Authentication/);
  t.regex(stdout, /DNS:www\.example\.org/);
});
