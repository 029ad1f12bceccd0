// Checks an OpenPGP detached signature against one pinned key (RFC 9580).

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Signature } from 'openpgp';
import { BuildError } from '../errors.ts';

/**
 * Verifies `file` against a detached signature, armoured or binary. The key must have been valid when it signed; that it
 * has expired since does not matter.
 * @param fingerprint - of the primary key, upper-case hex
 * @throws {BuildError} ERR_SIGNATURE
 */
export async function verifySignature(
  file: string,
  signatureBytes: Uint8Array,
  armoredKey: string,
  fingerprint: string,
): Promise<void> {
  const name = path.basename(file, '.part');
  const fail = (what: string, cause?: unknown): BuildError =>
    new BuildError(
      'ERR_SIGNATURE',
      `${name}: wanted a signature by ${fingerprint}, ${what}; the file was deleted`,
      { cause },
    );
  // read when it is needed: the command line starts in half the time
  const { createMessage, readKey, verify } = await import('openpgp');
  const key = await readKey({ armoredKey });
  const found = key.getFingerprint().toUpperCase();
  if (found !== fingerprint) throw fail(`but the key file holds ${found}`);
  const signature = await parseSignature(signatureBytes).catch((error: unknown) => {
    throw fail('found no readable signature', error);
  });
  const created = signature.packets[0]?.created;
  if (created == null) throw fail('found a signature that says no time');
  const message = await createMessage({ binary: await readFile(file) });
  const { signatures } = await verify({ message, signature, verificationKeys: key, date: created });
  const results = await Promise.all(
    signatures.map((one) => one.verified.then(() => undefined).catch((error: unknown) => error ?? 'unknown')),
  );
  if (results.length === 0 || !results.includes(undefined)) {
    throw fail(
      `found a signature by ${signatures[0]?.keyID.toHex() ?? 'nobody'} that does not verify`,
      results[0],
    );
  }
}

async function parseSignature(bytes: Uint8Array): Promise<Signature> {
  const { readSignature } = await import('openpgp');
  const text = Buffer.from(bytes).toString('latin1');
  return text.startsWith('-----BEGIN')
    ? readSignature({ armoredSignature: text })
    : readSignature({ binarySignature: Uint8Array.from(bytes) });
}
