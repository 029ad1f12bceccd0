// Roots that vouch for nothing new: a leaf from each side of the date, with roots of our own and with the dates of the CA
// bundle's index; and the ways around a date that must be closed.

import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';
import { authority, type MadeCertificate, makeCertificate } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/folder.ts';

const { caBundle, crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, loadCertificate, X509Store, X509StoreContext, X509StoreFlags } = crypto;
const { CARootCertificate, iterCaBundle, TRUST_EMAIL_PROTECTION, TRUST_SERVER_AUTHENTICATION } = caBundle;

type Store = InstanceType<typeof X509Store>;
type Options = Tsopenssl.crypto.X509VerifyOptions;

const date = new Date('2024-11-30T23:59:59Z');
const before = (seconds: number) => new Date(date.getTime() - seconds * 1000);
const x509 = ({ pem }: MadeCertificate) => loadCertificate(FILETYPE_PEM, pem);

/** `ok`, or the name of what was found. */
function verdict(
  store: Store,
  leaf: MadeCertificate,
  chain: readonly MadeCertificate[] = [],
  options: Options = {},
) {
  try {
    new X509StoreContext(store, x509(leaf), chain.map(x509), options).verifyCertificate();
    return 'ok';
  } catch (error) {
    if (error instanceof crypto.X509StoreContextError) return error.code;
    throw error;
  }
}

interface Chains {
  readonly folder: string;
  readonly root: MadeCertificate;
  readonly intermediate: MadeCertificate;
  /** Issued one second before the date, at the date, and one second after it. */
  readonly early: MadeCertificate;
  readonly punctual: MadeCertificate;
  readonly late: MadeCertificate;
}

async function chains(t: ExecutionContext): Promise<Chains> {
  const folder = await temporaryFolder(t);
  const root = await makeCertificate(folder, { subject: '/CN=Root' });
  const intermediate = await makeCertificate(folder, {
    subject: '/CN=Intermediate',
    issuer: root,
    extensions: authority,
  });
  const leaf = (notBefore: Date) =>
    makeCertificate(folder, { subject: '/CN=leaf', issuer: intermediate, notBefore });
  const [early, punctual, late] = [await leaf(before(1)), await leaf(date), await leaf(before(-1))];
  return { folder, root, intermediate, early, punctual, late };
}

test('refuses a leaf that was issued after the date of its root, and no other', async (t) => {
  const { root, intermediate, early, punctual, late } = await chains(t);
  const store = new X509Store();
  store.addCert(x509(root), { distrustAfter: date });
  t.is(verdict(store, early, [intermediate]), 'ok');
  t.is(verdict(store, punctual, [intermediate]), 'ok');
  const context = new X509StoreContext(store, x509(late), [x509(intermediate)]);
  const error = t.throws(() => context.verifyCertificate(), { instanceOf: crypto.X509StoreContextError });
  t.like(error, {
    code: 'ERR_CERT_REJECTED',
    errorNumber: 28,
    depth: 2,
    errors: [28, 2, 'certificate rejected'],
    message:
      'certificate rejected at depth 2: CN=Root is trusted for certificates issued until 2024-11-30T23:59:59Z, ' +
      'this one is of 2024-12-01T00:00:00Z',
  });
  t.is(error?.certificate?.digest('sha256'), x509(root).digest('sha256'));
  t.throws(() => context.getVerifiedChain(), { instanceOf: crypto.X509StoreContextError });

  const undated = new X509Store();
  undated.addCert(x509(root));
  t.is(verdict(undated, late, [intermediate]), 'ok', 'without the date');
  t.is(verdict(store, late, [intermediate], { flags: X509StoreFlags.NO_CHECK_TIME }), 'ERR_CERT_REJECTED');
  t.is(verdict(store, late, [intermediate], { time: new Date('2030-01-01') }), 'ERR_CERT_REJECTED');
});

test('leaves out the milliseconds of a date', async (t) => {
  const { root, intermediate, punctual, late } = await chains(t);
  const store = new X509Store();
  store.addCert(x509(root), { distrustAfter: new Date(date.getTime() + 999) });
  t.is(verdict(store, punctual, [intermediate]), 'ok');
  t.is(verdict(store, late, [intermediate]), 'ERR_CERT_REJECTED');
});

test('asks for the date of the purpose; without one, for the earliest', async (t) => {
  const { root, intermediate, late } = await chains(t);
  const store = new X509Store();
  const later = new Date('2040-01-01');
  store.addCert(x509(root), { distrustAfter: { serverAuthentication: date, emailProtection: later } });
  const found = (purpose?: Options['purpose']) =>
    verdict(store, late, [intermediate], purpose === undefined ? {} : { purpose });
  t.is(found('sslServer'), 'ERR_CERT_REJECTED');
  t.is(found('smimeSign'), 'ok');
  t.is(found('smimeEncrypt'), 'ok');
  t.is(found(), 'ERR_CERT_REJECTED');
  t.is(found('any'), 'ERR_CERT_REJECTED');
  t.is(found('sslClient'), 'ERR_CERT_REJECTED');
  store.setPurpose('smimeSign');
  t.is(found(), 'ok', 'the purpose of the store');
  t.is(found('sslServer'), 'ERR_CERT_REJECTED', 'the purpose of the context wins');
  t.is(found('any'), 'ERR_CERT_REJECTED');
});

test('does not forget the date when the key is added again, in another certificate, before or after', async (t) => {
  const { folder, root, intermediate, early, late } = await chains(t);
  const again = await makeCertificate(folder, { subject: '/CN=Root', keyOf: root });
  const other = await makeCertificate(folder, { subject: '/CN=Root' });
  t.not(x509(again).digest('sha256'), x509(root).digest('sha256'));
  const additions: readonly (readonly [MadeCertificate, Date?])[] = [
    [root, date],
    [root],
    [again],
    [again, new Date('2040-01-01')],
  ];
  for (const order of [additions, additions.toReversed(), additions.slice(0, 1), [[again, date] as const]]) {
    const store = new X509Store();
    for (const [cert, distrustAfter] of order)
      store.addCert(x509(cert), distrustAfter === undefined ? {} : { distrustAfter });
    t.is(verdict(store, early, [intermediate]), 'ok');
    t.is(verdict(store, late, [intermediate]), 'ERR_CERT_REJECTED');
  }
  const store = new X509Store();
  store.addCert(x509(root));
  store.addCert(x509(other), { distrustAfter: date });
  t.is(verdict(store, late, [intermediate]), 'ok', 'the date of another key with the same name');
});

test('finds the root that a file brings under another certificate', async (t) => {
  const { folder, root, intermediate, late } = await chains(t);
  const again = await makeCertificate(folder, { subject: '/CN=Root', keyOf: root });
  const store = new X509Store();
  store.loadLocations(again.file);
  t.is(verdict(store, late, [intermediate]), 'ok');
  store.addCert(x509(root), { distrustAfter: date });
  t.is(verdict(store, late, [intermediate]), 'ERR_CERT_REJECTED');
});

test('does not let a cross-signed root around the date', async (t) => {
  const folder = await temporaryFolder(t);
  const keyId = (id: string) => [...authority, `subjectKeyIdentifier=${id}`];
  const root = await makeCertificate(folder, { subject: '/CN=Root', extensions: keyId('01') });
  const sponsor = await makeCertificate(folder, { subject: '/CN=Sponsor' });
  // the intermediate names the key identifier of the cross-signed one, so that the chain goes that way
  const crossed = await makeCertificate(folder, {
    subject: '/CN=Root',
    keyOf: root,
    issuer: sponsor,
    extensions: keyId('02'),
  });
  const intermediate = await makeCertificate(folder, {
    subject: '/CN=Intermediate',
    issuer: crossed,
    extensions: [...authority, 'authorityKeyIdentifier=keyid'],
  });
  const leaf = (notBefore: Date) =>
    makeCertificate(folder, { subject: '/CN=leaf', issuer: intermediate, notBefore });
  const [early, late] = [await leaf(before(1)), await leaf(before(-1))];
  const orders = [
    [intermediate, crossed],
    [crossed, root, intermediate],
  ];
  for (const untrusted of orders) {
    const store = new X509Store();
    store.addCert(x509(sponsor));
    t.is(verdict(store, late, untrusted), 'ok', 'the sponsor alone');
    store.addCert(x509(root), { distrustAfter: date });
    const chain = new X509StoreContext(store, x509(early), untrusted.map(x509)).getVerifiedChain();
    t.deepEqual(
      chain.map((each) => `${each.getSubject()}`),
      ['CN=leaf', 'CN=Intermediate', 'CN=Root', 'CN=Sponsor'],
    );
    t.is(verdict(store, late, untrusted), 'ERR_CERT_REJECTED');
  }
});

test('takes an intermediate that is an anchor itself, or that another root has signed', async (t) => {
  const { folder, root, intermediate, late } = await chains(t);
  const store = new X509Store();
  store.addCert(x509(root), { distrustAfter: date });
  t.is(verdict(store, late, [intermediate]), 'ERR_CERT_REJECTED');
  const sponsor = await makeCertificate(folder, { subject: '/CN=Sponsor' });
  const other = await makeCertificate(folder, {
    subject: '/CN=Intermediate',
    keyOf: intermediate,
    issuer: sponsor,
    extensions: authority,
  });
  t.is(verdict(store, late, [other]), 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  store.addCert(x509(sponsor));
  t.is(verdict(store, late, [other]), 'ok');
  store.addCert(x509(intermediate));
  t.is(verdict(store, late, []), 'ERR_CERT_REJECTED', 'the chain goes on to the root');
  t.is(verdict(store, late, [], { flags: X509StoreFlags.PARTIAL_CHAIN }), 'ok');
});

test('trusts a root for its purposes alone, those of all its certificates together', async (t) => {
  const { folder, root, intermediate, early } = await chains(t);
  const store = new X509Store();
  const found = (purpose?: Options['purpose']) =>
    verdict(store, early, [intermediate], purpose === undefined ? {} : { purpose });
  store.addCert(x509(root), { purposes: [] });
  t.is(found(), 'ERR_CERT_UNTRUSTED', 'explicit distrust');
  store.addCert(x509(root), { purposes: ['emailProtection'] });
  t.is(found('smimeSign'), 'ok');
  t.is(found(), 'ok');
  t.is(found('sslClient'), 'ok');
  t.is(found('codeSign'), 'ERR_INVALID_PURPOSE', 'what OpenSSL finds comes first');
  const error = t.throws(
    () =>
      new X509StoreContext(store, x509(early), [x509(intermediate)], {
        purpose: 'sslServer',
      }).verifyCertificate(),
    { instanceOf: crypto.X509StoreContextError },
  );
  t.like(error, {
    code: 'ERR_CERT_UNTRUSTED',
    depth: 2,
    message: 'certificate not trusted at depth 2: CN=Root is not trusted for this purpose',
  });
  store.addCert(x509(await makeCertificate(folder, { subject: '/CN=Other' })));
  t.is(found('sslServer'), 'ERR_CERT_UNTRUSTED');
  store.addCert(x509(await makeCertificate(folder, { subject: '/CN=Root', keyOf: root })), {
    purposes: ['serverAuthentication'],
  });
  t.is(found('sslServer'), 'ok');
});

test('refuses wrong rules', async (t) => {
  const folder = await temporaryFolder(t);
  const cert = x509(await makeCertificate(folder, { subject: '/CN=Root' }));
  const wrong: readonly (readonly [unknown, string, string])[] = [
    [null, 'TypeError', 'Expected an object for options, got null'],
    [
      { distrustedAfter: date },
      'TypeError',
      'Expected purposes, distrustAfter in options, got distrustedAfter; did you mean distrustAfter?',
    ],
    [{ distrustAfter: '2024' }, 'TypeError', 'Expected an object for distrustAfter, got a string'],
    [
      { distrustAfter: new Date(Number.NaN) },
      'RangeError',
      'Expected a Date from 1970 to 9999 for distrustAfter, got NaN',
    ],
    [
      { distrustAfter: new Date(-1) },
      'RangeError',
      'Expected a Date from 1970 to 9999 for distrustAfter, got -1',
    ],
    [
      { distrustAfter: { server: date } },
      'TypeError',
      'Expected serverAuthentication, emailProtection, codeSigning in distrustAfter, got server; did you mean serverAuthentication?',
    ],
    [
      { distrustAfter: { codeSigning: 5 } },
      'TypeError',
      'Expected a Date for distrustAfter.codeSigning, got a number',
    ],
    [{ purposes: 'any' }, 'TypeError', 'Expected an array for purposes, got a string'],
    [
      { purposes: ['any'] },
      'RangeError',
      'Expected one of serverAuthentication, emailProtection, codeSigning for purposes, got "any"',
    ],
  ];
  const store = new X509Store();
  for (const [options, name, message] of wrong)
    t.throws(() => store.addCert(cert, options as never), { name, message });
  const context = new X509StoreContext(store, cert);
  t.throws(
    () => context.verifyCertificate(),
    { message: /^self-signed certificate at depth 0/ },
    'nothing was added',
  );
});

const dated = [...iterCaBundle(undefined, TRUST_SERVER_AUTHENTICATION)].filter(
  ({ distrustAfter }) => Object.keys(distrustAfter).length > 0,
);

test('knows the roots of this release that have a date', (t) => {
  t.deepEqual(
    dated.map(({ name, distrustAfter }) => `${name}: ${distrustAfter.serverAuthentication}`),
    [
      'AffirmTrust Commercial: 2024-11-30T23:59:59Z',
      'AffirmTrust Networking: 2024-11-30T23:59:59Z',
      'AffirmTrust Premium: 2024-11-30T23:59:59Z',
      'AffirmTrust Premium ECC: 2024-11-30T23:59:59Z',
      'Entrust Root Certification Authority: 2024-11-30T23:59:59Z',
      'Entrust Root Certification Authority - EC1: 2024-11-30T23:59:59Z',
      'Entrust Root Certification Authority - G2: 2024-11-30T23:59:59Z',
      'Entrust.net Premium 2048 Secure Server CA: 2024-11-30T23:59:59Z',
      'GLOBALTRUST 2020: 2024-06-30T00:00:00Z',
    ],
  );
});

/**
 * Nobody here has the private key of a real root, so its public key stands in a certificate of our own: the chain holds the
 * real key, and the date of the index must count.
 */
test('enforces the dates of the index for the keys of the real roots', async (t) => {
  const folder = await temporaryFolder(t);
  const sponsor = await makeCertificate(folder, { subject: '/CN=Sponsor' });
  const store = X509Store.fromCaBundle(TRUST_SERVER_AUTHENTICATION);
  store.addCert(x509(sponsor));
  const email = X509Store.fromCaBundle(TRUST_EMAIL_PROTECTION);
  email.addCert(x509(sponsor));
  const any = X509Store.fromCaBundle();
  any.addCert(x509(sponsor));
  const alone = new X509Store();
  alone.addCert(x509(sponsor));
  const sides = async (pem: string, last: Date) => {
    const of = (notBefore: Date) =>
      makeCertificate(folder, { subject: '/CN=key of a root', issuer: sponsor, publicKeyOf: pem, notBefore });
    return [await of(new Date(last.getTime() - 1000)), await of(new Date(last.getTime() + 1000))] as const;
  };
  for (const root of dated) {
    const last = new Date(root.distrustAfter.serverAuthentication as string);
    const [early, late] = await sides(root.certificate, last);
    t.is(verdict(store, early), 'ok', root.name);
    t.is(verdict(store, late), 'ERR_CERT_REJECTED', root.name);
    t.is(verdict(store, late, [], { purpose: 'sslServer' }), 'ERR_CERT_REJECTED', root.name);
    t.is(verdict(any, late, [], { purpose: 'sslServer' }), 'ERR_CERT_REJECTED', root.name);
    t.is(verdict(alone, late), 'ok', `${root.name}: without the bundle`);
    // the dates for e-mail differ: only one root has one
    const hasDate = root.distrustAfter.emailProtection !== undefined;
    t.is(verdict(any, late, [], { purpose: 'smimeSign' }), hasDate ? 'ERR_CERT_REJECTED' : 'ok', root.name);
    const isForEmail = root.purposes?.includes(TRUST_EMAIL_PROTECTION) === true;
    t.is(verdict(email, late), isForEmail && hasDate ? 'ERR_CERT_REJECTED' : 'ok', root.name);
  }
  const undated = [...iterCaBundle()].find(({ distrustAfter }) => Object.keys(distrustAfter).length === 0);
  const [, late] = await sides(undated?.certificate ?? '', date);
  t.is(verdict(any, late), 'ok', 'a root without a date');
});

test('enforces the dates of the index below roots of our own that stand for the real ones', async (t) => {
  const { folder, root, intermediate } = await chains(t);
  for (const real of dated) {
    const last = new Date(real.distrustAfter.serverAuthentication as string);
    const { name, sha1, description, purposes, distrustAfter } = real;
    const twin = new CARootCertificate(name, sha1, description, root.pem, {
      distrustAfter,
      ...(purposes === undefined ? {} : { purposes }),
    });
    const store = new X509Store();
    store.addCaRoots([twin]);
    const leaf = (seconds: number) =>
      makeCertificate(folder, {
        subject: '/CN=leaf',
        issuer: intermediate,
        notBefore: new Date(last.getTime() + seconds * 1000),
      });
    t.is(verdict(store, await leaf(-1), [intermediate], { purpose: 'sslServer' }), 'ok', name);
    t.is(verdict(store, await leaf(1), [intermediate], { purpose: 'sslServer' }), 'ERR_CERT_REJECTED', name);
  }
});

test('adds the roots of a bundle for the wanted purpose alone, or none of them', async (t) => {
  const { root, intermediate, early, late } = await chains(t);
  const rootOf = (purposes: Tsopenssl.caBundle.Purpose[] | undefined, day?: string) =>
    new CARootCertificate('Root', 'AA', 'a root', root.pem, {
      ...(purposes === undefined ? {} : { purposes }),
      ...(day === undefined ? {} : { distrustAfter: { serverAuthentication: day } }),
    });
  const both = rootOf(['serverAuthentication', 'emailProtection'], date.toISOString());
  const store = new X509Store();
  store.addCaRoots([rootOf(['emailProtection'])], TRUST_SERVER_AUTHENTICATION);
  t.is(verdict(store, early, [intermediate]), 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'left out');
  store.addCaRoots([both], TRUST_EMAIL_PROTECTION);
  t.is(verdict(store, late, [intermediate]), 'ok');
  t.is(verdict(store, early, [intermediate], { purpose: 'sslServer' }), 'ERR_CERT_UNTRUSTED');
  store.addCert(x509(root));
  t.is(verdict(store, early, [intermediate], { purpose: 'sslServer' }), 'ok');
  t.is(verdict(store, late, [intermediate], { purpose: 'sslServer' }), 'ERR_CERT_REJECTED', 'the date stays');

  const empty = new X509Store();
  const broken = new CARootCertificate('Broken', 'AA', 'no root', 'nothing');
  t.throws(() => empty.addCaRoots([both, broken]), { name: 'OpenSSLError' });
  t.throws(() => empty.addCaRoots([both, rootOf(undefined, 'never')]), {
    name: 'RangeError',
    message: 'Expected a Date from 1970 to 9999 for distrustAfter.serverAuthentication, got NaN',
  });
  t.throws(() => empty.addCaRoots([both, {} as never]), {
    name: 'TypeError',
    message: 'Expected CARootCertificates for roots, got an instance of Object',
  });
  t.throws(() => empty.addCaRoots(5 as never), { name: 'TypeError' });
  t.throws(() => empty.addCaBundle('server' as never), { name: 'RangeError', message: /did you mean/ });
  t.is(verdict(empty, early, [intermediate]), 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'nothing was added');
  empty.addCaRoots([both]);
  t.is(verdict(empty, early, [intermediate]), 'ok');
});
