// PKey, and loading and dumping of keys.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { freshKey } from '../../../support/fresh-keys.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { PKey, FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT, TYPE_RSA, TYPE_DSA, TYPE_DH, TYPE_EC } = crypto;
const { getEllipticCurve, getEllipticCurves } = crypto;
const { loadPrivatekey, loadPublickey, dumpPrivatekey, dumpPublickey } = crypto;

const pem = {
  rsa: freshKey('rsa'),
  dsa: freshKey('dsa'),
  ec: freshKey('ec'),
  ed25519: freshKey('ed25519'),
  ed448: freshKey('ed448'),
};
const rows = Object.fromEntries(Object.entries(pem).map(([kind, text]) => [kind, { text }]));
const rsa = loadPrivatekey(FILETYPE_PEM, pem.rsa);
const rsaPublic = loadPublickey(FILETYPE_ASN1, dumpPublickey(FILETYPE_ASN1, rsa));

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: { rsa_pem: pem.rsa, ec_pem: pem.ec },
  python: `
    PEM, DER, TEXT = crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1, crypto.FILETYPE_TEXT
    rsa = crypto.load_privatekey(PEM, rsa_pem)
    ec = crypto.load_privatekey(PEM, ec_pem)
    rsa_public = crypto.load_publickey(DER, crypto.dump_publickey(DER, rsa))`,
});

same('the types of keys have the same numbers', {
  python: '[crypto.TYPE_RSA, crypto.TYPE_DSA, crypto.TYPE_DH, crypto.TYPE_EC]',
  ours: () => [TYPE_RSA, TYPE_DSA, TYPE_DH, TYPE_EC],
});

differ('a new key is of no type', differences.emptyKey, {
  python: 'crypto.PKey().type()',
  ours: () => new PKey().type(),
  pythonGives: { answer: 0 },
  oursGive: { refusal: 'TypeError' },
});

differ('a new key has no bits', differences.emptyKey, {
  python: 'crypto.PKey().bits()',
  ours: () => new PKey().bits(),
  pythonGives: { answer: 0 },
  oursGive: { refusal: 'TypeError' },
});

same('a generated RSA key has its type and bits, and is consistent', {
  python: `
    key = crypto.PKey()
    key.generate_key(crypto.TYPE_RSA, 1024)
    [key.type(), key.bits(), key.check()]`,
  ours: () => {
    const key = new PKey();
    key.generateKey(TYPE_RSA, 1024);
    return [key.type(), key.bits(), key.check()];
  },
});

same('a generated DSA key has its type and bits', {
  python: `
    key = crypto.PKey()
    key.generate_key(crypto.TYPE_DSA, 1024)
    [key.type(), key.bits()]`,
  ours: () => {
    const key = new PKey();
    key.generateKey(TYPE_DSA, 1024);
    return [key.type(), key.bits()];
  },
});

same('a key that is generated anew takes the place of the old one', {
  python: `
    key = crypto.PKey()
    key.generate_key(crypto.TYPE_RSA, 1024)
    key.generate_key(crypto.TYPE_RSA, 512)
    [key.bits(), key.check()]`,
  ours: () => {
    const key = new PKey();
    key.generateKey(TYPE_RSA, 1024);
    key.generateKey(TYPE_RSA, 512);
    return [key.bits(), key.check()];
  },
});

bothRefuseEach(
  'an RSA key of no size',
  { zero: { bits: 0 }, 'a negative number': { bits: -1 } },
  {
    python: 'crypto.PKey().generate_key(crypto.TYPE_RSA, bits)',
    ours: ({ bits }) => new PKey().generateKey(TYPE_RSA, bits),
  },
);

differ('an RSA key that is too small is refused for its bits', differences.boundsOfBits, {
  python: 'crypto.PKey().generate_key(crypto.TYPE_RSA, 100)',
  ours: () => new PKey().generateKey(TYPE_RSA, 100),
  pythonGives: { refusal: 'OpenSSLError rsa routines: key size too small' },
  oursGive: { refusal: 'RangeError' },
});

differ('a DSA key that is too small is not made', differences.boundsOfBits, {
  python: `
    key = crypto.PKey()
    key.generate_key(crypto.TYPE_DSA, 512)
    key.bits()`,
  ours: () => new PKey().generateKey(TYPE_DSA, 256),
  pythonGives: { answer: 512 },
  oursGive: { refusal: 'RangeError' },
});

differ('a type that pyOpenSSL cannot generate is generated', differences.moreTypes, {
  python: 'crypto.PKey().generate_key(crypto.TYPE_EC, 256)',
  ours: () => {
    const key = new PKey();
    key.generateKey(TYPE_EC, { group: 'P-256' });
    return key.bits();
  },
  pythonGives: { refusal: 'OpenSSLError' },
  oursGive: { answer: 256 },
});

differ('a key of a newer kind tells its type by name', differences.namesOfTypes, {
  values: { text: pem.ed25519 },
  python: 'crypto.load_privatekey(PEM, text).type()',
  ours: ({ text }) => loadPrivatekey(FILETYPE_PEM, text).type(),
  pythonGives: { answer: 1087 },
  oursGive: { answer: 'ed25519' },
});

bothRefuse('a type of key that is no type', {
  python: "crypto.PKey().generate_key(b'RSA', 1024)",
  ours: () => new PKey().generateKey(Buffer.from('RSA') as never, 1024),
});

bothRefuse('bits that are no number', {
  python: "crypto.PKey().generate_key(crypto.TYPE_RSA, '1024')",
  ours: () => new PKey().generateKey(TYPE_RSA, '1024' as never),
});

sameForEach('a loaded private key tells its bits', rows, {
  python: 'crypto.load_privatekey(PEM, text).bits()',
  ours: ({ text }) => loadPrivatekey(FILETYPE_PEM, text).bits(),
});

sameForEach(
  'a loaded private key of an old kind tells its type',
  { rsa: { text: pem.rsa }, dsa: { text: pem.dsa }, ec: { text: pem.ec } },
  {
    python: 'crypto.load_privatekey(PEM, text).type()',
    ours: ({ text }) => loadPrivatekey(FILETYPE_PEM, text).type(),
  },
);

same('a consistent RSA key passes the check', {
  python: 'rsa.check()',
  ours: () => rsa.check(),
});

differ('a public key is checked as well', differences.moreTypes, {
  python: 'rsa_public.check()',
  ours: () => rsaPublic.check(),
  pythonGives: { refusal: 'TypeError' },
  oursGive: { answer: true },
});

differ('a key of any kind is checked', differences.moreTypes, {
  python: 'ec.check()',
  ours: () => loadPrivatekey(FILETYPE_PEM, pem.ec).check(),
  pythonGives: { refusal: 'TypeError' },
  oursGive: { answer: true },
});

sameForEach('writes a private key as the same PEM', rows, {
  python: 'crypto.dump_privatekey(PEM, crypto.load_privatekey(PEM, text))',
  ours: ({ text }) => dumpPrivatekey(FILETYPE_PEM, loadPrivatekey(FILETYPE_PEM, text)),
});

sameForEach('writes a private key as the same DER', rows, {
  python: 'crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, text))',
  ours: ({ text }) => dumpPrivatekey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, text)),
});

sameForEach('writes the public part as the same PEM', rows, {
  python: 'crypto.dump_publickey(PEM, crypto.load_privatekey(PEM, text))',
  ours: ({ text }) => dumpPublickey(FILETYPE_PEM, loadPrivatekey(FILETYPE_PEM, text)),
});

sameForEach('writes the public part as the same DER', rows, {
  python: 'crypto.dump_publickey(DER, crypto.load_privatekey(PEM, text))',
  ours: ({ text }) => dumpPublickey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, text)),
});

sameForEach('reads a public key and writes it again', rows, {
  python: `
    der = crypto.dump_publickey(DER, crypto.load_privatekey(PEM, text))
    key = crypto.load_publickey(DER, der)
    [key.bits(), crypto.dump_publickey(PEM, key)]`,
  ours: ({ text }) => {
    const der = dumpPublickey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, text));
    const key = loadPublickey(FILETYPE_ASN1, der);
    return [key.bits(), dumpPublickey(FILETYPE_PEM, key)];
  },
});

sameForEach('reads a private key in DER, PKCS#8 or not', rows, {
  python: `
    der = crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, text))
    crypto.dump_privatekey(PEM, crypto.load_privatekey(DER, der))`,
  ours: ({ text }) => {
    const der = dumpPrivatekey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, text));
    return dumpPrivatekey(FILETYPE_PEM, loadPrivatekey(FILETYPE_ASN1, der));
  },
});

same('takes PEM as bytes as well', {
  python: 'crypto.load_privatekey(PEM, rsa_pem.encode()).bits()',
  ours: () => loadPrivatekey(FILETYPE_PEM, Buffer.from(pem.rsa)).bits(),
});

same('reads the key among other text', {
  python: "crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, 'before\\n' + rsa_pem + 'after\\n'))",
  ours: () => dumpPrivatekey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, `before\n${pem.rsa}after\n`)),
});

same('prints an RSA key with all of its numbers', {
  python: "crypto.dump_privatekey(TEXT, rsa).decode().split('\\n', 1)[1]",
  ours: () => dumpPrivatekey(FILETYPE_TEXT, rsa).toString().split('\n').slice(1).join('\n'),
});

differ('a public key is printed as well', differences.moreTypes, {
  python: 'crypto.dump_publickey(TEXT, rsa)',
  ours: () => dumpPublickey(FILETYPE_TEXT, rsa).toString().split('\n')[0],
  pythonGives: { refusal: 'RangeError' },
  oursGive: { answer: 'Public-Key: (2048 bit)' },
});

differ('a key of any kind is printed', differences.moreTypes, {
  python: 'crypto.dump_privatekey(TEXT, ec)',
  ours: () => dumpPrivatekey(FILETYPE_TEXT, loadPrivatekey(FILETYPE_PEM, pem.ec)).toString().split('\n')[0],
  pythonGives: { refusal: 'TypeError' },
  oursGive: { answer: 'Private-Key: (256 bit)' },
});

bothRefuse('to write a public key as a private one', {
  python: 'crypto.dump_privatekey(PEM, rsa_public)',
  ours: () => dumpPrivatekey(FILETYPE_PEM, rsaPublic),
});

bothRefuse('to write a public key as a private one in DER', {
  python: 'crypto.dump_privatekey(DER, rsa_public)',
  ours: () => dumpPrivatekey(FILETYPE_ASN1, rsaPublic),
});

differ('a key that was never generated is refused for writing by its name', differences.emptyKey, {
  python: 'crypto.dump_privatekey(PEM, crypto.PKey())',
  ours: () => dumpPrivatekey(FILETYPE_PEM, new PKey()),
  pythonGives: { refusal: 'OpenSSLError ENCODER routines: passed invalid argument' },
  oursGive: { refusal: 'TypeError' },
});

differ('the public part of a key that was never generated is refused by its name', differences.emptyKey, {
  python: 'crypto.dump_publickey(DER, crypto.PKey())',
  ours: () => dumpPublickey(FILETYPE_ASN1, new PKey()),
  pythonGives: { refusal: 'OpenSSLError' },
  oursGive: { refusal: 'TypeError' },
});

same('every curve of pyOpenSSL is there, under the same name', {
  python: '{curve.name for curve in crypto.get_elliptic_curves()}',
  ours: () =>
    getEllipticCurves()
      .map((curve) => curve.name)
      .sort(),
});

sameForEach(
  'a curve is found by its name',
  { 'P-256': { name: 'prime256v1' }, 'P-521': { name: 'secp521r1' }, 'of Bitcoin': { name: 'secp256k1' } },
  {
    python: 'crypto.get_elliptic_curve(name).name',
    ours: ({ name }) => getEllipticCurve(name).name,
  },
);

same('a curve that is found twice is the same', {
  python: "crypto.get_elliptic_curve('secp384r1') == crypto.get_elliptic_curve('secp384r1')",
  ours: () => {
    const [one, other] = [getEllipticCurve('secp384r1'), getEllipticCurve('secp384r1')];
    return one === other;
  },
});

bothRefuseEach(
  'a curve that there is not',
  { 'a word': { name: 'circle' }, nothing: { name: '' }, 'a name of NIST': { name: 'P-256' } },
  {
    python: 'crypto.get_elliptic_curve(name)',
    ours: ({ name }) => getEllipticCurve(name),
  },
);

bothRefuse('to write a key as a type that there is not', {
  python: 'crypto.dump_privatekey(7, rsa)',
  ours: () => dumpPrivatekey(7 as never, rsa),
});

bothRefuseEach(
  'to write what is no key',
  { nothing: { key: null }, text: { key: 'key' }, bytes: { key: Buffer.from('key') } },
  {
    python: 'crypto.dump_privatekey(PEM, key)',
    ours: ({ key }) => dumpPrivatekey(FILETYPE_PEM, key as never),
  },
);

bothRefuse('to read a private key of a type that there is not', {
  python: 'crypto.load_privatekey(TEXT, rsa_pem)',
  ours: () => loadPrivatekey(FILETYPE_TEXT as never, pem.rsa),
});

bothRefuse('to read a public key of a type that there is not', {
  python: 'crypto.load_publickey(9, rsa_pem)',
  ours: () => loadPublickey(9 as never, pem.rsa),
});

bothRefuse('PEM that holds no private key', {
  python: "crypto.load_privatekey(PEM, 'words')",
  ours: () => loadPrivatekey(FILETYPE_PEM, 'words'),
});

bothRefuse('DER that is no private key', {
  python: "crypto.load_privatekey(DER, b'words')",
  ours: () => loadPrivatekey(FILETYPE_ASN1, Buffer.from('words')),
});

bothRefuse('PEM that holds no public key', {
  python: "crypto.load_publickey(PEM, 'words')",
  ours: () => loadPublickey(FILETYPE_PEM, 'words'),
});

bothRefuse('DER that is no public key', {
  python: "crypto.load_publickey(DER, b'words')",
  ours: () => loadPublickey(FILETYPE_ASN1, Buffer.from('words')),
});

bothRefuse('a private key where a public one is asked for', {
  python: 'crypto.load_publickey(PEM, rsa_pem)',
  ours: () => loadPublickey(FILETYPE_PEM, pem.rsa),
});

bothRefuse('a public key where a private one is asked for', {
  python: 'crypto.load_privatekey(PEM, crypto.dump_publickey(PEM, rsa))',
  ours: () => loadPrivatekey(FILETYPE_PEM, dumpPublickey(FILETYPE_PEM, rsa)),
});

same('a key that became a `cryptography` key or a KeyObject and came back is the same', {
  python: 'crypto.dump_privatekey(DER, crypto.PKey.from_cryptography_key(rsa.to_cryptography_key()))',
  ours: () => dumpPrivatekey(FILETYPE_ASN1, PKey.fromKeyObject(rsa.toKeyObject())),
});

same('a public key that became a `cryptography` key or a KeyObject and came back is public', {
  python: `
    key = crypto.PKey.from_cryptography_key(rsa_public.to_cryptography_key())
    crypto.dump_publickey(DER, key)`,
  ours: () => dumpPublickey(FILETYPE_ASN1, PKey.fromKeyObject(rsaPublic.toKeyObject())),
});

bothRefuse('to make a key of something else', {
  python: "crypto.PKey.from_cryptography_key('key')",
  ours: () => PKey.fromKeyObject('key' as never),
});

control('another key is another PEM', {
  python: 'crypto.dump_privatekey(PEM, ec)',
  ours: () => dumpPrivatekey(FILETYPE_PEM, rsa),
});

control('text is not bytes', {
  python: 'crypto.dump_privatekey(PEM, rsa).decode()',
  ours: () => dumpPrivatekey(FILETYPE_PEM, rsa),
});

control('an answer is not a refusal', {
  python: 'crypto.load_privatekey(PEM, rsa_pem).bits()',
  ours: () => loadPrivatekey(FILETYPE_PEM, 'words'),
});
