// PKCS12: files with a key, its certificate and the certificates of CAs.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { freshKey } from '../../../support/fresh-keys.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, FILETYPE_ASN1, PKCS12, X509 } = crypto;
const { dumpCertificate, dumpPrivatekey, loadCertificate, loadPkcs12, loadPrivatekey } = crypto;

const pem = { rsa: freshKey('rsa'), other: freshKey('rsa'), ec: freshKey('ec') };
const key = loadPrivatekey(FILETYPE_PEM, pem.rsa);

function certificateOf(commonName: string, itsKey: Tsopenssl.crypto.PKey): Tsopenssl.crypto.X509 {
  const made = new X509();
  made.setVersion(2);
  made.getSubject().CN = commonName;
  made.setIssuer(made.getSubject());
  made.setNotBefore('20200101000000Z');
  made.setNotAfter('20490101000000Z');
  made.setPubkey(itsKey);
  made.sign(itsKey, 'sha256');
  return made;
}

const leaf = certificateOf('leaf', key);
const [ca, root] = [certificateOf('ca', key), certificateOf('root', key)];
const secret = Buffer.from('open sesame');
/** Fewer rounds than are safe, for the sake of time. */
const quick = { iterations: 1000 };
const derOf = (certificate: Tsopenssl.crypto.X509) => dumpCertificate(FILETYPE_ASN1, certificate);

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: {
    key_pem: pem.rsa,
    other_pem: pem.other,
    leaf_der: derOf(leaf),
    ca_der: derOf(ca),
    root_der: derOf(root),
    secret,
  },
  python: `
    PEM, DER = crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1
    key = crypto.load_privatekey(PEM, key_pem)
    other_key = crypto.load_privatekey(PEM, other_pem)
    leaf, ca, root = [crypto.load_certificate(DER, der) for der in (leaf_der, ca_der, root_der)]
    def file(name=None, cas=None):
        made = crypto.PKCS12()
        made.set_privatekey(key)
        made.set_certificate(leaf)
        made.set_friendlyname(name)
        made.set_ca_certificates(cas)
        return made
    def contents(file):
        key, certificate, cas = file.get_privatekey(), file.get_certificate(), file.get_ca_certificates()
        return [key and crypto.dump_privatekey(DER, key), certificate and crypto.dump_certificate(DER, certificate),
                [crypto.dump_certificate(DER, one) for one in cas or ()],
                (file.get_friendlyname() or b'').decode()]`,
});

/** The same functions as in Python. */
function file(name?: string, cas?: readonly Tsopenssl.crypto.X509[]): Tsopenssl.crypto.PKCS12 {
  const made = new PKCS12();
  made.setPrivatekey(key);
  made.setCertificate(leaf);
  made.setFriendlyname(name);
  made.setCaCertificates(cas);
  return made;
}

function contents(made: Tsopenssl.crypto.PKCS12): unknown[] {
  const [itsKey, certificate] = [made.getPrivatekey(), made.getCertificate()];
  return [
    itsKey && dumpPrivatekey(FILETYPE_ASN1, itsKey),
    certificate && derOf(certificate),
    made.getCaCertificates().map(derOf),
    made.getFriendlyname() ?? '',
  ];
}

same('a new file is empty', {
  python: `
    made = crypto.PKCS12()
    [made.get_privatekey(), made.get_certificate(), made.get_friendlyname()]`,
  ours: () => {
    const made = new PKCS12();
    return [made.getPrivatekey(), made.getCertificate(), made.getFriendlyname()];
  },
});

differ('the certificates of CAs of a file without any are an empty array', differences.noEntries, {
  python: 'crypto.PKCS12().get_ca_certificates()',
  ours: () => new PKCS12().getCaCertificates(),
  pythonGives: { answer: null },
  oursGive: { answer: [] },
});

same('what was set comes back', {
  python: "contents(file(b'a name', [ca, root]))",
  ours: () => contents(file('a name', [ca, root])),
});

same('the certificates of CAs may be taken away', {
  python: `
    made = file(None, [ca])
    made.set_ca_certificates(None)
    list(made.get_ca_certificates() or ())`,
  ours: () => {
    const made = file(undefined, [ca]);
    made.setCaCertificates(undefined);
    return made.getCaCertificates();
  },
});

same('the name may be taken away', {
  python: `
    made = file(b'a name')
    made.set_friendlyname(None)
    made.get_friendlyname()`,
  ours: () => {
    const made = file('a name');
    made.setFriendlyname(undefined);
    return made.getFriendlyname();
  },
});

same('the list of CAs is a copy', {
  python: `
    cas = [ca]
    made = file(None, cas)
    cas.append(root)
    len(made.get_ca_certificates())`,
  ours: () => {
    const cas = [ca];
    const made = file(undefined, cas);
    cas.push(root);
    return made.getCaCertificates().length;
  },
});

same('the certificates of CAs come from any iterable', {
  python: 'contents(file(None, (one for one in (ca, root))))',
  ours: () => contents(file(undefined, new Set([ca, root]) as never)),
});

const files: Readonly<Record<string, { name: string | null; cas: number }>> = {
  'a key and its certificate': { name: null, cas: 0 },
  'with a name': { name: 'my key', cas: 0 },
  'with a name outside of ASCII': { name: 'Schlüssel 漢', cas: 0 },
  'with one CA': { name: null, cas: 1 },
  'with two CAs and a name': { name: 'x', cas: 2 },
};

sameForEach('pyOpenSSL reads the file that this side wrote', files, {
  values: ({ name, cas }) => {
    const made = file(name ?? undefined, cas === 0 ? undefined : [ca, root].slice(0, cas));
    return { name, cas, written: made.export(secret, quick) };
  },
  python: 'contents(crypto.load_pkcs12(written, secret))',
  ours: ({ name, cas }) => contents(file(name ?? undefined, [ca, root].slice(0, cas))),
});

sameForEach('this side reads the file that pyOpenSSL wrote', files, {
  values: async (row, python) => ({
    ...row,
    written: await python('file(name and name.encode(), [ca, root][:cas] or None).export(secret)', row),
  }),
  python: 'contents(crypto.load_pkcs12(written, secret))',
  ours: ({ written }) => contents(loadPkcs12(written, secret)),
});

sameForEach(
  'a passphrase of any kind opens what either side wrote',
  {
    'the empty one': { word: Buffer.alloc(0) },
    long: { word: Buffer.alloc(300, 'x') },
    'outside of ASCII': { word: Buffer.from('Pässwörd 漢') },
  },
  {
    values: async ({ word }, python) => ({
      word,
      theirs: await python("file(b'x').export(word)", { word }),
      ours: file('x').export(word, quick),
    }),
    python: '[contents(crypto.load_pkcs12(written, word)) for written in (theirs, ours)]',
    ours: (given) => [given.theirs, given.ours].map((written) => contents(loadPkcs12(written, given.word))),
  },
);

same('a file without a passphrase is opened without one', {
  values: async (python) => ({
    theirs: await python('file().export()'),
    ours: file().export(undefined, quick),
  }),
  python: '[contents(crypto.load_pkcs12(written)) for written in (theirs, ours)]',
  ours: (given) => [given.theirs, given.ours].map((written) => contents(loadPkcs12(written))),
});

same('an empty passphrase and none open the same files', {
  values: async (python) => ({
    none: await python('file().export()'),
    empty: await python("file().export(b'')"),
  }),
  python: "[contents(crypto.load_pkcs12(none, b'')), contents(crypto.load_pkcs12(empty))]",
  ours: ({ none, empty }) => [contents(loadPkcs12(none, Buffer.alloc(0))), contents(loadPkcs12(empty))],
});

sameForEach(
  'reads files with other numbers of rounds',
  {
    'one round': { iter: 1, maciter: 1 },
    'many rounds': { iter: 5000, maciter: 5000 },
  },
  {
    values: async (row, python) => ({
      ...row,
      written: await python('file().export(secret, iter, maciter)', row),
    }),
    python: 'contents(crypto.load_pkcs12(written, secret))',
    ours: ({ written }) => contents(loadPkcs12(written, secret)),
  },
);

sameForEach(
  'writes files with other numbers of rounds, and as old programs want them',
  {
    'one round': { options: { iterations: 1, macIterations: 1 } },
    'many rounds': { options: { iterations: 5000, macIterations: 7000 } },
    'the default': { options: {} },
    'the algorithms that pyOpenSSL has': {
      options: { cipher: 'pbe-sha1-3des', macDigest: 'sha1', iterations: 2048 },
    },
    'another digest': { options: { macDigest: 'sha512', iterations: 2048 } },
  },
  {
    values: ({ options }) => ({ written: file().export(secret, options as typeof quick) }),
    python: 'contents(crypto.load_pkcs12(written, secret))',
    ours: () => contents(file()),
  },
);

differ('a file is protected as programs of today expect it', differences.protectionOfPkcs12, {
  python: `
    written = file().export(secret)
    [bytes.fromhex('2a864886f70d010c0103') in written, bytes.fromhex('2a864886f70d01050d') in written]`,
  ours: () => {
    const written = file().export(secret, quick);
    return ['2a864886f70d010c0103', '2a864886f70d01050d'].map((oid) =>
      written.includes(Buffer.from(oid, 'hex')),
    );
  },
  pythonGives: { answer: [true, false] },
  oursGive: { answer: [false, true] },
});

same('a file may hold a certificate alone', {
  values: async (python) => {
    const made = new PKCS12();
    made.setCertificate(leaf);
    return {
      ours: made.export(secret, quick),
      theirs: await python(`
        made = crypto.PKCS12()
        made.set_certificate(leaf)
        made.export(secret)`),
    };
  },
  python: '[contents(crypto.load_pkcs12(written, secret)) for written in (theirs, ours)]',
  ours: (given) => [given.theirs, given.ours].map((written) => contents(loadPkcs12(written, secret))),
});

same('a file may hold a key alone', {
  values: async (python) => {
    const made = new PKCS12();
    made.setPrivatekey(key);
    return {
      ours: made.export(secret, quick),
      theirs: await python(`
        made = crypto.PKCS12()
        made.set_privatekey(key)
        made.export(secret)`),
    };
  },
  python: '[contents(crypto.load_pkcs12(written, secret)) for written in (theirs, ours)]',
  ours: (given) => [given.theirs, given.ours].map((written) => contents(loadPkcs12(written, secret))),
});

same('a file may hold the certificates of CAs alone', {
  values: async (python) => {
    const made = new PKCS12();
    made.setCaCertificates([ca, root]);
    return {
      ours: made.export(secret, quick),
      theirs: await python(`
        made = crypto.PKCS12()
        made.set_ca_certificates([ca, root])
        made.export(secret)`),
    };
  },
  python: '[contents(crypto.load_pkcs12(written, secret)) for written in (theirs, ours)]',
  ours: (given) => [given.theirs, given.ours].map((written) => contents(loadPkcs12(written, secret))),
});

same('a file may hold an EC key', {
  values: () => {
    const ecKey = loadPrivatekey(FILETYPE_PEM, pem.ec);
    const made = new PKCS12();
    made.setPrivatekey(ecKey);
    made.setCertificate(certificateOf('ec', ecKey));
    return { written: made.export(secret, quick) };
  },
  python: 'contents(crypto.load_pkcs12(written, secret))',
  ours: ({ written }) => contents(loadPkcs12(written, secret)),
});

same('reads a file that `cryptography` wrote with AES and SHA-256', {
  values: async (python) => ({
    written: await python(`
      from cryptography.hazmat.primitives.serialization import pkcs12, BestAvailableEncryption
      pkcs12.serialize_key_and_certificates(b'name', key.to_cryptography_key(), leaf.to_cryptography(),
          [ca.to_cryptography()], BestAvailableEncryption(secret))`),
  }),
  python: 'contents(crypto.load_pkcs12(written, secret))',
  ours: ({ written }) => contents(loadPkcs12(written, secret)),
});

differ('an empty file is not written', differences.emptyPkcs12, {
  python: 'crypto.PKCS12().export()',
  ours: () => new PKCS12().export(),
  pythonGives: { refusal: 'OpenSSLError PKCS12 routines: invalid null argument' },
  oursGive: { refusal: 'TypeError' },
});

differ('a name may hold every character', differences.namesOutsideOfBmp, {
  python: "file('😀'.encode()).export(secret)",
  ours: () => loadPkcs12(file('😀').export(secret, quick), secret).getFriendlyname(),
  pythonGives: { refusal: 'OpenSSLError asn1 encoding routines: illegal characters' },
  oursGive: { answer: '😀' },
});

differ('a file without a MAC is read', differences.noMac, {
  values: async (python) => ({ written: await python('file().export(secret, 2048, -1)') }),
  python: 'crypto.load_pkcs12(written, secret)',
  ours: ({ written }) => contents(loadPkcs12(written, secret))[3],
  pythonGives: { refusal: 'OpenSSLError PKCS12 routines: mac absent' },
  oursGive: { answer: '' },
});

differ('what is set is taken away by undefined', differences.removedFromPkcs12, {
  python: 'file().set_certificate(None)',
  ours: () => {
    const made = file();
    made.setCertificate(undefined);
    made.setPrivatekey(undefined);
    return [made.getCertificate(), made.getPrivatekey()];
  },
  pythonGives: { refusal: 'TypeError' },
  oursGive: { answer: [undefined, undefined] },
});

bothRefuse('to write a key with the certificate of another', {
  python: `
    made = file()
    made.set_privatekey(other_key)
    made.export(secret)`,
  ours: () => {
    const made = file();
    made.setPrivatekey(loadPrivatekey(FILETYPE_PEM, pem.other));
    return made.export(secret, quick);
  },
});

bothRefuseEach(
  'the wrong passphrase',
  { another: { word: Buffer.from('wrong') }, 'the empty one': { word: Buffer.alloc(0) } },
  {
    values: ({ word }) => ({ word, written: file().export(secret, quick) }),
    python: 'crypto.load_pkcs12(written, word)',
    ours: ({ word, written }) => loadPkcs12(written, word),
  },
);

bothRefuse('to open an encrypted file without a passphrase', {
  values: () => ({ written: file().export(secret, quick) }),
  python: 'crypto.load_pkcs12(written)',
  ours: ({ written }) => loadPkcs12(written),
});

bothRefuseEach(
  'what is no PKCS#12 file',
  { words: { bytes: Buffer.from('words') }, 'a certificate': { bytes: derOf(leaf) } },
  {
    python: 'crypto.load_pkcs12(bytes, secret)',
    ours: ({ bytes }) => loadPkcs12(bytes, secret),
  },
);

bothRefuse('a file that was changed', {
  values: () => {
    const written = file().export(secret, quick);
    const at = written.length - 200;
    written.writeUInt8(written.readUInt8(at) ^ 1, at);
    return { written };
  },
  python: 'bool(crypto.load_pkcs12(written, secret))',
  ours: ({ written }) => loadPkcs12(written, secret),
});

bothRefuse('a passphrase that is a number', {
  values: () => ({ written: file().export(secret, quick) }),
  python: 'crypto.load_pkcs12(written, 3)',
  ours: ({ written }) => loadPkcs12(written, 3 as never),
});

bothRefuse('a passphrase for writing that is a number', {
  python: 'file().export(3)',
  ours: () => file().export(3 as never),
});

bothRefuse('rounds that are text', {
  python: "file().export(secret, '2048')",
  ours: () => file().export(secret, { iterations: '2048' as never }),
});

differ('rounds below one are refused', differences.protectionOfPkcs12, {
  python: 'file().export(secret, 0)[:2]',
  ours: () => file().export(secret, { iterations: 0 }),
  pythonGives: { answer: Buffer.from([0x30, 0x82]) },
  oursGive: { refusal: 'RangeError' },
});

bothRefuse('a certificate that is none', {
  python: "file().set_certificate('leaf')",
  ours: () => file().setCertificate('leaf' as never),
});

bothRefuse('a key that is none', {
  python: "file().set_privatekey('key')",
  ours: () => file().setPrivatekey('key' as never),
});

bothRefuseEach(
  'certificates of CAs that are none',
  { text: { cas: ['ca'] }, 'a number': { cas: 3 } },
  {
    python: 'file().set_ca_certificates(cas)',
    ours: ({ cas }) => file().setCaCertificates(cas as never),
  },
);

bothRefuse('a name that is a number', {
  python: 'file().set_friendlyname(3)',
  ours: () => file().setFriendlyname(3 as never),
});

control('another name is told apart', {
  values: () => ({ written: file('one').export(secret, quick) }),
  python: 'contents(crypto.load_pkcs12(written, secret))',
  ours: () => contents(file('two')),
});

control('another certificate is told apart', {
  values: async (python) => ({ written: await python('file().export(secret)') }),
  python: 'contents(crypto.load_pkcs12(written, secret))',
  ours: ({ written }) => {
    const made = loadPkcs12(written, secret);
    made.setCertificate(loadCertificate(FILETYPE_ASN1, derOf(ca)));
    return contents(made);
  },
});
