// X509: getters, setters, signatures, and certificates that are equal byte for byte.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { freshKey } from '../../../support/fresh-keys.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT, X509, X509Extension, PKey } = crypto;
const { loadCertificate, dumpCertificate, loadPrivatekey, dumpPublickey } = crypto;

const pem = { rsa: freshKey('rsa'), ec: freshKey('ec'), dsa: freshKey('dsa') };
const key = loadPrivatekey(FILETYPE_PEM, pem.rsa);

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: { key_pem: pem.rsa },
  python: `
    PEM, DER, TEXT = crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1, crypto.FILETYPE_TEXT
    key = crypto.load_privatekey(PEM, key_pem)
    def certificate():
        made = crypto.X509()
        made.set_version(2)
        made.set_serial_number(0x1234567890abcdef)
        made.get_subject().C = 'DE'
        made.get_subject().CN = 'www.example.org'
        made.get_issuer().CN = 'Example CA'
        made.set_notBefore(b'200101000000Z')
        made.set_notAfter(b'20500101000000Z')
        made.set_pubkey(key)
        made.add_extensions([
            crypto.X509Extension(b'basicConstraints', True, b'CA:FALSE'),
            crypto.X509Extension(b'subjectAltName', False, b'DNS:www.example.org,IP:192.0.2.1'),
        ])
        return made
    def signed(made=None, digest='sha256'):
        made = made or certificate()
        made.sign(key, digest)
        return crypto.dump_certificate(DER, made)
    def bare():
        made = crypto.X509()
        made.set_serial_number(1)
        made.set_notBefore(b'200101000000Z')
        made.set_notAfter(b'490101000000Z')
        made.set_pubkey(key)
        return made
    def refused(call):
        try:
            call()
            return False
        except Exception:
            return True
    def components(name):
        return [[short.decode(), value] for short, value in name.get_components()]`,
});

/** The same as in Python. */
function certificate(): Tsopenssl.crypto.X509 {
  const made = new X509();
  made.setVersion(2);
  made.setSerialNumber(0x1234567890abcdefn);
  made.getSubject().C = 'DE';
  made.getSubject().CN = 'www.example.org';
  made.getIssuer().CN = 'Example CA';
  made.setNotBefore('200101000000Z');
  made.setNotAfter('20500101000000Z');
  made.setPubkey(key);
  made.addExtensions([
    new X509Extension('basicConstraints', true, 'CA:FALSE'),
    new X509Extension('subjectAltName', false, 'DNS:www.example.org,IP:192.0.2.1'),
  ]);
  return made;
}

/** One without extensions, for which every version is right. */
function bare(): Tsopenssl.crypto.X509 {
  const made = new X509();
  made.setSerialNumber(1n);
  made.setNotBefore('200101000000Z');
  made.setNotAfter('490101000000Z');
  made.setPubkey(key);
  return made;
}

function refused(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (error) {
    if (error instanceof crypto.Error || error instanceof RangeError) return true;
    throw error;
  }
}

function signed(made = certificate(), digest = 'sha256'): Buffer {
  made.sign(key, digest);
  return dumpCertificate(FILETYPE_ASN1, made);
}

const der = signed();

same('a certificate that is made and signed the same way is the same, byte for byte', {
  python: 'signed()',
  ours: () => signed(),
});

same('pyOpenSSL reads in our certificate what we put there', {
  values: { der },
  python: `
    made = crypto.load_certificate(DER, der)
    [made.get_version(), made.get_serial_number(), components(made.get_subject()), components(made.get_issuer()),
     made.get_notBefore().decode(), made.get_notAfter().decode(), crypto.dump_publickey(DER, made.get_pubkey()),
     [str(made.get_extension(index)) for index in range(made.get_extension_count())],
     made.get_signature_algorithm().decode()]`,
  ours: () => {
    const made = certificate();
    return [
      made.getVersion(),
      made.getSerialNumber(),
      made.getSubject().getComponents(),
      made.getIssuer().getComponents(),
      made.getNotBeforeText(),
      made.getNotAfterText(),
      dumpPublickey(FILETYPE_ASN1, made.getPubkey()),
      [0, 1].map((index) => String(made.getExtension(index))),
      'sha256WithRSAEncryption',
    ];
  },
});

same("this side reads in pyOpenSSL's certificate what was put there", {
  values: async (python) => ({ written: await python('signed()') }),
  python: `
    made = certificate()
    [made.get_version(), made.get_serial_number(), components(made.get_subject()), components(made.get_issuer()),
     made.get_notBefore().decode(), made.get_notAfter().decode(), crypto.dump_publickey(DER, made.get_pubkey()),
     [made.get_extension(index).get_data() for index in range(made.get_extension_count())]]`,
  ours: ({ written }) => {
    const made = loadCertificate(FILETYPE_ASN1, written);
    return [
      made.getVersion(),
      made.getSerialNumber(),
      made.getSubject().getComponents(),
      made.getIssuer().getComponents(),
      made.getNotBeforeText(),
      made.getNotAfterText(),
      dumpPublickey(FILETYPE_ASN1, made.getPubkey()),
      [0, 1].map((index) => made.getExtension(index).getData()),
    ];
  },
});

sameForEach(
  'signs with a digest and names the algorithm',
  Object.fromEntries(
    ['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'md5', 'sha3-256', 'SHA256', 'RSA-SHA256'].map(
      (digest) => [digest, { digest }],
    ),
  ),
  {
    python: `
      made = certificate()
      made.sign(key, digest)
      [made.get_signature_algorithm().decode(), crypto.dump_certificate(DER, made)]`,
    ours: ({ digest }) => {
      const made = certificate();
      made.sign(key, digest);
      return [made.getSignatureAlgorithm(), dumpCertificate(FILETYPE_ASN1, made)];
    },
  },
);

sameForEach(
  'signs with a key of another kind: the other side finds the signature right',
  { 'an EC key': { text: pem.ec }, 'a DSA key': { text: pem.dsa } },
  {
    values: ({ text }) => {
      const other = loadPrivatekey(FILETYPE_PEM, text);
      const made = certificate();
      made.setPubkey(other);
      made.setIssuer(made.getSubject());
      made.sign(other, 'sha256');
      return { written: dumpCertificate(FILETYPE_ASN1, made), algorithm: made.getSignatureAlgorithm() };
    },
    python: `
      made = crypto.load_certificate(DER, written)
      store = crypto.X509Store()
      store.add_cert(made)
      store.set_flags(crypto.X509StoreFlags.CHECK_SS_SIGNATURE)
      crypto.X509StoreContext(store, made).verify_certificate()
      made.get_signature_algorithm().decode()`,
    ours: ({ algorithm }) => algorithm,
  },
);

same('the unsigned parts of certificates that are signed with an EC key are the same', {
  values: async (python) => ({
    ec: pem.ec,
    written: await python(
      `
      ec_key = crypto.load_privatekey(PEM, ec)
      made = certificate()
      made.set_pubkey(ec_key)
      made.sign(ec_key, 'sha384')
      crypto.dump_certificate(DER, made)`,
      { ec: pem.ec },
    ),
  }),
  python: 'crypto.load_certificate(DER, written).to_cryptography().tbs_certificate_bytes',
  ours: ({ ec }) => {
    const ecKey = loadPrivatekey(FILETYPE_PEM, ec);
    const made = certificate();
    made.setPubkey(ecKey);
    made.sign(ecKey, 'sha384');
    return unsignedPart(dumpCertificate(FILETYPE_ASN1, made));
  },
});

/** The first member of the outer SEQUENCE: what is signed. Both lengths take two bytes after 0x82. */
function unsignedPart(whole: Buffer): Buffer {
  const start = 4;
  return whole.subarray(start, start + 4 + whole.readUInt16BE(start + 2));
}

sameForEach(
  'a version is what was set',
  {
    one: { version: 0 },
    two: { version: 1 },
    three: { version: 2 },
    'one that there is not': { version: 5 },
  },
  {
    python: `
      made = bare()
      made.set_version(version)
      [made.get_version(), signed(made)]`,
    ours: ({ version }) => {
      const made = bare();
      made.setVersion(version);
      return [made.getVersion(), signed(made)];
    },
  },
);

same('a new certificate has version 1 and the serial number 0', {
  python:
    '[crypto.X509().get_version(), crypto.X509().get_serial_number(), crypto.X509().get_extension_count()]',
  ours: () => [new X509().getVersion(), new X509().getSerialNumber(), new X509().getExtensionCount()],
});

differ('signing a certificate with extensions makes it one of version 3', differences.newerOpenssl, {
  python: `
    made = certificate()
    made.set_version(0)
    made.sign(key, 'sha256')
    made.get_version()`,
  ours: () => {
    const made = certificate();
    made.setVersion(0);
    made.sign(key, 'sha256');
    return made.getVersion();
  },
  pythonGives: { answer: 0 },
  oursGive: { answer: 2 },
});

differ('a new certificate has no start', differences.noTime, {
  python: 'crypto.X509().get_notBefore()',
  ours: () => new X509().getNotBeforeText(),
  pythonGives: { answer: null },
  oursGive: { refusal: 'OpenSSLError' },
});

differ('a new certificate has no end', differences.noTime, {
  python: 'crypto.X509().get_notAfter()',
  ours: () => new X509().getNotAfterText(),
  pythonGives: { answer: null },
  oursGive: { refusal: 'OpenSSLError' },
});

bothRefuse('a version that is text', {
  python: "crypto.X509().set_version('2')",
  ours: () => new X509().setVersion('2' as never),
});

differ('a version with a fraction is out of range', differences.fractions, {
  python: 'crypto.X509().set_version(1.5)',
  ours: () => new X509().setVersion(1.5),
  pythonGives: { refusal: 'TypeError' },
  oursGive: { refusal: 'RangeError' },
});

sameForEach(
  'a serial number of any size is kept and encoded the same way',
  {
    zero: { serial: 0n },
    one: { serial: 1n },
    'the largest of one byte': { serial: 127n },
    'one that needs a byte of zeros in front': { serial: 128n },
    'one of 64 bits': { serial: 2n ** 64n - 1n },
    'one of 160 bits': { serial: 2n ** 160n - 1n },
    'more than the 20 bytes that are allowed': { serial: 2n ** 200n },
    'one of 4096 bits': { serial: 2n ** 4095n + 1n },
  },
  {
    python: `
      made = certificate()
      made.set_serial_number(serial)
      [made.get_serial_number(), signed(made)]`,
    ours: ({ serial }) => {
      const made = certificate();
      made.setSerialNumber(serial);
      return [made.getSerialNumber(), signed(made)];
    },
  },
);

differ('a negative serial number is set', differences.negativeSerial, {
  python: 'crypto.X509().set_serial_number(-5)',
  ours: () => {
    const made = new X509();
    made.setSerialNumber(-5n);
    return made.getSerialNumber();
  },
  pythonGives: { refusal: 'OpenSSLError' },
  oursGive: { answer: -5 },
});

sameForEach(
  'a negative serial number is read',
  {
    'minus one': { serial: -1n },
    'minus 128': { serial: -128n },
    'minus 129': { serial: -129n },
    'one of 160 bits': { serial: -(2n ** 159n) },
  },
  {
    values: ({ serial }) => {
      const made = certificate();
      made.setSerialNumber(serial);
      return { written: signed(made) };
    },
    python: 'crypto.load_certificate(DER, written).get_serial_number()',
    ours: ({ written }) => loadCertificate(FILETYPE_ASN1, written).getSerialNumber(),
  },
);

bothRefuseEach(
  'a serial number that is none',
  { text: { serial: '1' }, nothing: { serial: null }, bytes: { serial: Buffer.from([1]) } },
  {
    python: 'crypto.X509().set_serial_number(serial)',
    ours: ({ serial }) => new X509().setSerialNumber(serial as never),
  },
);

bothRefuse('a serial number with a fraction', {
  python: 'crypto.X509().set_serial_number(1.5)',
  ours: () => new X509().setSerialNumber(1.5 as never),
});

const times = {
  'the first of UTCTime': '19500101000000Z',
  'the last of UTCTime': '20491231235959Z',
  'the first of GeneralizedTime': '20500101000000Z',
  'before UTCTime': '19491231235959Z',
  'the year zero': '00000101000000Z',
  'the last that there is': '99991231235959Z',
  'no end, RFC 5280': '99991231235959Z',
  'a leap day': '20200229120000Z',
  'the epoch': '19700101000000Z',
  'one second before the epoch': '19691231235959Z',
  'after 32 bits': '20380119031408Z',
};
const timeRows = Object.fromEntries(Object.entries(times).map(([title, when]) => [title, { when }]));

sameForEach('a time is kept', timeRows, {
  python: `
    made = certificate()
    made.set_notBefore(when.encode())
    made.set_notAfter(when.encode())
    [made.get_notBefore().decode(), made.get_notAfter().decode()]`,
  ours: ({ when }) => {
    const made = certificate();
    made.setNotBefore(when);
    made.setNotAfter(when);
    return [made.getNotBeforeText(), made.getNotAfterText()];
  },
});

sameForEach(
  'a time that UTCTime cannot hold is encoded as GeneralizedTime',
  Object.fromEntries(Object.entries(timeRows).filter(([, { when }]) => when < '1950' || when >= '2050')),
  {
    python: `
      made = certificate()
      made.set_notAfter(when.encode())
      signed(made)`,
    ours: ({ when }) => {
      const made = certificate();
      made.setNotAfter(when);
      return signed(made);
    },
  },
);

differ('a time that UTCTime can hold is encoded as UTCTime', differences.encodedTimes, {
  python: `
    made = bare()
    made.set_notAfter(b'20300101000000Z')
    b'20300101000000Z' in signed(made)`,
  ours: () => {
    const made = bare();
    made.setNotAfter('20300101000000Z');
    return signed(made).includes('20300101000000Z');
  },
  pythonGives: { answer: true },
  oursGive: { answer: false },
});

sameForEach(
  'a time of two digits for the year is one of 1950 to 2049',
  { '49': { when: '490101000000Z' }, '50': { when: '500101000000Z' }, '20': { when: '200101000000Z' } },
  {
    python: `
      made = certificate()
      made.set_notAfter(when.encode())
      [made.get_notAfter().decode(), signed(made)]`,
    ours: ({ when }) => {
      const made = certificate();
      made.setNotAfter(when);
      return [made.getNotAfterText(), signed(made)];
    },
  },
);

sameForEach(
  'a Date is the same moment as the ASN.1 text',
  {
    'in UTCTime': { when: '240229123456Z', date: new Date('2024-02-29T12:34:56Z') },
    'in GeneralizedTime': { when: '21240229123456Z', date: new Date('2124-02-29T12:34:56Z') },
    'before the epoch': { when: '510203040506Z', date: new Date('1951-02-03T04:05:06Z') },
  },
  {
    python: `
      made = certificate()
      made.set_notBefore(when.encode())
      [date, signed(made)]`,
    ours: ({ date }) => {
      const made = certificate();
      made.setNotBefore(date);
      return [made.getNotBefore(), signed(made)];
    },
  },
);

sameForEach(
  'a time that there is not is refused',
  Object.fromEntries(
    [
      '20201301000000Z',
      '20200230000000Z',
      '20190229000000Z',
      '20200101240000Z',
      '20200101006000Z',
      '20200101000060Z',
      '20200101000000',
      '20200101000000z',
      '2020-01-01T00:00:00Z',
      '2020010100Z',
      'tomorrow',
      '',
    ].map((when) => [`"${when}"`, { when }]),
  ),
  {
    python: 'refused(lambda: certificate().set_notAfter(when.encode()))',
    ours: ({ when }) => refused(() => certificate().setNotAfter(when)),
  },
);

bothRefuseEach(
  'a time that is none',
  { 'a number': { when: 20200101 }, nothing: { when: null } },
  {
    python: 'certificate().set_notBefore(when)',
    ours: ({ when }) => certificate().setNotBefore(when as never),
  },
);

sameForEach(
  'times are adjusted from now, by seconds',
  {
    'an hour on': { seconds: 3600 },
    'an hour back': { seconds: -3600 },
    now: { seconds: 0 },
    'twenty years on': { seconds: 20 * 365 * 86_400 },
  },
  {
    python: `
      made = certificate()
      made.gmtime_adj_notBefore(seconds)
      made.gmtime_adj_notAfter(seconds)
      now = datetime.datetime.utcnow()
      read = [datetime.datetime.strptime(text.decode(), '%Y%m%d%H%M%SZ') for text in (made.get_notBefore(), made.get_notAfter())]
      [abs((one - now).total_seconds() - seconds) < 5 for one in read]`,
    ours: ({ seconds }) => {
      const made = certificate();
      made.gmtimeAdjNotBefore(seconds);
      made.gmtimeAdjNotAfter(seconds);
      const read = [made.getNotBefore(), made.getNotAfter()];
      return read.map((one) => Math.abs(Number(one) / 1000 - Date.now() / 1000 - seconds) < 5);
    },
  },
);

bothRefuseEach(
  'an adjustment that is no number of seconds',
  { text: { seconds: '3600' }, nothing: { seconds: null } },
  {
    python: 'certificate().gmtime_adj_notAfter(seconds)',
    ours: ({ seconds }) => certificate().gmtimeAdjNotAfter(seconds as never),
  },
);

differ('an adjustment with a fraction is out of range', differences.fractions, {
  python: 'certificate().gmtime_adj_notBefore(1.5)',
  ours: () => certificate().gmtimeAdjNotBefore(1.5),
  pythonGives: { refusal: 'TypeError' },
  oursGive: { refusal: 'RangeError' },
});

differ(
  'an adjustment to a time that the encoding that was there cannot hold is made',
  differences.encodedTimes,
  {
    python: `
    made = bare()
    made.gmtime_adj_notAfter(100 * 365 * 86400)
    made.get_notAfter()[:2].decode()`,
    ours: () => {
      const made = bare();
      made.gmtimeAdjNotAfter(100 * 365 * 86_400);
      return made.getNotAfterText().slice(0, 2);
    },
    pythonGives: { answer: '20' },
    oursGive: { answer: '21' },
  },
);

differ('a time that the certificate cannot hold is refused', differences.encodedTimes, {
  python: `
    made = bare()
    made.gmtime_adj_notAfter(2**40)
    made.get_notAfter().decode()`,
  ours: () => bare().gmtimeAdjNotAfter(2 ** 40),
  pythonGives: { answer: '20490101000000Z' },
  oursGive: { refusal: 'RangeError' },
});

sameForEach(
  'a certificate has expired or not',
  { yesterday: { seconds: -86_400 }, tomorrow: { seconds: 86_400 } },
  {
    python: `
      made = certificate()
      made.gmtime_adj_notAfter(seconds)
      made.has_expired()`,
    ours: ({ seconds }) => {
      const made = certificate();
      made.gmtimeAdjNotAfter(seconds);
      return made.hasExpired();
    },
  },
);

same('a certificate that is not yet valid has not expired', {
  python: `
    made = certificate()
    made.gmtime_adj_notBefore(86400)
    made.has_expired()`,
  ours: () => {
    const made = certificate();
    made.gmtimeAdjNotBefore(86_400);
    return made.hasExpired();
  },
});

sameForEach(
  'gives the digest of a certificate',
  Object.fromEntries(
    ['md5', 'sha1', 'sha256', 'SHA384', 'sha512', 'sha3-256', 'blake2b512', 'ripemd160', 'sm3'].map(
      (name) => [name, { name }],
    ),
  ),
  {
    values: ({ name }) => ({ name, der }),
    python: 'crypto.load_certificate(DER, der).digest(name).decode()',
    ours: ({ name }) => loadCertificate(FILETYPE_ASN1, der).digest(name),
  },
);

differ('a digest that there is not is refused in the words of OpenSSL', differences.unknownAlgorithm, {
  python: "certificate().digest('sha257')",
  ours: () => certificate().digest('sha257'),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
});

same('hashes the subject as folders of certificates need it', {
  python: '[certificate().subject_name_hash(), crypto.X509().subject_name_hash()]',
  ours: () => [certificate().subjectNameHash(), new X509().subjectNameHash()],
});

same('the hash of the subject is the hash of its name', {
  python: 'certificate().subject_name_hash() == certificate().get_subject().hash()',
  ours: () => certificate().subjectNameHash() === certificate().getSubject().hash(),
});

same('the subject of a certificate is a view: what is set there is in the certificate', {
  python: `
    certificate = crypto.X509()
    certificate.get_subject().CN = 'x'
    first, second = certificate.get_subject(), certificate.get_subject()
    first.O = 'y'
    [components(second), components(certificate.get_subject()), first == second]`,
  ours: () => {
    const certificate = new X509();
    certificate.getSubject().CN = 'x';
    const [first, second] = [certificate.getSubject(), certificate.getSubject()];
    first.O = 'y';
    return [second.getComponents(), certificate.getSubject().getComponents(), first.equals(second)];
  },
});

same('a name lives on when nothing holds its certificate', {
  python: `
    import gc
    def subject():
        certificate = crypto.X509()
        certificate.get_subject().CN = 'x'
        return certificate.get_subject()
    name = subject()
    gc.collect()
    name.CN`,
  ours: () => {
    const subject = () => {
      const certificate = new X509();
      certificate.getSubject().CN = 'x';
      return certificate.getSubject();
    };
    return subject().CN;
  },
});

same('the issuer is a view of the certificate', {
  python: `
    made = certificate()
    made.get_issuer().O = 'Example'
    [components(made.get_issuer()), signed(made)]`,
  ours: () => {
    const made = certificate();
    made.getIssuer().O = 'Example';
    return [made.getIssuer().getComponents(), signed(made)];
  },
});

same('a subject that is set is a copy', {
  python: `
    made, other = certificate(), certificate()
    name = other.get_subject()
    made.set_subject(name)
    name.CN = 'changed'
    [components(made.get_subject()), components(other.get_subject())]`,
  ours: () => {
    const [made, other] = [certificate(), certificate()];
    const name = other.getSubject();
    made.setSubject(name);
    name.CN = 'changed';
    return [made.getSubject().getComponents(), other.getSubject().getComponents()];
  },
});

same('an issuer that is set is a copy', {
  python: `
    made = certificate()
    made.set_issuer(made.get_subject())
    made.get_subject().CN = 'changed'
    [components(made.get_issuer()), components(made.get_subject()), signed(made)]`,
  ours: () => {
    const made = certificate();
    made.setIssuer(made.getSubject());
    made.getSubject().CN = 'changed';
    return [made.getIssuer().getComponents(), made.getSubject().getComponents(), signed(made)];
  },
});

bothRefuseEach(
  'a subject that is no name',
  { text: { name: 'CN=x' }, nothing: { name: null }, 'a list': { name: [['CN', 'x']] } },
  {
    python: 'certificate().set_subject(name)',
    ours: ({ name }) => certificate().setSubject(name as never),
  },
);

bothRefuse('an issuer that is no name', {
  python: "certificate().set_issuer('CN=x')",
  ours: () => certificate().setIssuer('CN=x' as never),
});

same('the public key is the one that was set, and only public', {
  python: `
    public = certificate().get_pubkey()
    [crypto.dump_publickey(PEM, public), public.bits(), public.type(), refused(public.check)]`,
  ours: () => {
    const made = certificate().getPubkey();
    return [dumpPublickey(FILETYPE_PEM, made), made.bits(), made.type(), !made.isPrivate()];
  },
});

bothRefuse('the public key of a certificate that has none', {
  python: 'crypto.X509().get_pubkey()',
  ours: () => new X509().getPubkey(),
});

bothRefuseEach(
  'a public key that is no key',
  { text: { value: 'key' }, nothing: { value: null } },
  {
    python: 'certificate().set_pubkey(value)',
    ours: ({ value }) => certificate().setPubkey(value as never),
  },
);

differ('a public key that was never generated is refused by its name', differences.emptyKey, {
  python: 'certificate().set_pubkey(crypto.PKey())',
  ours: () => certificate().setPubkey(new PKey()),
  pythonGives: { refusal: 'OpenSSLError x509 certificate routines: unsupported algorithm' },
  oursGive: { refusal: 'TypeError' },
});

same('extensions are added at the end, also the same one twice', {
  python: `
    made = certificate()
    made.add_extensions([])
    made.add_extensions([crypto.X509Extension(b'nsComment', False, b'one'), crypto.X509Extension(b'nsComment', False, b'two')])
    made.add_extensions([crypto.X509Extension(b'basicConstraints', True, b'CA:FALSE')])
    count = made.get_extension_count()
    [count, [made.get_extension(index).get_short_name().decode() for index in range(count)], signed(made)]`,
  ours: () => {
    const made = certificate();
    made.addExtensions([]);
    made.addExtensions([
      new X509Extension('nsComment', false, 'one'),
      new X509Extension('nsComment', false, 'two'),
    ]);
    made.addExtensions([new X509Extension('basicConstraints', true, 'CA:FALSE')]);
    const count = made.getExtensionCount();
    const names = Array.from({ length: count }, (_, index) => made.getExtension(index).getShortName());
    return [count, names, signed(made)];
  },
});

same('extensions come from any iterable', {
  python: `
    made = certificate()
    made.add_extensions(crypto.X509Extension(b'nsComment', False, text) for text in (b'one', b'two'))
    signed(made)`,
  ours: () => {
    const made = certificate();
    function* extensions() {
      for (const text of ['one', 'two']) yield new X509Extension('nsComment', false, text);
    }
    made.addExtensions(extensions());
    return signed(made);
  },
});

same('an extension that is read is a copy with all of its parts', {
  python: `
    made = certificate()
    extension = made.get_extension(1)
    [extension.get_short_name().decode(), bool(extension.get_critical()), extension.get_data(), str(extension)]`,
  ours: () => {
    const extension = certificate().getExtension(1);
    return [extension.getShortName(), extension.getCritical(), extension.getData(), String(extension)];
  },
});

bothRefuseEach(
  'an extension that is not there',
  { 'after the last': { index: 2 }, 'before the first': { index: -1 }, 'far off': { index: 1_000_000 } },
  {
    python: 'certificate().get_extension(index)',
    ours: ({ index }) => certificate().getExtension(index),
  },
);

bothRefuse('an index that is no number', {
  python: "certificate().get_extension('0')",
  ours: () => certificate().getExtension('0' as never),
});

bothRefuse('extensions that are no list', {
  python: 'certificate().add_extensions(3)',
  ours: () => certificate().addExtensions(3 as never),
});

differ(
  'a signature with a digest that there is not is refused in the words of OpenSSL',
  differences.unknownAlgorithm,
  {
    python: "certificate().sign(key, 'sha257')",
    ours: () => certificate().sign(key, 'sha257'),
    pythonGives: { refusal: 'RangeError' },
    oursGive: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
  },
);

differ('a signature with a public key is refused in the words of OpenSSL', differences.publicSigner, {
  python: "certificate().sign(certificate().get_pubkey(), 'sha256')",
  ours: () => certificate().sign(certificate().getPubkey(), 'sha256'),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'OpenSSLError rsa routines: missing private key' },
});

differ('a signature with a key that was never generated is refused by its name', differences.emptyKey, {
  python: "certificate().sign(crypto.PKey(), 'sha256')",
  ours: () => certificate().sign(new PKey(), 'sha256'),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'TypeError' },
});

bothRefuse('a signature with what is no key', {
  python: "certificate().sign('key', 'sha256')",
  ours: () => certificate().sign('key' as never, 'sha256'),
});

bothRefuse('a signature with a digest that no RSA signature can have', {
  python: "certificate().sign(key, 'shake128')",
  ours: () => certificate().sign(key, 'shake128'),
});

bothRefuse('to sign a certificate that has no key', {
  python: `
    made = crypto.X509()
    made.set_notBefore(b'20250101000000Z')
    made.set_notAfter(b'20350101000000Z')
    made.sign(key, 'sha256')`,
  ours: () => {
    const made = new X509();
    made.setNotBefore('20250101000000Z');
    made.setNotAfter('20350101000000Z');
    made.sign(key, 'sha256');
  },
});

differ('a certificate without an end is not signed', differences.incompleteCertificate, {
  python: `
    made = crypto.X509()
    made.set_pubkey(key)
    made.set_notBefore(b'20250101000000Z')
    made.sign(key, 'sha256')
    made.get_notAfter()`,
  ours: () => {
    const made = new X509();
    made.setPubkey(key);
    made.setNotBefore('20250101000000Z');
    made.sign(key, 'sha256');
  },
  pythonGives: { answer: null },
  oursGive: { refusal: 'TypeError' },
});

differ('a certificate that was never signed has no signature algorithm', differences.unsigned, {
  python: 'crypto.X509().get_signature_algorithm()',
  ours: () => new X509().getSignatureAlgorithm(),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { answer: undefined },
});

differ('a certificate that has no end has not expired, nor not expired', differences.noTime, {
  python: 'crypto.X509().has_expired()',
  ours: () => new X509().hasExpired(),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'OpenSSLError' },
});

bothRefuse('the digest of a certificate that is empty', {
  python: "crypto.X509().digest('sha256')",
  ours: () => new X509().digest('sha256'),
});

same('a change after the signature is in what is written', {
  python: `
    made = certificate()
    made.sign(key, 'sha256')
    before = crypto.dump_certificate(DER, made)
    made.set_serial_number(7)
    made.get_subject().CN = 'changed'
    after = crypto.dump_certificate(DER, made)
    [before == after, after]`,
  ours: () => {
    const made = certificate();
    made.sign(key, 'sha256');
    const before = dumpCertificate(FILETYPE_ASN1, made);
    made.setSerialNumber(7n);
    made.getSubject().CN = 'changed';
    const after = dumpCertificate(FILETYPE_ASN1, made);
    return [before.equals(after), after];
  },
});

differ('a certificate that was read is written as it was changed', differences.staleEncoding, {
  values: { der },
  python: `
    made = crypto.load_certificate(DER, der)
    made.set_serial_number(7)
    made.get_subject().CN = 'changed'
    written = crypto.load_certificate(DER, crypto.dump_certificate(DER, made))
    [written.get_serial_number(), written.get_subject().CN]`,
  ours: () => {
    const made = loadCertificate(FILETYPE_ASN1, der);
    made.setSerialNumber(7n);
    made.getSubject().CN = 'changed';
    const written = loadCertificate(FILETYPE_ASN1, dumpCertificate(FILETYPE_ASN1, made));
    return [written.getSerialNumber(), written.getSubject().CN];
  },
  pythonGives: { answer: [0x1234567890abcdefn, 'www.example.org'] },
  oursGive: { answer: [7n, 'changed'] },
});

same('a certificate that was read, changed and signed anew is the same on both sides', {
  values: { der },
  python: `
    made = crypto.load_certificate(DER, der)
    made.set_serial_number(7)
    made.get_subject().CN = 'changed'
    made.add_extensions([crypto.X509Extension(b'nsComment', False, b'more')])
    signed(made)`,
  ours: () => {
    const made = loadCertificate(FILETYPE_ASN1, der);
    made.setSerialNumber(7n);
    made.getSubject().CN = 'changed';
    made.addExtensions([new X509Extension('nsComment', false, 'more')]);
    return signed(made);
  },
});

same('a certificate is signed anew', {
  python: `
    made = certificate()
    made.sign(key, 'sha1')
    made.sign(key, 'sha512')
    crypto.dump_certificate(DER, made)`,
  ours: () => {
    const made = certificate();
    made.sign(key, 'sha1');
    made.sign(key, 'sha512');
    return dumpCertificate(FILETYPE_ASN1, made);
  },
});

same('writes a certificate as the same PEM', {
  python: 'crypto.dump_certificate(PEM, crypto.load_certificate(DER, signed()))',
  ours: () => dumpCertificate(FILETYPE_PEM, loadCertificate(FILETYPE_ASN1, der)),
});

same('prints a certificate', {
  python: 'crypto.dump_certificate(TEXT, crypto.load_certificate(DER, signed())).decode()',
  ours: () => dumpCertificate(FILETYPE_TEXT, loadCertificate(FILETYPE_ASN1, der)).toString(),
});

same('reads the first of several certificates in PEM, among other text', {
  python: `
    other = certificate()
    other.set_serial_number(9)
    other.sign(key, 'sha256')
    text = b'words\\n' + crypto.dump_certificate(PEM, other) + crypto.dump_certificate(PEM, crypto.load_certificate(DER, signed()))
    crypto.load_certificate(PEM, text).get_serial_number()`,
  ours: () => {
    const other = certificate();
    other.setSerialNumber(9n);
    other.sign(key, 'sha256');
    const pems = [other, loadCertificate(FILETYPE_ASN1, der)].map((one) =>
      dumpCertificate(FILETYPE_PEM, one),
    );
    return loadCertificate(FILETYPE_PEM, `words\n${pems.join('')}`).getSerialNumber();
  },
});

same('reads DER that is followed by something else', {
  python: "crypto.load_certificate(DER, signed() + b'more').get_serial_number()",
  ours: () => loadCertificate(FILETYPE_ASN1, Buffer.concat([der, Buffer.from('more')])).getSerialNumber(),
});

same('reads PEM with the old name in its lines', {
  values: { text: pemNamed('X509 CERTIFICATE') },
  python: 'crypto.load_certificate(PEM, text).get_serial_number()',
  ours: ({ text }) => loadCertificate(FILETYPE_PEM, text).getSerialNumber(),
});

function pemNamed(label: string): string {
  const body = dumpCertificate(FILETYPE_PEM, loadCertificate(FILETYPE_ASN1, der)).toString();
  return body.replaceAll('CERTIFICATE', label);
}

bothRefuseEach(
  'PEM that holds no certificate',
  {
    words: { text: 'words' },
    nothing: { text: '' },
    'the end is missing': { text: pemNamed('CERTIFICATE').slice(0, 200) },
    'another label': { text: pemNamed('CERTIFICATE REQUEST') },
    'lines that do not fit': { text: pemNamed('CERTIFICATE').replace('END CERTIFICATE', 'END KEY') },
  },
  {
    python: 'crypto.load_certificate(PEM, text)',
    ours: ({ text }) => loadCertificate(FILETYPE_PEM, text),
  },
);

bothRefuseEach(
  'DER that is no certificate',
  { words: { bytes: Buffer.from('words') }, 'the end is missing': { bytes: der.subarray(0, -1) } },
  {
    python: 'crypto.load_certificate(DER, bytes)',
    ours: ({ bytes }) => loadCertificate(FILETYPE_ASN1, bytes),
  },
);

bothRefuseEach(
  'to read or write as a type that there is not',
  { zero: { type: 0 }, three: { type: 3 }, 'a negative number': { type: -1 } },
  {
    values: ({ type }) => ({ type, der }),
    python: `
      try:
          crypto.load_certificate(type, der)
      except ValueError:
          crypto.dump_certificate(type, certificate())`,
    ours: ({ type }) => {
      try {
        return loadCertificate(type as never, der);
      } catch (error) {
        if (error instanceof RangeError) return dumpCertificate(type as never, certificate());
        throw error;
      }
    },
  },
);

bothRefuse('to read readable text', {
  python: 'crypto.load_certificate(TEXT, crypto.dump_certificate(TEXT, certificate()))',
  ours: () => loadCertificate(FILETYPE_TEXT as never, dumpCertificate(FILETYPE_TEXT, certificate())),
});

same('a certificate that became one of `cryptography` or of node and came back is the same', {
  values: { der },
  python: `
    other = crypto.load_certificate(DER, der).to_cryptography()
    [crypto.dump_certificate(DER, crypto.X509.from_cryptography(other)), other.serial_number]`,
  ours: () => {
    const other = loadCertificate(FILETYPE_ASN1, der).toX509Certificate();
    return [
      dumpCertificate(FILETYPE_ASN1, X509.fromX509Certificate(other)),
      BigInt(`0x${other.serialNumber}`),
    ];
  },
});

bothRefuse('to make a certificate of something else', {
  python: "crypto.X509.from_cryptography('certificate')",
  ours: () => X509.fromX509Certificate('certificate' as never),
});

control('another serial number makes another certificate', {
  python: 'signed()',
  ours: () => {
    const made = certificate();
    made.setSerialNumber(0x1234567890abcdeen);
    return signed(made);
  },
});

control('a byte of the signature that is changed is told apart', {
  python: 'signed()',
  ours: () => {
    const changed = Buffer.from(der);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    return changed;
  },
});

control('another second of the end is told apart', {
  python: 'certificate().get_notAfter().decode()',
  ours: () => {
    const made = certificate();
    made.setNotAfter('20500101000001Z');
    return made.getNotAfterText();
  },
});
