// Private keys made for one run of a test file, by node's own OpenSSL: neither side of a comparison made them.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';

const makers = {
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  dsa: () => generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }),
  ec: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed25519: () => generateKeyPairSync('ed25519'),
  ed448: () => generateKeyPairSync('ed448'),
} as const;

/** A private key, as PKCS#8 in PEM. */
export function freshKey(kind: keyof typeof makers): string {
  return pemOf((makers[kind]() as { privateKey: KeyObject }).privateKey);
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
