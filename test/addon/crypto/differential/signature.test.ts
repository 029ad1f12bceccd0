// sign and verify: signatures over bytes.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { freshKey } from '../../../support/fresh-keys.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, FILETYPE_ASN1, PKey, sign, verify } = crypto;
const { loadCertificate, loadPrivatekey, loadPublickey, dumpPublickey } = crypto;

const pem = { rsa: freshKey('rsa'), ec: freshKey('ec'), dsa: freshKey('dsa'), ed25519: freshKey('ed25519') };
const key = loadPrivatekey(FILETYPE_PEM, pem.rsa);
const data = Buffer.from('what is signed');

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: { key_pem: pem.rsa, data },
  python: `
    PEM, DER = crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1
    key = crypto.load_privatekey(PEM, key_pem)
    def certificate_of(key):
        made = crypto.X509()
        made.get_subject().CN = 'signer'
        made.set_pubkey(key)
        made.gmtime_adj_notBefore(0)
        made.gmtime_adj_notAfter(3600)
        made.sign(key, 'sha256')
        return made
    certificate = certificate_of(key)`,
});

/** The certificate of the key, as DER. */
const certificate = 'crypto.dump_certificate(DER, certificate)';

interface Given extends Readonly<Record<string, Buffer>> {
  readonly der: Buffer;
  readonly signature: Buffer;
}

/** A signature of pyOpenSSL and the certificate that it belongs to. */
async function signedByPython(python: (source: string) => Promise<Buffer>): Promise<Given> {
  return { der: await python(certificate), signature: await python("crypto.sign(key, data, 'sha256')") };
}

sameForEach(
  'RSA signatures are the same bytes',
  Object.fromEntries(
    ['md5', 'sha1', 'sha224', 'sha256', 'SHA384', 'sha512', 'sha512-256', 'sha3-256', 'ripemd160'].map(
      (digest) => [digest, { digest }],
    ),
  ),
  {
    python: 'crypto.sign(key, data, digest)',
    ours: ({ digest }) => sign(key, data, digest),
  },
);

sameForEach(
  'data of any length is signed',
  {
    nothing: { bytes: Buffer.alloc(0) },
    'one byte': { bytes: Buffer.from([0]) },
    'a million bytes': { bytes: Buffer.alloc(1_000_000, 'abc') },
  },
  {
    python: "crypto.sign(key, bytes, 'sha256')",
    ours: ({ bytes }) => sign(key, bytes, 'sha256'),
  },
);

same('text is signed as its UTF-8', {
  values: { text: 'Ärger 漢 😀' },
  python: "crypto.sign(key, text, 'sha256')",
  ours: ({ text }) => sign(key, text, 'sha256'),
});

sameForEach(
  'pyOpenSSL finds our signature right',
  { rsa: { text: pem.rsa }, ec: { text: pem.ec }, dsa: { text: pem.dsa } },
  {
    values: ({ text }) => ({
      text,
      signature: sign(loadPrivatekey(FILETYPE_PEM, text), data, 'sha256'),
    }),
    python: "crypto.verify(certificate_of(crypto.load_privatekey(PEM, text)), signature, data, 'sha256')",
    ours: () => undefined,
  },
);

sameForEach(
  "this side finds pyOpenSSL's signature right",
  { rsa: { text: pem.rsa }, ec: { text: pem.ec }, dsa: { text: pem.dsa } },
  {
    values: async ({ text }, python) => ({
      der: await python('crypto.dump_certificate(DER, certificate_of(crypto.load_privatekey(PEM, text)))', {
        text,
      }),
      signature: await python("crypto.sign(crypto.load_privatekey(PEM, text), data, 'sha1')", { text }),
    }),
    python: "crypto.verify(crypto.load_certificate(DER, der), signature, data, 'sha1')",
    ours: ({ der, signature }) => verify(loadCertificate(FILETYPE_ASN1, der), signature, data, 'sha1'),
  },
);

bothRefuse('a signature over other data', {
  values: signedByPython,
  python: "crypto.verify(certificate, signature, data + b'.', 'sha256')",
  ours: ({ der, signature }) => verify(loadCertificate(FILETYPE_ASN1, der), signature, `${data}.`, 'sha256'),
});

bothRefuse('a signature with another digest', {
  values: signedByPython,
  python: "crypto.verify(certificate, signature, data, 'sha1')",
  ours: ({ der, signature }) => verify(loadCertificate(FILETYPE_ASN1, der), signature, data, 'sha1'),
});

bothRefuseEach(
  'a signature that was changed',
  {
    'it is cut short': { length: 255, bit: 0 },
    'it is empty': { length: 0, bit: 0 },
    'it is longer': { length: 257, bit: 0 },
    'a bit is flipped': { length: 256, bit: 1 },
  },
  {
    values: async ({ length, bit }, python) => {
      const { der, signature } = await signedByPython(python);
      const changed = Buffer.alloc(length);
      signature.copy(changed);
      if (bit > 0) changed.writeUInt8((changed.at(-1) ?? 0) ^ bit, length - 1);
      return { der, signature: changed };
    },
    python: "crypto.verify(certificate, signature, data, 'sha256')",
    ours: ({ der, signature }) => verify(loadCertificate(FILETYPE_ASN1, der), signature, data, 'sha256'),
  },
);

bothRefuse('a signature of another key', {
  values: async (python) => ({
    ...(await signedByPython(python)),
    other: sign(loadPrivatekey(FILETYPE_PEM, freshKey('rsa')), data, 'sha256'),
  }),
  python: "crypto.verify(certificate, other, data, 'sha256')",
  ours: ({ der, other }) => verify(loadCertificate(FILETYPE_ASN1, der), other, data, 'sha256'),
});

differ(
  'a digest that there is not is refused for signing in the words of OpenSSL',
  differences.unknownAlgorithm,
  {
    python: "crypto.sign(key, data, 'sha257')",
    ours: () => sign(key, data, 'sha257'),
    pythonGives: { refusal: 'RangeError' },
    oursGive: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
  },
);

differ(
  'a digest that there is not is refused for verifying in the words of OpenSSL',
  differences.unknownAlgorithm,
  {
    values: signedByPython,
    python: "crypto.verify(certificate, signature, data, 'sha257')",
    ours: ({ der, signature }) => verify(loadCertificate(FILETYPE_ASN1, der), signature, data, 'sha257'),
    pythonGives: { refusal: 'RangeError' },
    oursGive: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
  },
);

bothRefuse('a digest that no RSA signature can have', {
  python: "crypto.sign(key, data, 'shake128')",
  ours: () => sign(key, data, 'shake128'),
});

bothRefuse('an RSA signature without a digest', {
  python: "crypto.sign(key, data, '')",
  ours: () => sign(key, data, ''),
});

bothRefuse('to sign with a public key', {
  python: "crypto.sign(crypto.load_publickey(DER, crypto.dump_publickey(DER, key)), data, 'sha256')",
  ours: () => sign(loadPublickey(FILETYPE_ASN1, dumpPublickey(FILETYPE_ASN1, key)), data, 'sha256'),
});

differ('a key that was never generated is refused by its name', differences.emptyKey, {
  python: "crypto.sign(crypto.PKey(), data, 'sha256')",
  ours: () => sign(new PKey(), data, 'sha256'),
  pythonGives: { refusal: 'OpenSSLError' },
  oursGive: { refusal: 'TypeError' },
});

bothRefuseEach(
  'to sign with what is no key',
  { text: { wrong: 'key' }, nothing: { wrong: null } },
  {
    python: "crypto.sign(wrong, data, 'sha256')",
    ours: ({ wrong }) => sign(wrong as never, data, 'sha256'),
  },
);

bothRefuseEach(
  'to sign what is no data',
  { 'a number': { wrong: 3 }, nothing: { wrong: null } },
  {
    python: "crypto.sign(key, wrong, 'sha256')",
    ours: ({ wrong }) => sign(key, wrong as never, 'sha256'),
  },
);

bothRefuse('a digest that is a number', {
  python: 'crypto.sign(key, data, 256)',
  ours: () => sign(key, data, 256 as never),
});

bothRefuse('to verify with what is no certificate', {
  values: signedByPython,
  python: "crypto.verify('certificate', signature, data, 'sha256')",
  ours: ({ signature }) => verify('certificate' as never, signature, data, 'sha256'),
});

bothRefuse('a signature that is a number', {
  values: signedByPython,
  python: "crypto.verify(certificate, 3, data, 'sha256')",
  ours: ({ der }) => verify(loadCertificate(FILETYPE_ASN1, der), 3 as never, data, 'sha256'),
});

differ('a key of a newer kind signs, with the digest of its own', differences.ownDigest, {
  values: { text: pem.ed25519 },
  python: "crypto.sign(crypto.load_privatekey(PEM, text), data, 'sha512')",
  ours: ({ text }) => sign(loadPrivatekey(FILETYPE_PEM, text), data).length,
  pythonGives: {
    refusal: 'OpenSSLError digital envelope routines: operation not supported for this keytype',
  },
  oursGive: { answer: 64 },
});

control('another digest makes another signature', {
  python: "crypto.sign(key, data, 'sha256')",
  ours: () => sign(key, data, 'sha512'),
});

control('a signature that is right and one that is wrong are told apart', {
  values: signedByPython,
  python: "crypto.verify(certificate, signature, data, 'sha256')",
  ours: ({ der, signature }) =>
    verify(loadCertificate(FILETYPE_ASN1, der), signature, 'other data', 'sha256'),
});
