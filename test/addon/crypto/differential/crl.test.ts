// CRL: lists of revoked certificates.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { freshKey } from '../../../support/fresh-keys.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { CRL, FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT, PKey, Revoked, X509 } = crypto;
const { dumpCertificate, dumpCrl, loadCrl, loadPrivatekey } = crypto;

const pem = { rsa: freshKey('rsa'), other: freshKey('rsa'), ec: freshKey('ec') };
const key = loadPrivatekey(FILETYPE_PEM, pem.rsa);
const issuer = new X509();
issuer.setVersion(2);
issuer.setSerialNumber(1n);
issuer.getSubject().O = 'Example';
issuer.getSubject().CN = 'Example CA';
issuer.setIssuer(issuer.getSubject());
issuer.setNotBefore('20200101000000Z');
issuer.setNotAfter('490101000000Z');
issuer.setPubkey(key);
issuer.sign(key, 'sha256');

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: { key_pem: pem.rsa, ec_pem: pem.ec, issuer_der: dumpCertificate(FILETYPE_ASN1, issuer) },
  python: `
    PEM, DER, TEXT = crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1, crypto.FILETYPE_TEXT
    key = crypto.load_privatekey(PEM, key_pem)
    ec_key = crypto.load_privatekey(PEM, ec_pem)
    issuer = crypto.load_certificate(DER, issuer_der)
    def revoked(serial, when='220101000000Z', reason=None):
        made = crypto.Revoked()
        made.set_serial(b'%x' % serial)
        made.set_rev_date(when.encode())
        if reason:
            made.set_reason(reason.encode())
        return made
    def crl(entries=()):
        made = crypto.CRL()
        made.set_version(1)
        made.set_lastUpdate(b'220101000000Z')
        made.set_nextUpdate(b'220201000000Z')
        for entry in entries:
            made.add_revoked(revoked(*entry))
        return made
    def signed(made, digest=b'sha256'):
        made.sign(issuer, key, digest)
        return crypto.dump_crl(DER, made)
    def entries(made):
        return [[int(one.get_serial(), 16), one.get_rev_date().decode(), (one.get_reason() or b'').decode().replace(' ', '').lower()]
                for one in made.get_revoked() or ()]
    def components(name):
        return [[short.decode(), value] for short, value in name.get_components()]`,
});

type Entry = readonly [serial: bigint, when?: string, reason?: string];

/** The same functions as in Python. */
function revoked([serial, when = '220101000000Z', reason]: Entry): Tsopenssl.crypto.Revoked {
  const made = new Revoked();
  made.setSerial(serial);
  made.setRevDate(when);
  if (reason !== undefined) made.setReason(reason as 'superseded');
  return made;
}

function crl(list: readonly Entry[] = []): Tsopenssl.crypto.CRL {
  const made = new CRL();
  made.setVersion(1);
  made.setLastUpdate('220101000000Z');
  made.setNextUpdate('220201000000Z');
  for (const one of list) made.addRevoked(revoked(one));
  return made;
}

function signed(made: Tsopenssl.crypto.CRL, digest = 'sha256'): Buffer {
  made.sign(issuer, key, digest);
  return dumpCrl(FILETYPE_ASN1, made);
}

function entries(made: Tsopenssl.crypto.CRL): unknown[] {
  return [...(made.getRevoked() ?? [])].map((one) => [
    one.getSerial(),
    one.getRevDateText(),
    (one.getReason() ?? '').replaceAll(' ', '').toLowerCase(),
  ]);
}

const usual: readonly Entry[] = [
  [5n, '210101000000Z', 'keyCompromise'],
  [3n],
  [2n ** 100n, '210601000000Z', 'superseded'],
];

sameForEach(
  'a list that is made and signed the same way is the same, byte for byte',
  {
    'nothing revoked': { list: [] },
    'one entry': { list: [[1n]] },
    'several, not in order': { list: usual as never },
    'every reason': {
      list: new Array(7)
        .fill(0)
        .map((_, index) => [BigInt(index + 1), '220101000000Z', new Revoked().allReasons()[index] ?? '']),
    },
    'the same serial number twice': {
      list: [
        [1n, '220101000000Z', 'superseded'],
        [1n, '220102000000Z', 'keyCompromise'],
      ],
    },
    'a date in GeneralizedTime': { list: [[1n, '20510101000000Z']] },
    'the serial number 0, and a negative one': { list: [[0n], [-5n]] },
  },
  {
    python: 'signed(crl(list))',
    ours: ({ list }) => signed(crl(list as unknown as Entry[])),
  },
);

same('pyOpenSSL reads in our list what we put there', {
  values: { der: signed(crl(usual)) },
  python: `
    made = crypto.load_crl(DER, der)
    [sorted(entries(made)), components(made.get_issuer())]`,
  ours: () => {
    const list = entries(crl(usual)) as [bigint][];
    return [list.sort(([one], [other]) => (one < other ? -1 : 1)), issuer.getSubject().getComponents()];
  },
});

same("this side reads in pyOpenSSL's list what was put there", {
  values: async (python) => ({
    der: await python(
      "signed(crl([[5, '210101000000Z', 'keyCompromise'], [3], [2**100, '210601000000Z', 'superseded']]))",
    ),
  }),
  python: `
    made = crypto.load_crl(DER, der)
    [entries(made), components(made.get_issuer())]`,
  ours: ({ der }) => {
    const made = loadCrl(FILETYPE_ASN1, der);
    return [entries(made), made.getIssuer().getComponents()];
  },
});

sameForEach(
  'signs with a digest',
  Object.fromEntries(['md5', 'sha1', 'sha256', 'SHA384', 'sha512'].map((digest) => [digest, { digest }])),
  {
    python: 'signed(crl([[1]]), digest.encode())',
    ours: ({ digest }) => signed(crl([[1n]]), digest),
  },
);

same('a list that an EC key signed is found right by `cryptography`', {
  values: () => {
    const made = crl(usual);
    const ecKey = loadPrivatekey(FILETYPE_PEM, pem.ec);
    made.sign(issuer, ecKey, 'sha256');
    return { der: dumpCrl(FILETYPE_ASN1, made) };
  },
  python: `
    other = crypto.load_crl(DER, der).to_cryptography()
    [other.is_signature_valid(ec_key.to_cryptography_key().public_key()), len(other)]`,
  ours: () => [true, usual.length],
});

same('a new list has no entries and no issuer', {
  python: '[entries(crypto.CRL()), components(crypto.CRL().get_issuer())]',
  ours: () => [entries(new CRL()), new CRL().getIssuer().getComponents()],
});

same('what is revoked is a copy, in both directions', {
  python: `
    made, entry = crl(), revoked(7)
    made.add_revoked(entry)
    entry.set_serial(b'8')
    made.get_revoked()[0].set_serial(b'9')
    [entries(made), int(entry.get_serial(), 16)]`,
  ours: () => {
    const [made, entry] = [crl(), revoked([7n])];
    made.addRevoked(entry);
    entry.setSerial(8n);
    made.getRevoked()?.[0]?.setSerial(9n);
    return [entries(made), entry.getSerial()];
  },
});

differ('the issuer is a view', differences.issuerOfList, {
  python: `
    made = crl()
    made.sign(issuer, key, b'sha256')
    made.get_issuer().CN = 'changed'
    made.get_issuer().CN`,
  ours: () => {
    const made = crl();
    made.sign(issuer, key, 'sha256');
    made.getIssuer().CN = 'changed';
    return made.getIssuer().CN;
  },
  pythonGives: { answer: 'Example CA' },
  oursGive: { answer: 'changed' },
});

differ('the entries of a list without any are an empty array', differences.noEntries, {
  python: 'crypto.CRL().get_revoked()',
  ours: () => new CRL().getRevoked(),
  pythonGives: { answer: null },
  oursGive: { answer: [] },
});

same('entries keep their order until the list is signed, which sorts them', {
  python: `
    made = crl([[3], [1], [2]])
    before = [int(one.get_serial(), 16) for one in made.get_revoked()]
    made.sign(issuer, key, b'sha256')
    [before, [int(one.get_serial(), 16) for one in made.get_revoked()]]`,
  ours: () => {
    const made = crl([[3n], [1n], [2n]]);
    const before = made.getRevoked()?.map((one) => one.getSerial());
    made.sign(issuer, key, 'sha256');
    return [before, made.getRevoked()?.map((one) => one.getSerial())];
  },
});

same('a version is what was set', {
  python: `
    made = crypto.CRL()
    made.set_lastUpdate(b'220101000000Z')
    made.set_version(1)
    signed(made)`,
  ours: () => {
    const made = new CRL();
    made.setLastUpdate('220101000000Z');
    made.setVersion(1);
    return signed(made);
  },
});

differ('a list of version 1 does not say so', differences.versionOfList, {
  python: `
    made = crl()
    made.set_version(0)
    signed(made)[6:11].hex()`,
  ours: () => {
    const made = crl();
    made.setVersion(0);
    return signed(made).subarray(6, 11).toString('hex');
  },
  pythonGives: { answer: '020100300d' },
  oursGive: { answer: '300d06092a' },
});

differ('a version that there is not is refused', differences.versionOfList, {
  python: 'crypto.CRL().set_version(5)',
  ours: () => new CRL().setVersion(5),
  pythonGives: { answer: undefined },
  oursGive: { refusal: 'RangeError' },
});

bothRefuse('a version that is text', {
  python: "crypto.CRL().set_version('1')",
  ours: () => new CRL().setVersion('1' as never),
});

sameForEach(
  'the times of a list are encoded as UTCTime or GeneralizedTime',
  {
    both: { last: '220101000000Z', next: '490101000000Z' },
    'the next in GeneralizedTime': { last: '220101000000Z', next: '20500101000000Z' },
    'with two digits for the year': { last: '220101000000Z', next: '230101000000Z' },
    'the next before the last': { last: '220101000000Z', next: '210101000000Z' },
  },
  {
    python: `
      made = crl()
      made.set_lastUpdate(last.encode())
      made.set_nextUpdate(next.encode())
      signed(made)`,
    ours: ({ last, next }) => {
      const made = crl();
      made.setLastUpdate(last);
      made.setNextUpdate(next);
      return signed(made);
    },
  },
);

same('a list without an end', {
  python: `
    made = crypto.CRL()
    made.set_lastUpdate(b'220101000000Z')
    signed(made)`,
  ours: () => {
    const made = new CRL();
    made.setLastUpdate('220101000000Z');
    return signed(made);
  },
});

differ(
  'a time of the last update that there is not is refused in the words of OpenSSL',
  differences.invalidTimes,
  {
    python: "crl().set_lastUpdate(b'20221301000000Z')",
    ours: () => crl().setLastUpdate('20221301000000Z'),
    pythonGives: { refusal: 'RangeError' },
    oursGive: { refusal: 'OpenSSLError' },
  },
);

differ(
  'a time of the next update that there is not is refused in the words of OpenSSL',
  differences.invalidTimes,
  {
    python: "crl().set_nextUpdate(b'tomorrow')",
    ours: () => crl().setNextUpdate('tomorrow'),
    pythonGives: { refusal: 'RangeError' },
    oursGive: { refusal: 'OpenSSLError' },
  },
);

differ('a time that UTCTime can hold is encoded as UTCTime', differences.encodedTimes, {
  python: `
    made = crl()
    made.set_nextUpdate(b'20300101000000Z')
    b'20300101000000Z' in signed(made)`,
  ours: () => {
    const made = crl();
    made.setNextUpdate('20300101000000Z');
    return signed(made).includes('20300101000000Z');
  },
  pythonGives: { answer: true },
  oursGive: { answer: false },
});

bothRefuse('a time of the next update that is a number', {
  python: 'crl().set_nextUpdate(2022)',
  ours: () => crl().setNextUpdate(2022 as never),
});

bothRefuse('to revoke what is no revocation', {
  python: "crl().add_revoked('5')",
  ours: () => crl().addRevoked('5' as never),
});

differ('a revocation without a date is refused for it', differences.incompleteRevocation, {
  python: `
    entry = crypto.Revoked()
    entry.set_serial(b'5')
    crl().add_revoked(entry)`,
  ours: () => {
    const entry = new Revoked();
    entry.setSerial(5n);
    crl().addRevoked(entry);
  },
  pythonGives: { refusal: 'OpenSSLError asn1 encoding routines: mstring wrong tag' },
  oursGive: { refusal: 'TypeError' },
});

differ('a list without a date is not signed', differences.incompleteRevocation, {
  python: "crypto.CRL().sign(issuer, key, b'sha256')",
  ours: () => new CRL().sign(issuer, key, 'sha256'),
  pythonGives: { answer: undefined },
  oursGive: { refusal: 'TypeError' },
});

differ('a digest that there is not is refused in the words of OpenSSL', differences.unknownAlgorithm, {
  python: "crl().sign(issuer, key, b'sha257')",
  ours: () => crl().sign(issuer, key, 'sha257'),
  pythonGives: { refusal: 'OpenSSLError' },
  oursGive: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
});

bothRefuse('to sign with what is no certificate', {
  python: "crl().sign('issuer', key, b'sha256')",
  ours: () => crl().sign('issuer' as never, key, 'sha256'),
});

bothRefuse('to sign with what is no key', {
  python: "crl().sign(issuer, 'key', b'sha256')",
  ours: () => crl().sign(issuer, 'key' as never, 'sha256'),
});

differ('a key that was never generated is refused by its name', differences.emptyKey, {
  python: "crl().sign(issuer, crypto.PKey(), b'sha256')",
  ours: () => crl().sign(issuer, new PKey(), 'sha256'),
  pythonGives: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
  oursGive: { refusal: 'TypeError' },
});

bothRefuse('to sign with a public key', {
  python: "crl().sign(issuer, crypto.load_publickey(DER, crypto.dump_publickey(DER, key)), b'sha256')",
  ours: () => crl().sign(issuer, issuer.getPubkey(), 'sha256'),
});

bothRefuse('to write a list that is empty', {
  python: 'crypto.dump_crl(DER, crypto.CRL())',
  ours: () => dumpCrl(FILETYPE_ASN1, new CRL()),
});

sameForEach(
  'exports a list that starts now and ends after days',
  { 'a hundred': { days: 100 }, one: { days: 1 }, none: { days: 0 }, 'before today': { days: -5 } },
  {
    python: `
      der = crl([[1]]).export(issuer, key, DER, days, b'sha256')
      other = crypto.load_crl(DER, der).to_cryptography()
      now = datetime.datetime.utcnow()
      [(other.next_update - other.last_update).days, abs((now - other.last_update).total_seconds()) < 5,
       other.is_signature_valid(key.to_cryptography_key().public_key()), len(other)]`,
    ours: ({ days }) => {
      const made = loadCrl(FILETYPE_ASN1, crl([[1n]]).export(issuer, key, FILETYPE_ASN1, days, 'sha256'));
      const [last, next] = [made.getLastUpdate(), made.getNextUpdate()];
      const seconds = (Number(next) - Number(last)) / 1000;
      return [
        Math.floor(seconds / 86_400),
        Math.abs(Date.now() - Number(last)) < 5000,
        made.verify(key),
        made.getRevoked()?.length,
      ];
    },
  },
);

same('exports PEM where no type is given', {
  python: "crl().export(issuer, key, digest=b'sha256').split(b'\\n')[0]",
  ours: () => {
    const text = crl().export(issuer, key, undefined, undefined, 'sha256').toString();
    return Buffer.from(text.split('\n')[0] ?? '');
  },
});

same('exports readable text', {
  python: `
    text = crl([[1, '220101000000Z', 'superseded']]).export(issuer, key, TEXT, 1, b'sha256').decode()
    lines = text.split('\\n')
    lines[:4] + [line for line in lines if 'Revo' in line or 'Reason' in line or 'Superseded' in line]`,
  ours: () => {
    const made = crl([[1n, '220101000000Z', 'superseded']]);
    const lines = made.export(issuer, key, FILETYPE_TEXT, 1, 'sha256').toString().split('\n');
    return [...lines.slice(0, 4), ...lines.filter((line) => /Revo|Reason|Superseded/.test(line))];
  },
});

differ('a digest that is missing is out of range for a key that wants one', differences.missingDigest, {
  python: 'crl().export(issuer, key)',
  ours: () => crl().export(issuer, key),
  pythonGives: { refusal: 'TypeError' },
  oursGive: { refusal: 'RangeError' },
});

differ(
  'an export with a digest that there is not is refused in the words of OpenSSL',
  differences.unknownAlgorithm,
  {
    python: "crl().export(issuer, key, PEM, 100, b'sha257')",
    ours: () => crl().export(issuer, key, FILETYPE_PEM, 100, 'sha257'),
    pythonGives: { refusal: 'RangeError' },
    oursGive: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
  },
);

bothRefuse('to export as a type that there is not', {
  python: "crl().export(issuer, key, 7, 100, b'sha256')",
  ours: () => crl().export(issuer, key, 7 as never, 100, 'sha256'),
});

bothRefuse('to export as a type that is text', {
  python: "crl().export(issuer, key, 'PEM', 100, b'sha256')",
  ours: () => crl().export(issuer, key, 'PEM' as never, 100, 'sha256'),
});

bothRefuse('to export for what is no certificate', {
  python: "crl().export('issuer', key, PEM, 100, b'sha256')",
  ours: () => crl().export('issuer' as never, key, FILETYPE_PEM, 100, 'sha256'),
});

bothRefuse('to export with what is no key', {
  python: "crl().export(issuer, 'key', PEM, 100, b'sha256')",
  ours: () => crl().export(issuer, 'key' as never, FILETYPE_PEM, 100, 'sha256'),
});

bothRefuseEach(
  'to export for days that are no integer',
  { text: { days: '100' }, nothing: { days: null } },
  {
    python: "crl().export(issuer, key, PEM, days, b'sha256')",
    ours: ({ days }) => crl().export(issuer, key, FILETYPE_PEM, days as never, 'sha256'),
  },
);

same('writes a list as the same PEM, and reads it', {
  values: { der: signed(crl(usual)) },
  python: `
    text = crypto.dump_crl(PEM, crypto.load_crl(DER, der))
    [text, crypto.dump_crl(DER, crypto.load_crl(PEM, text))]`,
  ours: ({ der }) => {
    const text = dumpCrl(FILETYPE_PEM, loadCrl(FILETYPE_ASN1, der));
    return [text, dumpCrl(FILETYPE_ASN1, loadCrl(FILETYPE_PEM, text))];
  },
});

same('prints a list', {
  values: { der: signed(crl(usual)) },
  python: 'crypto.dump_crl(TEXT, crypto.load_crl(DER, der)).decode()',
  ours: ({ der }) => dumpCrl(FILETYPE_TEXT, loadCrl(FILETYPE_ASN1, der)).toString(),
});

same('prints a list with nothing in it', {
  values: { der: signed(crl()) },
  python: 'crypto.dump_crl(TEXT, crypto.load_crl(DER, der)).decode()',
  ours: ({ der }) => dumpCrl(FILETYPE_TEXT, loadCrl(FILETYPE_ASN1, der)).toString(),
});

same('reads a list that `cryptography` made, with reasons that pyOpenSSL cannot set', {
  values: async (python) => ({
    der: await python(`
      from cryptography import x509
      from cryptography.hazmat.primitives import hashes
      when = datetime.datetime(2022, 1, 1)
      builder = x509.CertificateRevocationListBuilder(issuer.to_cryptography().subject, when, when)
      for serial, reason in [(1, x509.ReasonFlags.remove_from_crl), (2, x509.ReasonFlags.privilege_withdrawn), (3, x509.ReasonFlags.aa_compromise)]:
          entry = x509.RevokedCertificateBuilder(serial, when, [])
          builder = builder.add_revoked_certificate(entry.add_extension(x509.CRLReason(reason), False).build())
      other = builder.add_extension(x509.CRLNumber(5), False).sign(key.to_cryptography_key(), hashes.SHA256())
      crypto.dump_crl(DER, crypto.CRL.from_cryptography(other))`),
  }),
  python: 'entries(crypto.load_crl(DER, der))',
  ours: ({ der }) => entries(loadCrl(FILETYPE_ASN1, der)),
});

bothRefuse('PEM that holds no list', {
  python: "crypto.load_crl(PEM, 'words')",
  ours: () => loadCrl(FILETYPE_PEM, 'words'),
});

bothRefuseEach(
  'DER that is no list',
  { words: { bytes: Buffer.from('words') }, 'the end is missing': { bytes: signed(crl()).subarray(0, -1) } },
  {
    python: 'crypto.load_crl(DER, bytes)',
    ours: ({ bytes }) => loadCrl(FILETYPE_ASN1, bytes),
  },
);

bothRefuse('to read a list of a type that there is not', {
  python: "crypto.load_crl(9, b'words')",
  ours: () => loadCrl(9 as never, 'words'),
});

bothRefuse('to write a list as a type that there is not', {
  python: 'crypto.dump_crl(9, crl())',
  ours: () => dumpCrl(9 as never, crl()),
});

bothRefuse('to write what is no list', {
  python: "crypto.dump_crl(PEM, 'list')",
  ours: () => dumpCrl(FILETYPE_PEM, 'list' as never),
});

control('one entry more makes another list', {
  python: 'signed(crl([[1]]))',
  ours: () => signed(crl([[1n], [2n]])),
});

control('another reason is told apart', {
  python: "entries(crl([[1, '220101000000Z', 'superseded']]))",
  ours: () => entries(crl([[1n, '220101000000Z', 'keyCompromise']])),
});
