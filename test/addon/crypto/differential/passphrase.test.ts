// Passphrases of private keys: bytes and callbacks, ciphers, and what is refused.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { freshKey } from '../../../support/fresh-keys.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, FILETYPE_ASN1, loadPrivatekey, dumpPrivatekey } = crypto;

const text = freshKey('rsa');
const key = loadPrivatekey(FILETYPE_PEM, text);
const der = dumpPrivatekey(FILETYPE_ASN1, key);
const secret = Buffer.from('open sesame');
const encrypted = dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc', secret);
const long = Buffer.alloc(1024, 'x');

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: { text, secret, encrypted, long },
  python: `
    PEM, DER = crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1
    key = crypto.load_privatekey(PEM, text)`,
});

sameForEach(
  'each side reads what the other encrypted',
  {
    'AES-256-CBC': { cipher: 'aes-256-cbc' },
    'AES-128-CBC': { cipher: 'aes-128-cbc' },
    'a short name': { cipher: 'aes256' },
    'capital letters': { cipher: 'AES-192-CBC' },
    '3DES': { cipher: 'des-ede3-cbc' },
    Camellia: { cipher: 'camellia-256-cbc' },
  },
  {
    python: `
      written = crypto.dump_privatekey(PEM, key, cipher, secret)
      [written.split(b'\\n')[0], crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, written, secret))]`,
    ours: ({ cipher }) => {
      const written = dumpPrivatekey(FILETYPE_PEM, key, cipher, secret);
      const [first = ''] = written.toString().split('\n');
      return [
        Buffer.from(first),
        dumpPrivatekey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, written, secret)),
      ];
    },
  },
);

same('this side reads what pyOpenSSL encrypted', {
  values: async (python) => ({
    written: await python("crypto.dump_privatekey(PEM, key, 'aes-256-cbc', secret)"),
  }),
  python: 'crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, written, secret))',
  ours: ({ written }) => dumpPrivatekey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, written, secret)),
});

same('pyOpenSSL reads what this side encrypted', {
  values: { written: encrypted },
  python: 'crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, written, secret))',
  ours: () => der,
});

same('reads a key that pyOpenSSL encrypted with the key of a callback', {
  values: async (python) => ({
    written: await python("crypto.dump_privatekey(PEM, key, 'aes-128-cbc', lambda writing: secret)"),
  }),
  python: 'crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, written, lambda writing: secret))',
  ours: ({ written }) =>
    dumpPrivatekey(
      FILETYPE_ASN1,
      loadPrivatekey(FILETYPE_PEM, written, () => secret),
    ),
});

same('a callback is asked for reading with false, once', {
  python: `
    asked = []
    def passphrase(writing):
        asked.append(bool(writing))
        return secret
    crypto.load_privatekey(PEM, encrypted, passphrase)
    asked`,
  ours: () => {
    const asked: boolean[] = [];
    loadPrivatekey(FILETYPE_PEM, encrypted, (writing: boolean) => {
      asked.push(writing);
      return secret;
    });
    return asked;
  },
});

same('a callback is asked for writing with true, once', {
  python: `
    asked = []
    def passphrase(writing):
        asked.append(bool(writing))
        return secret
    crypto.dump_privatekey(PEM, key, 'aes-256-cbc', passphrase)
    asked`,
  ours: () => {
    const asked: boolean[] = [];
    dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc', (writing: boolean) => {
      asked.push(writing);
      return secret;
    });
    return asked;
  },
});

same('a callback is not asked for a key that is not encrypted', {
  python: `
    asked = []
    crypto.load_privatekey(PEM, text, lambda writing: asked.append(1))
    asked`,
  ours: () => {
    const asked: number[] = [];
    loadPrivatekey(FILETYPE_PEM, text, () => {
      asked.push(1);
      return secret;
    });
    return asked;
  },
});

same('a passphrase is not looked at where none is needed', {
  python: 'crypto.load_privatekey(PEM, text, secret).bits()',
  ours: () => loadPrivatekey(FILETYPE_PEM, text, secret).bits(),
});

differ('a passphrase without a cipher is not passed over', differences.passphraseWithoutCipher, {
  python: 'crypto.dump_privatekey(PEM, key, None, secret) == crypto.dump_privatekey(PEM, key)',
  ours: () => dumpPrivatekey(FILETYPE_PEM, key, undefined, secret),
  pythonGives: { answer: true },
  oursGive: { refusal: 'TypeError' },
});

same('a passphrase may have 1024 bytes', {
  python: `
    written = crypto.dump_privatekey(PEM, key, 'aes-256-cbc', long)
    crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, written, long))`,
  ours: () => {
    const written = dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc', long);
    return dumpPrivatekey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, written, long));
  },
});

same('a passphrase may hold NUL and bytes that are no UTF-8', {
  values: async (python) => {
    const odd = Buffer.from([0x61, 0, 0xff, 0xfe]);
    return {
      odd,
      written: await python("crypto.dump_privatekey(PEM, key, 'aes-256-cbc', odd)", { odd }),
    };
  },
  python: 'crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, written, odd))',
  ours: ({ written, odd }) => dumpPrivatekey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, written, odd)),
});

same('a passphrase may be empty', {
  values: async (python) => ({
    written: await python("crypto.dump_privatekey(PEM, key, 'aes-256-cbc', b'')"),
  }),
  python: "crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, written, b''))",
  ours: ({ written }) =>
    dumpPrivatekey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, written, Buffer.alloc(0))),
});

bothRefuse('a passphrase of 1025 bytes for writing', {
  python: "crypto.dump_privatekey(PEM, key, 'aes-256-cbc', long + b'x')",
  ours: () => dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc', Buffer.alloc(1025, 'x')),
});

bothRefuse('a passphrase of 1025 bytes for reading', {
  python: "crypto.load_privatekey(PEM, encrypted, long + b'x')",
  ours: () => loadPrivatekey(FILETYPE_PEM, encrypted, Buffer.alloc(1025, 'x')),
});

bothRefuse('a passphrase of 1025 bytes from a callback', {
  python: "crypto.load_privatekey(PEM, encrypted, lambda writing: long + b'x')",
  ours: () => loadPrivatekey(FILETYPE_PEM, encrypted, () => Buffer.alloc(1025, 'x')),
});

bothRefuseEach(
  'the wrong passphrase',
  { another: { wrong: Buffer.from('wrong') }, 'an empty one': { wrong: Buffer.alloc(0) } },
  {
    python: 'crypto.load_privatekey(PEM, encrypted, wrong)',
    ours: ({ wrong }) => loadPrivatekey(FILETYPE_PEM, encrypted, wrong),
  },
);

bothRefuse('the wrong passphrase from a callback', {
  python: "crypto.load_privatekey(PEM, encrypted, lambda writing: b'wrong')",
  ours: () => loadPrivatekey(FILETYPE_PEM, encrypted, () => Buffer.from('wrong')),
});

bothRefuse('a passphrase that is a number', {
  python: 'crypto.load_privatekey(PEM, encrypted, 3)',
  ours: () => loadPrivatekey(FILETYPE_PEM, encrypted, 3 as never),
});

differ('DER may be encrypted as well', differences.encryptedDer, {
  python: "crypto.dump_privatekey(DER, key, 'aes-256-cbc', secret)",
  ours: () => {
    const written = dumpPrivatekey(FILETYPE_ASN1, key, 'aes-256-cbc', secret);
    return loadPrivatekey(FILETYPE_ASN1, written, secret).bits();
  },
  pythonGives: { refusal: 'RangeError' },
  oursGive: { answer: 2048 },
});

differ('a passphrase is taken for DER that is not encrypted', differences.encryptedDer, {
  python: 'crypto.load_privatekey(DER, crypto.dump_privatekey(DER, key), secret)',
  ours: () => loadPrivatekey(FILETYPE_ASN1, der, secret).bits(),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { answer: 2048 },
});

differ('a passphrase may be text', differences.textPassphrase, {
  python: "crypto.load_privatekey(PEM, encrypted, 'open sesame')",
  ours: () => loadPrivatekey(FILETYPE_PEM, encrypted, 'open sesame').bits(),
  pythonGives: { refusal: 'TypeError' },
  oursGive: { answer: 2048 },
});

differ('a callback may answer with text', differences.textPassphrase, {
  python: "crypto.load_privatekey(PEM, encrypted, lambda writing: 'open sesame')",
  ours: () => loadPrivatekey(FILETYPE_PEM, encrypted, () => 'open sesame').bits(),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { answer: 2048 },
});

differ('a callback that answers nothing is refused for the type', differences.wrongTypes, {
  python: 'crypto.load_privatekey(PEM, encrypted, lambda writing: None)',
  ours: () => loadPrivatekey(FILETYPE_PEM, encrypted, () => null as never),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'TypeError' },
});

bothRefuse('a cipher without a passphrase', {
  python: "crypto.dump_privatekey(PEM, key, 'aes-256-cbc')",
  ours: () => dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc'),
});

differ('a cipher that there is not is refused in the words of OpenSSL', differences.unknownAlgorithm, {
  python: "crypto.dump_privatekey(PEM, key, 'aes-257-cbc', secret)",
  ours: () => dumpPrivatekey(FILETYPE_PEM, key, 'aes-257-cbc', secret),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
});

bothRefuse('a cipher that no key can be encrypted with', {
  python: "crypto.dump_privatekey(PEM, key, 'aes-256-gcm', secret)",
  ours: () => dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-gcm', secret),
});

same('what a callback throws arrives as it is', {
  python: `
    def passphrase(writing):
        raise KeyError('my own')
    try:
        crypto.load_privatekey(PEM, encrypted, passphrase)
        said = None
    except KeyError as error:
        said = error.args[0]
    said`,
  ours: () => {
    try {
      loadPrivatekey(FILETYPE_PEM, encrypted, () => {
        throw new ReferenceError('my own');
      });
      return undefined;
    } catch (error) {
      return error instanceof ReferenceError ? error.message : error;
    }
  },
});

control('the wrong passphrase on one side is a difference', {
  python: 'crypto.dump_privatekey(DER, crypto.load_privatekey(PEM, encrypted, secret))',
  ours: () => dumpPrivatekey(FILETYPE_ASN1, loadPrivatekey(FILETYPE_PEM, encrypted, Buffer.from('wrong'))),
});
