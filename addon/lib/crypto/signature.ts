// Signatures over bytes: pyOpenSSL's sign and verify.

import { native } from '../native.ts';
import { OpenSSLError } from '../openssl-error.ts';
import { bytesOrText, requireBytes, requireText } from './arguments.ts';
import { certificateHandle, type X509 } from './certificate.ts';
import { createPKey, keyHandle, PKey } from './key.ts';

/**
 * Signs bytes.
 * @param pkey - a private key
 * @param data - what is signed; text as UTF-8
 * @param digest - a digest that OpenSSL knows, such as `sha256`; none for kinds of keys that have their own (ed25519, ML-DSA)
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} a digest where the kind of key takes none, or none where it wants one
 * @throws {OpenSSLError} an unknown digest, or a key that cannot sign
 * @see EVP_DigestSign(3)
 */
export function sign(pkey: PKey, data: string | Uint8Array, digest?: string): Buffer {
  return native.sign(keyHandle(pkey, 'pkey'), bytesOrText(data, 'data'), digestName(digest));
}

/**
 * Verifies a signature.
 * @param key - a certificate, whose key is taken, or a key
 * @param signature - what {@link sign} returned
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} a digest where the kind of key takes none, or none where it wants one
 * @throws {OpenSSLError} the signature is not right, or the key cannot verify
 * @see EVP_DigestVerify(3)
 */
export function verify(
  key: X509 | PKey,
  signature: Uint8Array,
  data: string | Uint8Array,
  digest?: string,
): void {
  const pkey = key instanceof PKey ? key : createPKey(native.certificatePublicKey(certificateHandle(key)));
  const queue = native.verify(
    keyHandle(pkey, 'key'),
    requireBytes(signature, 'signature'),
    bytesOrText(data, 'data'),
    digestName(digest),
  );
  if (queue !== undefined)
    throw new OpenSSLError('verifying a signature: it is not right', queue, { code: 'ERR_SIGNATURE' });
}

/** @internal An empty name stands for none. */
export function digestName(digest: string | undefined): string {
  return digest === undefined ? '' : requireText(digest, 'digest');
}
