// X509Req: certificate signing requests.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { freshKey } from '../../../support/fresh-keys.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT, PKey, X509Extension, X509Req } = crypto;
const { loadCertificateRequest, dumpCertificateRequest, loadPrivatekey, dumpPublickey } = crypto;

const pem = { rsa: freshKey('rsa'), other: freshKey('rsa'), ec: freshKey('ec'), dsa: freshKey('dsa') };
const key = loadPrivatekey(FILETYPE_PEM, pem.rsa);
const otherKey = loadPrivatekey(FILETYPE_PEM, pem.other);

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: { key_pem: pem.rsa, other_pem: pem.other },
  python: `
    PEM, DER, TEXT = crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1, crypto.FILETYPE_TEXT
    key = crypto.load_privatekey(PEM, key_pem)
    other_key = crypto.load_privatekey(PEM, other_pem)
    Extension = crypto.X509Extension
    def request():
        made = crypto.X509Req()
        made.get_subject().C = 'DE'
        made.get_subject().CN = 'www.example.org'
        made.set_pubkey(key)
        return made
    def signed(made=None, digest='sha256'):
        made = made or request()
        made.sign(key, digest)
        return crypto.dump_certificate_request(DER, made)
    def components(name):
        return [[short.decode(), value] for short, value in name.get_components()]
    def extensions(made):
        return [[one.get_short_name().decode(), bool(one.get_critical()), one.get_data(), str(one)] for one in made.get_extensions()]`,
});

/** The same as in Python. */
function request(): Tsopenssl.crypto.X509Req {
  const made = new X509Req();
  made.getSubject().C = 'DE';
  made.getSubject().CN = 'www.example.org';
  made.setPubkey(key);
  return made;
}

function signed(made = request(), digest = 'sha256'): Buffer {
  made.sign(key, digest);
  return dumpCertificateRequest(FILETYPE_ASN1, made);
}

function extensions(made: Tsopenssl.crypto.X509Req): unknown[] {
  return [...made.getExtensions()].map((one) => [
    one.getShortName(),
    one.getCritical(),
    one.getData(),
    String(one),
  ]);
}

const alternative = () => new X509Extension('subjectAltName', false, 'DNS:a.example,DNS:b.example');
const der = signed();

same('a new request has version 1 and is empty', {
  python: `
    made = crypto.X509Req()
    [made.get_version(), components(made.get_subject()), extensions(made)]`,
  ours: () => {
    const made = new X509Req();
    return [made.getVersion(), made.getSubject().getComponents(), extensions(made)];
  },
});

same('a request that is made and signed the same way is the same, byte for byte', {
  python: 'signed()',
  ours: () => signed(),
});

same('a request with extensions is the same, byte for byte', {
  python: `
    made = request()
    made.add_extensions([
        Extension(b'subjectAltName', False, b'DNS:a.example,DNS:b.example'),
        Extension(b'keyUsage', True, b'digitalSignature'),
    ])
    [signed(made), extensions(made)]`,
  ours: () => {
    const made = request();
    made.addExtensions([alternative(), new X509Extension('keyUsage', true, 'digitalSignature')]);
    return [signed(made), extensions(made)];
  },
});

same("pyOpenSSL finds this side's request right and reads it", {
  values: () => {
    const made = request();
    made.addExtensions([alternative()]);
    return { written: signed(made) };
  },
  python: `
    made = crypto.load_certificate_request(DER, written)
    [bool(made.verify(made.get_pubkey())), components(made.get_subject()), extensions(made),
     crypto.dump_publickey(DER, made.get_pubkey()), made.get_version()]`,
  ours: () => {
    const made = request();
    made.addExtensions([alternative()]);
    return [true, made.getSubject().getComponents(), extensions(made), dumpPublickey(FILETYPE_ASN1, key), 0];
  },
});

same("this side finds pyOpenSSL's request right and reads it", {
  values: async (python) => ({
    written: await python(`
      made = request()
      made.add_extensions([Extension(b'basicConstraints', True, b'CA:TRUE')])
      signed(made)`),
  }),
  python: `
    made = request()
    made.add_extensions([Extension(b'basicConstraints', True, b'CA:TRUE')])
    [True, components(made.get_subject()), extensions(made), crypto.dump_publickey(DER, key)]`,
  ours: ({ written }) => {
    const made = loadCertificateRequest(FILETYPE_ASN1, written);
    const publicKey = made.getPubkey();
    return [
      made.verify(publicKey),
      made.getSubject().getComponents(),
      extensions(made),
      dumpPublickey(FILETYPE_ASN1, publicKey),
    ];
  },
});

sameForEach(
  'a request for a key of another kind is found right by the other side',
  { 'an EC key': { text: pem.ec }, 'a DSA key': { text: pem.dsa } },
  {
    values: ({ text }) => {
      const other = loadPrivatekey(FILETYPE_PEM, text);
      const made = request();
      made.setPubkey(other);
      made.sign(other, 'sha256');
      return { written: dumpCertificateRequest(FILETYPE_ASN1, made), bits: other.bits() };
    },
    python: `
      made = crypto.load_certificate_request(DER, written)
      [bool(made.verify(made.get_pubkey())), made.get_pubkey().bits()]`,
    ours: ({ bits }) => [true, bits],
  },
);

sameForEach(
  'signs with a digest',
  Object.fromEntries(
    ['md5', 'sha1', 'sha256', 'SHA384', 'sha512', 'sha3-512'].map((digest) => [digest, { digest }]),
  ),
  {
    python: 'signed(digest=digest)',
    ours: ({ digest }) => signed(request(), digest),
  },
);

same('a version is what was set', {
  python: `
    made = request()
    made.set_version(0)
    [made.get_version(), signed(made)]`,
  ours: () => {
    const made = request();
    made.setVersion(0);
    return [made.getVersion(), signed(made)];
  },
});

differ('a version that there is not is refused', differences.versionOfRequest, {
  python: `
    made = request()
    made.set_version(2)
    made.get_version()`,
  ours: () => request().setVersion(2),
  pythonGives: { answer: 2 },
  oursGive: { refusal: 'RangeError' },
});

bothRefuseEach(
  'a version that is no integer',
  { text: { version: '1' }, nothing: { version: null } },
  {
    python: 'request().set_version(version)',
    ours: ({ version }) => request().setVersion(version as never),
  },
);

same('the subject is a view of the request', {
  python: `
    made = request()
    first, second = made.get_subject(), made.get_subject()
    first.O = 'Example'
    [components(second), signed(made)]`,
  ours: () => {
    const made = request();
    const [first, second] = [made.getSubject(), made.getSubject()];
    first.O = 'Example';
    return [second.getComponents(), signed(made)];
  },
});

same('the public key is the one that was set, and only public', {
  python: `
    public = request().get_pubkey()
    try:
        public.check()
        private = True
    except TypeError:
        private = False
    [crypto.dump_publickey(PEM, public), public.bits(), private]`,
  ours: () => {
    const made = request().getPubkey();
    return [dumpPublickey(FILETYPE_PEM, made), made.bits(), made.isPrivate()];
  },
});

same('a request is signed anew after a change', {
  python: `
    made = request()
    made.sign(key, 'sha1')
    made.get_subject().CN = 'changed'
    made.sign(key, 'sha256')
    [bool(made.verify(key)), crypto.dump_certificate_request(DER, made)]`,
  ours: () => {
    const made = request();
    made.sign(key, 'sha1');
    made.getSubject().CN = 'changed';
    made.sign(key, 'sha256');
    return [made.verify(key), dumpCertificateRequest(FILETYPE_ASN1, made)];
  },
});

bothRefuse('a request that was changed after the signature', {
  python: `
    made = request()
    made.sign(key, 'sha256')
    made.get_subject().CN = 'changed'
    made.verify(key)`,
  ours: () => {
    const made = request();
    made.sign(key, 'sha256');
    made.getSubject().CN = 'changed';
    return made.verify(key);
  },
});

differ('a request that was read and changed is no longer right', differences.staleEncoding, {
  values: { der },
  python: `
    made = crypto.load_certificate_request(DER, der)
    made.get_subject().CN = 'changed'
    bool(made.verify(key))`,
  ours: () => {
    const made = loadCertificateRequest(FILETYPE_ASN1, der);
    made.getSubject().CN = 'changed';
    return made.verify(key);
  },
  pythonGives: { answer: true },
  oursGive: { refusal: 'OpenSSLError rsa routines: bad signature' },
});

differ('a request that was read is written as it was changed', differences.staleEncoding, {
  values: { der },
  python: `
    made = crypto.load_certificate_request(DER, der)
    made.get_subject().CN = 'changed'
    crypto.load_certificate_request(DER, crypto.dump_certificate_request(DER, made)).get_subject().CN`,
  ours: () => {
    const made = loadCertificateRequest(FILETYPE_ASN1, der);
    made.getSubject().CN = 'changed';
    return loadCertificateRequest(FILETYPE_ASN1, dumpCertificateRequest(FILETYPE_ASN1, made)).getSubject().CN;
  },
  pythonGives: { answer: 'www.example.org' },
  oursGive: { answer: 'changed' },
});

differ('extensions are added to those that are there', differences.moreExtensions, {
  python: `
    made = request()
    made.add_extensions([Extension(b'nsComment', False, b'one')])
    made.add_extensions([Extension(b'basicConstraints', False, b'CA:TRUE')])`,
  ours: () => {
    const made = request();
    made.addExtensions([new X509Extension('nsComment', false, 'one')]);
    made.addExtensions([new X509Extension('basicConstraints', false, 'CA:TRUE')]);
    return made.getExtensions().map(String);
  },
  pythonGives: { refusal: 'OpenSSLError x509 certificate routines: duplicate attribute' },
  oursGive: { answer: ['one', 'CA:TRUE'] },
});

bothRefuse('a request that another key signed', {
  python: 'crypto.load_certificate_request(DER, signed()).verify(other_key)',
  ours: () => loadCertificateRequest(FILETYPE_ASN1, der).verify(otherKey),
});

bothRefuse('a request that nobody signed', {
  python: 'request().verify(key)',
  ours: () => request().verify(key),
});

bothRefuseEach(
  'to verify with what is no key',
  { text: { value: 'key' }, nothing: { value: null } },
  {
    python: 'request().verify(value)',
    ours: ({ value }) => request().verify(value as never),
  },
);

differ('a key that was never generated verifies nothing, and is refused by its name', differences.emptyKey, {
  python: 'crypto.load_certificate_request(DER, signed()).verify(crypto.PKey())',
  ours: () => loadCertificateRequest(FILETYPE_ASN1, der).verify(new PKey()),
  pythonGives: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
  oursGive: { refusal: 'TypeError' },
});

bothRefuse('the public key of a request that has none', {
  python: 'crypto.X509Req().get_pubkey()',
  ours: () => new X509Req().getPubkey(),
});

bothRefuse('a public key that is no key', {
  python: "request().set_pubkey('key')",
  ours: () => request().setPubkey('key' as never),
});

differ('a public key that was never generated is refused by its name', differences.emptyKey, {
  python: 'request().set_pubkey(crypto.PKey())',
  ours: () => request().setPubkey(new PKey()),
  pythonGives: { refusal: 'OpenSSLError x509 certificate routines: unsupported algorithm' },
  oursGive: { refusal: 'TypeError' },
});

differ(
  'a signature with a digest that there is not is refused in the words of OpenSSL',
  differences.unknownAlgorithm,
  {
    python: "request().sign(key, 'sha257')",
    ours: () => request().sign(key, 'sha257'),
    pythonGives: { refusal: 'RangeError' },
    oursGive: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
  },
);

differ('a signature with a public key is refused in the words of OpenSSL', differences.publicSigner, {
  python: "request().sign(request().get_pubkey(), 'sha256')",
  ours: () => request().sign(request().getPubkey(), 'sha256'),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'OpenSSLError rsa routines: missing private key' },
});

differ('a signature with a key that was never generated is refused by its name', differences.emptyKey, {
  python: "request().sign(crypto.PKey(), 'sha256')",
  ours: () => request().sign(new PKey(), 'sha256'),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'TypeError' },
});

bothRefuse('to sign a request that is empty', {
  python: "crypto.X509Req().sign(key, 'sha256')",
  ours: () => new X509Req().sign(key, 'sha256'),
});

bothRefuse('to write a request that is empty', {
  python: 'crypto.dump_certificate_request(DER, crypto.X509Req())',
  ours: () => dumpCertificateRequest(FILETYPE_ASN1, new X509Req()),
});

bothRefuse('extensions that are no list', {
  python: 'request().add_extensions(3)',
  ours: () => request().addExtensions(3 as never),
});

same('writes a request as the same PEM, and reads it', {
  python: `
    text = crypto.dump_certificate_request(PEM, crypto.load_certificate_request(DER, signed()))
    [text, crypto.dump_certificate_request(DER, crypto.load_certificate_request(PEM, text))]`,
  ours: () => {
    const text = dumpCertificateRequest(FILETYPE_PEM, loadCertificateRequest(FILETYPE_ASN1, der));
    return [text, dumpCertificateRequest(FILETYPE_ASN1, loadCertificateRequest(FILETYPE_PEM, text))];
  },
});

same('prints a request with extensions', {
  python: `
    made = request()
    made.add_extensions([Extension(b'subjectAltName', False, b'DNS:a.example,DNS:b.example')])
    made.sign(key, 'sha256')
    crypto.dump_certificate_request(TEXT, made).decode()`,
  ours: () => {
    const made = request();
    made.addExtensions([alternative()]);
    made.sign(key, 'sha256');
    return dumpCertificateRequest(FILETYPE_TEXT, made).toString();
  },
});

same('reads PEM with the old name in its lines', {
  values: () => {
    const text = dumpCertificateRequest(FILETYPE_PEM, loadCertificateRequest(FILETYPE_ASN1, der)).toString();
    return { text: text.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST') };
  },
  python: 'crypto.dump_certificate_request(DER, crypto.load_certificate_request(PEM, text))',
  ours: ({ text }) => dumpCertificateRequest(FILETYPE_ASN1, loadCertificateRequest(FILETYPE_PEM, text)),
});

bothRefuse('PEM that holds no request', {
  python: "crypto.load_certificate_request(PEM, 'words')",
  ours: () => loadCertificateRequest(FILETYPE_PEM, 'words'),
});

bothRefuseEach(
  'DER that is no request',
  { words: { bytes: Buffer.from('words') }, 'the end is missing': { bytes: der.subarray(0, -1) } },
  {
    python: 'crypto.load_certificate_request(DER, bytes)',
    ours: ({ bytes }) => loadCertificateRequest(FILETYPE_ASN1, bytes),
  },
);

bothRefuse('to read readable text', {
  python: 'crypto.load_certificate_request(TEXT, signed())',
  ours: () => loadCertificateRequest(FILETYPE_TEXT as never, der),
});

bothRefuse('to write as a type that there is not', {
  python: 'crypto.dump_certificate_request(7, request())',
  ours: () => dumpCertificateRequest(7 as never, request()),
});

bothRefuse('to write what is no request', {
  python: "crypto.dump_certificate_request(PEM, 'request')",
  ours: () => dumpCertificateRequest(FILETYPE_PEM, 'request' as never),
});

same('a request that `cryptography` made is read, with what it wants', {
  values: async (python) => ({
    written: await python(`
      from cryptography import x509
      from cryptography.hazmat.primitives import hashes
      builder = x509.CertificateSigningRequestBuilder()
      builder = builder.subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, 'Ärger')]))
      builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName('a.example')]), False)
      builder = builder.add_attribute(x509.ObjectIdentifier('1.2.840.113549.1.9.7'), b'word')
      other = builder.sign(key.to_cryptography_key(), hashes.SHA256())
      crypto.dump_certificate_request(DER, crypto.X509Req.from_cryptography(other))`),
  }),
  python: `
    made = crypto.load_certificate_request(DER, written)
    other = made.to_cryptography()
    [components(made.get_subject()), extensions(made), other.is_signature_valid]`,
  ours: ({ written }) => {
    const made = loadCertificateRequest(FILETYPE_ASN1, written);
    return [made.getSubject().getComponents(), extensions(made), made.verify(made.getPubkey())];
  },
});

control('another subject makes another request', {
  python: 'signed()',
  ours: () => {
    const made = request();
    made.getSubject().CN = 'www.example.com';
    return signed(made);
  },
});

control('a signature that is right and one that is wrong are told apart', {
  values: { der },
  python: 'bool(crypto.load_certificate_request(DER, der).verify(key))',
  ours: () => loadCertificateRequest(FILETYPE_ASN1, der).verify(otherKey),
});
