// X509Store, X509StoreFlags, X509StoreContext and its error: which chains are trusted, and what is said of those that are not.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential, type Evaluate } from '../../../support/differential.ts';
import { freshKey } from '../../../support/fresh-keys.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_ASN1, X509Store, X509StoreContext, X509StoreContextError, X509StoreFlags } = crypto;
const { dumpCertificate, loadCertificate, loadCrl } = crypto;

const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-'));

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: { first_pem: freshKey('rsa'), second_pem: freshKey('rsa'), third_pem: freshKey('rsa'), folder },
  python: `
    PEM, DER = crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1
    Extension = crypto.X509Extension
    keys = [crypto.load_privatekey(PEM, text) for text in (first_pem, second_pem, third_pem)]
    certificates, crls = {}, {}

    def issue(name, issuer, level, signer, constraints=b'CA:FALSE', start=b'20200101000000Z', end=b'20490101000000Z', extensions=(), digest='sha256'):
        made = crypto.X509()
        made.set_version(2)
        made.set_serial_number(len(certificates) + 1)
        made.get_subject().CN = name
        made.set_issuer(certificates[issuer].get_subject() if issuer else made.get_subject())
        made.set_pubkey(keys[level])
        made.set_notBefore(start)
        made.set_notAfter(end)
        if constraints:
            made.add_extensions([Extension(b'basicConstraints', True, constraints)])
        made.add_extensions([Extension(*extension) for extension in extensions])
        made.sign(keys[signer], digest)
        certificates[name] = made

    def revoke(name, issuer, signer, names=(), start=b'20200101000000Z', end=b'20490101000000Z'):
        made = crypto.CRL()
        made.set_version(1)
        made.set_lastUpdate(start)
        made.set_nextUpdate(end)
        for one in names:
            entry = crypto.Revoked()
            entry.set_serial(b'%x' % certificates[one].get_serial_number())
            entry.set_rev_date(b'20210101000000Z')
            made.add_revoked(entry)
        made.sign(certificates[issuer], keys[signer], b'sha256')
        crls[name] = made

    issue('root', None, 0, 0, b'CA:TRUE')
    issue('other root', None, 2, 2, b'CA:TRUE')
    issue('forged root', None, 0, 2, b'CA:TRUE')
    issue('ca', 'root', 1, 0, b'CA:TRUE')
    issue('leaf', 'ca', 2, 1)
    issue('expired', 'ca', 2, 1, end=b'20210101000000Z')
    issue('future', 'ca', 2, 1, start=b'20480101000000Z')
    issue('forged', 'ca', 2, 2)
    issue('self-signed', None, 2, 2)
    issue('no ca', 'root', 1, 0)
    issue('leaf of no ca', 'no ca', 2, 1)
    issue('without constraints', 'root', 1, 0, None)
    issue('leaf of one without constraints', 'without constraints', 2, 1)
    issue('short', 'root', 1, 0, b'CA:TRUE,pathlen:0')
    issue('below', 'short', 1, 1, b'CA:TRUE')
    issue('leaf too deep', 'below', 2, 1)
    issue('critical', 'ca', 2, 1, extensions=[(b'1.2.3.4', True, b'DER:0500')])
    issue('constrained', 'root', 1, 0, b'CA:TRUE', extensions=[(b'nameConstraints', True, b'permitted;DNS:.example.org')])
    issue('permitted', 'constrained', 2, 1, extensions=[(b'subjectAltName', False, b'DNS:www.example.org')])
    issue('excluded', 'constrained', 2, 1, extensions=[(b'subjectAltName', False, b'DNS:www.example.com')])
    issue('no signer', 'root', 1, 0, b'CA:TRUE', extensions=[(b'keyUsage', True, b'digitalSignature')])
    issue('leaf of no signer', 'no signer', 2, 1)
    revoke('of ca', 'ca', 1)
    revoke('of ca with leaf', 'ca', 1, ['leaf'])
    revoke('of ca, expired', 'ca', 1, end=b'20210101000000Z')
    revoke('of ca, future', 'ca', 1, start=b'20480101000000Z')
    revoke('of ca, forged', 'ca', 2)
    revoke('of root', 'root', 0)
    revoke('of root with ca', 'root', 0, ['ca'])

    def store_of(trusted, flags=0, lists=(), time=None):
        made = crypto.X509Store()
        for name in trusted:
            made.add_cert(certificates[name])
        for name in lists:
            made.add_crl(crls[name])
        if flags:
            made.set_flags(flags)
        if time:
            made.set_time(time)
        return made

    def says(call):
        try:
            return call()
        except crypto.X509StoreContextError as error:
            return error.errors + [error.certificate.get_subject().CN]

    def verify(leaf, chain, trusted, flags=0, lists=(), time=None):
        store = store_of(trusted, flags, lists, time)
        context = crypto.X509StoreContext(store, certificates[leaf], [certificates[name] for name in chain])
        return [says(context.verify_certificate),
                says(lambda: [one.get_subject().CN for one in context.get_verified_chain()])]

    given = {
        'certificates': {name: crypto.dump_certificate(DER, one) for name, one in certificates.items()},
        'crls': {name: crypto.dump_crl(DER, one) for name, one in crls.items()},
    }
    for name in ('root', 'ca'):
        with open(folder + '/' + name + '.pem', 'wb') as file:
            file.write(crypto.dump_certificate(PEM, certificates[name]))
    with open(folder + '/crl.pem', 'wb') as file:
        file.write(crypto.dump_crl(PEM, crls['of ca with leaf']))
    with open(folder + '/%08x.0' % certificates['root'].subject_name_hash(), 'wb') as file:
        file.write(crypto.dump_certificate(PEM, certificates['root']))`,
});

test.after.always(() => rm(folder, { recursive: true }));

interface Given {
  readonly certificates: Readonly<Record<string, Buffer>>;
  readonly crls: Readonly<Record<string, Buffer>>;
}

interface Situation {
  readonly leaf: string;
  /** Untrusted certificates that may help. */
  readonly chain?: readonly string[];
  readonly trusted?: readonly string[];
  readonly flags?: number;
  readonly lists?: readonly string[];
  readonly time?: Date;
}

/** Loads by name what Python issued. */
function loader(given: Given) {
  return {
    certificate: (name: string) =>
      loadCertificate(FILETYPE_ASN1, given.certificates[name] ?? Buffer.alloc(0)),
    crl: (name: string) => loadCrl(FILETYPE_ASN1, given.crls[name] ?? Buffer.alloc(0)),
  };
}

type Loader = ReturnType<typeof loader>;

function storeOf(load: Loader, { trusted = [], flags = 0, lists = [], time }: Omit<Situation, 'leaf'>) {
  const store = new X509Store();
  for (const name of trusted) store.addCert(load.certificate(name));
  for (const name of lists) store.addCrl(load.crl(name));
  if (flags > 0) store.setFlags(flags);
  if (time !== undefined) store.setTime(time);
  return store;
}

/** What a verification answers, or code, depth, text and certificate of its error. */
function says(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof X509StoreContextError)) throw error;
    return [...error.errors, error.certificate?.getSubject().CN];
  }
}

/** The same operation on both sides: verify, and give the chain. */
function verification(situation: Situation) {
  return {
    values: async (python: Evaluate) => ({
      chain: [],
      trusted: [],
      flags: 0,
      lists: [],
      time: null,
      ...situation,
      given: await python<Given & Record<string, never>>('given'),
    }),
    python: 'verify(leaf, chain, trusted, flags, lists, time)',
    ours: ({ given }: { given: Given }) => {
      const load = loader(given);
      const chain = (situation.chain ?? []).map(load.certificate);
      const context = new X509StoreContext(storeOf(load, situation), load.certificate(situation.leaf), chain);
      return [
        says(() => context.verifyCertificate()),
        says(() => context.getVerifiedChain().map((one) => one.getSubject().CN)),
      ];
    },
  };
}

const { CRL_CHECK, CRL_CHECK_ALL, CHECK_SS_SIGNATURE, IGNORE_CRITICAL, PARTIAL_CHAIN, X509_STRICT } =
  X509StoreFlags;
const usual = { leaf: 'leaf', chain: ['ca'], trusted: ['root'] };

same('the flags have the same numbers', {
  python: "{name: value for name, value in vars(crypto.X509StoreFlags).items() if not name.startswith('_')}",
  ours: () => {
    const names = [
      ...(['CRL_CHECK', 'CRL_CHECK_ALL', 'IGNORE_CRITICAL', 'X509_STRICT', 'ALLOW_PROXY_CERTS'] as const),
      ...(['POLICY_CHECK', 'EXPLICIT_POLICY', 'INHIBIT_MAP', 'NOTIFY_POLICY'] as const),
      ...(['CHECK_SS_SIGNATURE', 'PARTIAL_CHAIN'] as const),
    ];
    return Object.fromEntries(names.map((name) => [name, X509StoreFlags[name]]));
  },
});

same('a chain up to a trusted root is right', verification(usual));

same('a chain is right where all of it is trusted', verification({ leaf: 'leaf', trusted: ['ca', 'root'] }));

same('a root that is trusted is right by itself', verification({ leaf: 'root', trusted: ['root'] }));

same(
  'a self-signed certificate that is trusted is right',
  verification({ leaf: 'self-signed', trusted: ['self-signed'] }),
);

same(
  'a certificate that is trusted twice counts once',
  verification({ ...usual, trusted: ['root', 'root'] }),
);

same(
  'untrusted certificates that do not help are passed over',
  verification({ ...usual, chain: ['other root', 'expired', 'ca'] }),
);

same('a chain is not right without the CA between', verification({ leaf: 'leaf', trusted: ['root'] }));

same('a chain is not right where nothing is trusted', verification({ leaf: 'leaf', chain: ['ca'] }));

same(
  'a chain is not right where only another root is trusted',
  verification({ ...usual, trusted: ['other root'] }),
);

same(
  'a root that is only given and not trusted is a self-signed certificate in the chain',
  verification({ ...usual, chain: ['ca', 'root'], trusted: [] }),
);

same(
  'a self-signed certificate that is not trusted is not right',
  verification({ leaf: 'self-signed', trusted: ['root'] }),
);

same(
  'a chain is not right up to a trusted CA that is no root',
  verification({ leaf: 'leaf', trusted: ['ca'] }),
);

same(
  'a chain is right up to any trusted CA with PARTIAL_CHAIN',
  verification({ leaf: 'leaf', trusted: ['ca'], flags: PARTIAL_CHAIN }),
);

same(
  'a leaf that is itself trusted is right with PARTIAL_CHAIN',
  verification({ leaf: 'leaf', trusted: ['leaf'], flags: PARTIAL_CHAIN }),
);

same('an expired certificate is not right', verification({ ...usual, leaf: 'expired' }));

same('a certificate of the future is not right', verification({ ...usual, leaf: 'future' }));

same(
  'an expired certificate is right at the time when it was',
  verification({ ...usual, leaf: 'expired', time: new Date('2020-06-01') }),
);

same(
  'a certificate of the future is right at its time',
  verification({ ...usual, leaf: 'future', time: new Date('2048-06-01') }),
);

same('a chain is not right before its root', verification({ ...usual, time: new Date('2019-01-01') }));

same('a forged signature is not right', verification({ ...usual, leaf: 'forged' }));

same(
  'the signature of a root is not looked at',
  verification({ ...usual, trusted: ['forged root'], leaf: 'forged root' }),
);

same(
  'the signature of a root is looked at with CHECK_SS_SIGNATURE',
  verification({ leaf: 'forged root', trusted: ['forged root'], flags: CHECK_SS_SIGNATURE }),
);

same('who is no CA issues nothing', verification({ ...usual, leaf: 'leaf of no ca', chain: ['no ca'] }));

same(
  'who has no constraints issues nothing',
  verification({ ...usual, leaf: 'leaf of one without constraints', chain: ['without constraints'] }),
);

same(
  'who may not sign certificates issues nothing',
  verification({ ...usual, leaf: 'leaf of no signer', chain: ['no signer'] }),
);

same(
  'a chain is not longer than its path length',
  verification({ ...usual, leaf: 'leaf too deep', chain: ['short', 'below'] }),
);

same('a critical extension that nobody knows is not right', verification({ ...usual, leaf: 'critical' }));

same(
  'a critical extension that nobody knows is passed over with IGNORE_CRITICAL',
  verification({ ...usual, leaf: 'critical', flags: IGNORE_CRITICAL }),
);

same(
  'a name that its CA may give is right',
  verification({ ...usual, leaf: 'permitted', chain: ['constrained'] }),
);

same(
  'a name that its CA may not give is not right',
  verification({ ...usual, leaf: 'excluded', chain: ['constrained'] }),
);

same(
  'a chain without key identifiers is not right with X509_STRICT',
  verification({ ...usual, flags: X509_STRICT }),
);

same('lists are not looked at without CRL_CHECK', verification({ ...usual, lists: ['of ca with leaf'] }));

same('a list is missing with CRL_CHECK', verification({ ...usual, flags: CRL_CHECK }));

same(
  'a certificate that is on no list is right',
  verification({ ...usual, flags: CRL_CHECK, lists: ['of ca'] }),
);

same(
  'a certificate that is revoked is not right',
  verification({ ...usual, flags: CRL_CHECK, lists: ['of ca with leaf'] }),
);

same(
  'a list of its own is missing for the CA with CRL_CHECK_ALL',
  verification({ ...usual, flags: CRL_CHECK | CRL_CHECK_ALL, lists: ['of ca'] }),
);

same(
  'a chain with all lists is right with CRL_CHECK_ALL',
  verification({ ...usual, flags: CRL_CHECK | CRL_CHECK_ALL, lists: ['of ca', 'of root'] }),
);

same(
  'a CA that is revoked is not right with CRL_CHECK_ALL',
  verification({ ...usual, flags: CRL_CHECK | CRL_CHECK_ALL, lists: ['of ca', 'of root with ca'] }),
);

same(
  'a CA that is revoked is not looked at with CRL_CHECK',
  verification({ ...usual, flags: CRL_CHECK, lists: ['of ca', 'of root with ca'] }),
);

same(
  'CRL_CHECK_ALL alone checks nothing',
  verification({ ...usual, flags: CRL_CHECK_ALL, lists: ['of ca with leaf'] }),
);

same(
  'a list that has expired is not right',
  verification({ ...usual, flags: CRL_CHECK, lists: ['of ca, expired'] }),
);

same(
  'a list of the future is not right',
  verification({ ...usual, flags: CRL_CHECK, lists: ['of ca, future'] }),
);

same('a forged list is not right', verification({ ...usual, flags: CRL_CHECK, lists: ['of ca, forged'] }));

same(
  'a list that has expired is right at the time when it was',
  verification({ ...usual, flags: CRL_CHECK, lists: ['of ca, expired'], time: new Date('2020-06-01') }),
);

same(
  'a revocation counts before its date as well',
  verification({ ...usual, flags: CRL_CHECK, lists: ['of ca with leaf'], time: new Date('2020-06-01') }),
);

same('a context is used again, with another store', {
  values: async (python) => ({ given: await python<never>('given') }),
  python: `
    context = crypto.X509StoreContext(store_of([]), certificates['leaf'], [certificates['ca']])
    first = says(context.verify_certificate)
    context.set_store(store_of(['root']))
    [first, says(context.verify_certificate), says(context.verify_certificate)]`,
  ours: ({ given }) => {
    const load = loader(given);
    const context = new X509StoreContext(storeOf(load, {}), load.certificate('leaf'), [
      load.certificate('ca'),
    ]);
    const first = says(() => context.verifyCertificate());
    context.setStore(storeOf(load, { trusted: ['root'] }));
    return [first, says(() => context.verifyCertificate()), says(() => context.verifyCertificate())];
  },
});

same('what is added to a store after a context was made counts', {
  values: async (python) => ({ given: await python<never>('given') }),
  python: `
    store = store_of([])
    context = crypto.X509StoreContext(store, certificates['leaf'], [certificates['ca']])
    store.add_cert(certificates['root'])
    says(context.verify_certificate)`,
  ours: ({ given }) => {
    const load = loader(given);
    const store = storeOf(load, {});
    const context = new X509StoreContext(store, load.certificate('leaf'), [load.certificate('ca')]);
    store.addCert(load.certificate('root'));
    return says(() => context.verifyCertificate());
  },
});

same('flags add up', {
  values: async (python) => ({ given: await python<never>('given') }),
  python: `
    store = store_of(['ca'])
    store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
    store.set_flags(crypto.X509StoreFlags.CRL_CHECK)
    says(crypto.X509StoreContext(store, certificates['leaf']).verify_certificate)`,
  ours: ({ given }) => {
    const load = loader(given);
    const store = storeOf(load, { trusted: ['ca'] });
    store.setFlags(PARTIAL_CHAIN);
    store.setFlags(CRL_CHECK);
    return says(() => new X509StoreContext(store, load.certificate('leaf')).verifyCertificate());
  },
});

same('the error says what is wrong, where, and with which certificate', {
  values: async (python) => ({ given: await python<never>('given') }),
  python: `
    try:
        crypto.X509StoreContext(store_of(['root']), certificates['expired'], [certificates['ca']]).verify_certificate()
    except crypto.X509StoreContextError as error:
        said = [error.errors, crypto.dump_certificate(DER, error.certificate)]
    said`,
  ours: ({ given }) => {
    const load = loader(given);
    try {
      const store = storeOf(load, { trusted: ['root'] });
      new X509StoreContext(store, load.certificate('expired'), [load.certificate('ca')]).verifyCertificate();
      return 'nothing';
    } catch (error) {
      if (!(error instanceof X509StoreContextError)) throw error;
      return [error.errors, error.certificate && dumpCertificate(FILETYPE_ASN1, error.certificate)];
    }
  },
});

differ('the message of the error says where as well', differences.messageOfVerification, {
  values: async (python) => ({ given: await python<never>('given') }),
  python: `
    try:
        crypto.X509StoreContext(store_of(['root']), certificates['expired'], [certificates['ca']]).verify_certificate()
    except crypto.X509StoreContextError as error:
        said = str(error)
    said`,
  ours: ({ given }) => {
    const load = loader(given);
    const store = storeOf(load, { trusted: ['root'] });
    const context = new X509StoreContext(store, load.certificate('expired'), [load.certificate('ca')]);
    try {
      return context.verifyCertificate();
    } catch (error) {
      return (error as Error).message;
    }
  },
  pythonGives: { answer: 'certificate has expired' },
  oursGive: { answer: 'certificate has expired at depth 0: CN=expired' },
});

differ('an error that was there before is not taken for the reason', differences.staleErrors, {
  values: async (python) => {
    const file = path.join(folder, 'empty.pem');
    await writeFile(file, '');
    return { file, given: await python<never>('given') };
  },
  python: `
    says(crypto.X509StoreContext(store_of(['root']), certificates['forged'], [certificates['ca']]).verify_certificate)
    crypto.X509Store().load_locations(file)`,
  ours: ({ file, given }) => {
    const load = loader(given);
    const store = storeOf(load, { trusted: ['root'] });
    const context = new X509StoreContext(store, load.certificate('forged'), [load.certificate('ca')]);
    says(() => context.verifyCertificate());
    new X509Store().loadLocations(file);
  },
  pythonGives: { refusal: 'OpenSSLError rsa routines: invalid padding' },
  oursGive: { refusal: 'OpenSSLError x509 certificate routines: no certificate or crl found' },
});

differ('no place at all is a mistake of the program', differences.noLocation, {
  python: 'crypto.X509Store().load_locations(None)',
  ours: () => new X509Store().loadLocations(),
  pythonGives: { refusal: 'OpenSSLError' },
  oursGive: { refusal: 'TypeError' },
});

differ('a certificate that is changed later is trusted as it was', differences.copiedByStore, {
  values: async (python) => ({ given: await python<never>('given') }),
  python: `
    root = crypto.load_certificate(DER, given['certificates']['root'])
    store = crypto.X509Store()
    store.add_cert(root)
    root.get_subject().CN = 'changed'
    says(crypto.X509StoreContext(store, certificates['leaf'], [certificates['ca']]).verify_certificate)`,
  ours: ({ given }) => {
    const load = loader(given);
    const root = load.certificate('root');
    const store = new X509Store();
    store.addCert(root);
    root.getSubject().CN = 'changed';
    return says(() =>
      new X509StoreContext(store, load.certificate('leaf'), [load.certificate('ca')]).verifyCertificate(),
    );
  },
  pythonGives: { answer: [20, 1, 'unable to get local issuer certificate', 'ca'] },
  oursGive: { answer: undefined },
});

same('the chain holds the very certificates', {
  values: async (python) => ({ given: await python<never>('given') }),
  python: `
    context = crypto.X509StoreContext(store_of(['root']), certificates['leaf'], [certificates['ca']])
    [crypto.dump_certificate(DER, one) for one in context.get_verified_chain()]`,
  ours: ({ given }) => {
    const load = loader(given);
    const store = storeOf(load, { trusted: ['root'] });
    const context = new X509StoreContext(store, load.certificate('leaf'), [load.certificate('ca')]);
    return context.getVerifiedChain().map((one) => dumpCertificate(FILETYPE_ASN1, one));
  },
});

sameForEach(
  'loads what is trusted from a file or a folder',
  {
    'a file': { file: 'root.pem', folder: null },
    'a folder with names by hash': { file: null, folder },
    both: { file: 'root.pem', folder },
  },
  {
    values: async ({ file, folder: where }, python) => ({
      file: file === null ? null : path.join(folder, file),
      where,
      given: await python<never>('given'),
    }),
    python: `
      store = crypto.X509Store()
      store.load_locations(file, where)
      says(crypto.X509StoreContext(store, certificates['leaf'], [certificates['ca']]).verify_certificate)`,
    ours: ({ file, where, given }) => {
      const load = loader(given);
      const store = new X509Store();
      store.loadLocations(file ?? undefined, where ?? undefined);
      const context = new X509StoreContext(store, load.certificate('leaf'), [load.certificate('ca')]);
      return says(() => context.verifyCertificate());
    },
  },
);

same('loads a list of revocations from a file', {
  values: async (python) => ({ file: path.join(folder, 'crl.pem'), given: await python<never>('given') }),
  python: `
    store = store_of(['root'], crypto.X509StoreFlags.CRL_CHECK)
    store.load_locations(file)
    says(crypto.X509StoreContext(store, certificates['leaf'], [certificates['ca']]).verify_certificate)`,
  ours: ({ file, given }) => {
    const load = loader(given);
    const store = storeOf(load, { trusted: ['root'], flags: CRL_CHECK });
    store.loadLocations(file);
    const context = new X509StoreContext(store, load.certificate('leaf'), [load.certificate('ca')]);
    return says(() => context.verifyCertificate());
  },
});

bothRefuseEach(
  'a file that holds nothing to trust',
  { empty: { text: '' }, words: { text: 'words' } },
  {
    values: async ({ text }) => {
      const file = path.join(folder, `nothing-${text}.pem`);
      await writeFile(file, text);
      return { file };
    },
    python: 'crypto.X509Store().load_locations(file)',
    ours: ({ file }) => new X509Store().loadLocations(file),
  },
);

bothRefuse('a file that is not there', {
  values: { file: path.join(folder, 'missing.pem') },
  python: 'crypto.X509Store().load_locations(file)',
  ours: ({ file }) => new X509Store().loadLocations(file),
});

bothRefuse('a file that is a number', {
  python: 'crypto.X509Store().load_locations(3)',
  ours: () => new X509Store().loadLocations(3 as never),
});

bothRefuseEach(
  'to trust what is no certificate',
  { text: { wrong: 'root' }, nothing: { wrong: null } },
  {
    python: 'crypto.X509Store().add_cert(wrong)',
    ours: ({ wrong }) => new X509Store().addCert(wrong as never),
  },
);

bothRefuse('to add what is no list', {
  python: "crypto.X509Store().add_crl('list')",
  ours: () => new X509Store().addCrl('list' as never),
});

bothRefuse('flags that are text', {
  python: "crypto.X509Store().set_flags('CRL_CHECK')",
  ours: () => new X509Store().setFlags('CRL_CHECK' as never),
});

bothRefuse('flags below zero', {
  python: 'crypto.X509Store().set_flags(-1)',
  ours: () => new X509Store().setFlags(-1),
});

bothRefuse('a time that is text', {
  python: "crypto.X509Store().set_time('2020')",
  ours: () => new X509Store().setTime('2020' as never),
});

bothRefuse('a context of what is no store', {
  values: async (python) => ({ given: await python<never>('given') }),
  python: "crypto.X509StoreContext('store', certificates['leaf'])",
  ours: ({ given }) => new X509StoreContext('store' as never, loader(given).certificate('leaf')),
});

bothRefuse('a context of what is no certificate', {
  python: "crypto.X509StoreContext(crypto.X509Store(), 'leaf')",
  ours: () => new X509StoreContext(new X509Store(), 'leaf' as never),
});

bothRefuseEach(
  'a context with a chain that is none',
  { 'a number': { chain: 3 }, 'a list of text': { chain: ['ca'] } },
  {
    values: async (row, python) => ({ ...row, given: await python<never>('given') }),
    python: "crypto.X509StoreContext(crypto.X509Store(), certificates['leaf'], chain)",
    ours: ({ chain, given }) =>
      new X509StoreContext(new X509Store(), loader(given).certificate('leaf'), chain as never),
  },
);

control('another flag is told apart', {
  ...verification({ leaf: 'leaf', trusted: ['ca'], flags: PARTIAL_CHAIN }),
  python: 'verify(leaf, chain, trusted, 0, lists, time)',
});

control('another certificate in the chain is told apart', {
  ...verification(usual),
  python: "verify(leaf, ['other root'], trusted, flags, lists, time)",
});

control('another moment is told apart', {
  ...verification({ ...usual, leaf: 'expired', time: new Date('2020-06-01') }),
  python: 'verify(leaf, chain, trusted, flags, lists, None)',
});
