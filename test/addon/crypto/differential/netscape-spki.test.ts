// NetscapeSPKI: signed public keys with a challenge, as browsers once made them.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { freshKey } from '../../../support/fresh-keys.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, FILETYPE_ASN1, NetscapeSPKI, PKey, dumpPublickey, loadPrivatekey } = crypto;

const pem = { rsa: freshKey('rsa'), other: freshKey('rsa'), ec: freshKey('ec') };
const key = loadPrivatekey(FILETYPE_PEM, pem.rsa);
const otherKey = loadPrivatekey(FILETYPE_PEM, pem.other);

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: { key_pem: pem.rsa, other_pem: pem.other },
  python: `
    PEM, DER = crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1
    key = crypto.load_privatekey(PEM, key_pem)
    other_key = crypto.load_privatekey(PEM, other_pem)
    def spki(digest='sha256'):
        made = crypto.NetscapeSPKI()
        made.set_pubkey(key)
        if digest:
            made.sign(key, digest)
        return made`,
});

/** The same as in Python. */
function spki(digest = 'sha256'): Tsopenssl.crypto.NetscapeSPKI {
  const made = new NetscapeSPKI();
  made.setPubkey(key);
  if (digest !== '') made.sign(key, digest);
  return made;
}

sameForEach(
  'signs a key, which is the same Base64',
  Object.fromEntries(['md5', 'sha1', 'sha256', 'SHA512'].map((digest) => [digest, { digest }])),
  {
    python: 'spki(digest).b64_encode().decode()',
    ours: ({ digest }) => spki(digest).b64Encode(),
  },
);

same('a signature is found right', {
  python: 'spki().verify(key)',
  ours: () => spki().verify(key),
});

same('a signature is found right with the public key that is inside', {
  python: `
    made = spki()
    made.verify(made.get_pubkey())`,
  ours: () => {
    const made = spki();
    return made.verify(made.getPubkey());
  },
});

same('the public key is the one that was set', {
  python: '[crypto.dump_publickey(DER, spki().get_pubkey()), spki().get_pubkey().bits()]',
  ours: () => [dumpPublickey(FILETYPE_ASN1, spki().getPubkey()), spki().getPubkey().bits()],
});

same('the public key is only public', {
  python: `
    try:
        spki().sign(spki().get_pubkey(), 'sha256')
        signed = True
    except ValueError:
        signed = False
    signed`,
  ours: () => spki().getPubkey().isPrivate(),
});

same('an EC key signs as well', {
  values: { text: pem.ec },
  python: `
    ec_key = crypto.load_privatekey(PEM, text)
    made = crypto.NetscapeSPKI()
    made.set_pubkey(ec_key)
    made.sign(ec_key, 'sha256')
    [made.verify(ec_key), made.get_pubkey().bits()]`,
  ours: ({ text }) => {
    const ecKey = loadPrivatekey(FILETYPE_PEM, text);
    const made = new NetscapeSPKI();
    made.setPubkey(ecKey);
    made.sign(ecKey, 'sha256');
    return [made.verify(ecKey), made.getPubkey().bits()];
  },
});

same('a key that is set after the signature is in what is written', {
  python: `
    made = spki()
    made.set_pubkey(other_key)
    [crypto.dump_publickey(DER, made.get_pubkey()), made.b64_encode().decode()]`,
  ours: () => {
    const made = spki();
    made.setPubkey(otherKey);
    return [dumpPublickey(FILETYPE_ASN1, made.getPubkey()), made.b64Encode()];
  },
});

bothRefuse('a signature over another key', {
  python: `
    made = spki()
    made.set_pubkey(other_key)
    made.verify(key)`,
  ours: () => {
    const made = spki();
    made.setPubkey(otherKey);
    return made.verify(key);
  },
});

bothRefuse('a signature of another key', {
  python: 'spki().verify(other_key)',
  ours: () => spki().verify(otherKey),
});

bothRefuse('to verify what nobody signed', {
  python: "spki('').verify(key)",
  ours: () => spki('').verify(key),
});

bothRefuse('the public key where none was set', {
  python: 'crypto.NetscapeSPKI().get_pubkey()',
  ours: () => new NetscapeSPKI().getPubkey(),
});

bothRefuse('to sign where no key was set', {
  python: "crypto.NetscapeSPKI().sign(key, 'sha256')",
  ours: () => new NetscapeSPKI().sign(key, 'sha256'),
});

differ('a digest that there is not is refused in the words of OpenSSL', differences.unknownAlgorithm, {
  python: "spki().sign(key, 'sha257')",
  ours: () => spki().sign(key, 'sha257'),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'OpenSSLError digital envelope routines: unsupported' },
});

differ('a public key that should sign is refused in the words of OpenSSL', differences.publicSigner, {
  python: "spki().sign(spki().get_pubkey(), 'sha256')",
  ours: () => spki().sign(spki().getPubkey(), 'sha256'),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'OpenSSLError rsa routines: missing private key' },
});

differ('a key that was never generated and should sign is refused by its name', differences.emptyKey, {
  python: "spki().sign(crypto.PKey(), 'sha256')",
  ours: () => spki().sign(new PKey(), 'sha256'),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { refusal: 'TypeError' },
});

differ('a key that was never generated is refused by its name', differences.emptyKey, {
  python: 'spki().set_pubkey(crypto.PKey())',
  ours: () => spki().setPubkey(new PKey()),
  pythonGives: { refusal: 'OpenSSLError x509 certificate routines: unsupported algorithm' },
  oursGive: { refusal: 'TypeError' },
});

differ('what was encoded is read again', differences.readSpki, {
  python: 'crypto.NetscapeSPKI(spki().b64_encode())',
  ours: () => new NetscapeSPKI(spki().b64Encode()).verify(key),
  pythonGives: { refusal: 'TypeError' },
  oursGive: { answer: true },
});

bothRefuseEach(
  'what is no key',
  { text: { wrong: 'key' }, nothing: { wrong: null } },
  {
    python: `
      spki().set_pubkey(wrong)`,
    ours: ({ wrong }) => spki().setPubkey(wrong as never),
  },
);

bothRefuse('to verify with what is no key', {
  python: "spki().verify('key')",
  ours: () => spki().verify('key' as never),
});

control('another digest makes another text', {
  python: "spki('sha1').b64_encode().decode()",
  ours: () => spki('sha256').b64Encode(),
});

control('a signature that is right and one that is wrong are told apart', {
  python: 'spki().verify(key)',
  ours: () => spki().verify(otherKey),
});
