import test from 'ava';
import { issue, makeAuthority } from './authority.ts';

/** What each section makes of a key, and a purpose of `openssl verify` that it must not have. */
const sections = [
  {
    section: 'usr_cert',
    usage: 'Digital Signature, Key Encipherment',
    extended: 'TLS Web Client Authentication, E-mail Protection',
    purpose: 'smimesign',
    denied: 'sslserver',
  },
  {
    section: 'server_cert',
    usage: 'Digital Signature',
    extended: 'TLS Web Server Authentication',
    purpose: 'sslserver',
    denied: 'sslclient',
  },
  {
    section: 'client_cert',
    usage: 'Digital Signature',
    extended: 'TLS Web Client Authentication',
    purpose: 'sslclient',
    denied: 'sslserver',
  },
  {
    section: 'ocsp_cert',
    usage: 'Digital Signature',
    extended: 'OCSP Signing',
    purpose: 'ocsphelper',
    denied: 'sslserver',
  },
  {
    section: 'tsa_cert',
    usage: 'Digital Signature',
    extended: 'Time Stamping',
    purpose: 'timestampsign',
    denied: 'codesign',
  },
] as const;

for (const { section, usage, extended, purpose, denied } of sections) {
  test(`${section} is good for ${purpose} and not for ${denied}`, async (t) => {
    const authority = await makeAuthority(t);
    const certificate = await issue(authority, section, 'leaf');
    const { stdout } = await authority.openssl(['x509', '-in', certificate, '-noout', '-text']);
    const verify = ['verify', '-x509_strict', '-CAfile', 'demoCA/cacert.pem', '-purpose'];

    t.regex(stdout, /Basic Constraints: critical\n +CA:FALSE\n/);
    t.regex(stdout, new RegExp(`X509v3 Key Usage: critical\n +${usage}\n`));
    t.regex(stdout, new RegExp(`X509v3 Extended Key Usage: (critical)?\n +${extended}\n`));
    t.regex(stdout, /Subject Key Identifier/);
    t.regex(stdout, /Authority Key Identifier/);
    t.is(stdout.includes('OCSP No Check'), section === 'ocsp_cert');
    t.is((await authority.openssl([...verify, purpose, certificate])).stdout, `${certificate}: OK\n`);
    t.regex(
      await authority.fails([...verify, denied, certificate]),
      /unsuitable certificate purpose|ocsp|purpose/,
    );
  });
}

test('v3_ca makes a root, v3_intermediate_ca a CA below it that makes no further one', async (t) => {
  const authority = await makeAuthority(t);
  const { openssl, fails } = authority;
  const middle = await issue(authority, 'v3_intermediate_ca', 'middle');
  await issue(authority, 'client_cert', 'signed-by-the-root');
  const below = ['-cert', middle, '-keyfile', 'middle.key'];
  for (const [name, section] of [
    ['leaf', 'client_cert'],
    ['too-deep', 'v3_intermediate_ca'],
  ] as const) {
    const files = ['-in', 'signed-by-the-root.req', '-out', `${name}.pem`];
    await openssl(['ca', '-batch', '-notext', ...below, '-extensions', section, ...files]);
  }
  const { stdout: root } = await openssl(['x509', '-in', 'demoCA/cacert.pem', '-noout', '-text']);
  const { stdout: intermediate } = await openssl(['x509', '-in', middle, '-noout', '-text']);
  const verify = ['verify', '-x509_strict', '-CAfile', 'demoCA/cacert.pem', '-untrusted', middle];

  t.regex(root, /Basic Constraints: critical\n +CA:TRUE\n/);
  t.regex(root, /Key Usage: critical\n +Certificate Sign, CRL Sign\n/);
  t.regex(intermediate, /Basic Constraints: critical\n +CA:TRUE, pathlen:0\n/);
  await openssl([...verify, 'leaf.pem']);
  await issueBelow(authority, 'too-deep.pem');
  t.regex(
    await fails([...verify, '-untrusted', 'too-deep.pem', 'deepest.pem']),
    /path length constraint exceeded/,
  );
});

/** Has a CA that may not exist sign a certificate. */
async function issueBelow(
  { openssl }: Awaited<ReturnType<typeof makeAuthority>>,
  certificate: string,
): Promise<void> {
  const below = ['-cert', certificate, '-keyfile', 'signed-by-the-root.key'];
  const files = ['-in', 'middle.req', '-out', 'deepest.pem'];
  await openssl(['ca', '-batch', '-notext', ...below, '-extensions', 'client_cert', ...files]);
}
