// Takes a DER element's length, and what `openssl x509 -trustout` writes behind a certificate, apart. Nothing else is
// read here: the addon parses certificates.
//
//   TRUSTED CERTIFICATE ::= Certificate, CertAux?                      (i2d_X509_AUX(3))
//   CertAux ::= SEQUENCE {
//     trust  SEQUENCE OF OBJECT IDENTIFIER OPTIONAL,
//     reject [0] IMPLICIT SEQUENCE OF OBJECT IDENTIFIER OPTIONAL,
//     alias  UTF8String OPTIONAL,
//     keyid  OCTET STRING OPTIONAL,
//     other  [1] IMPLICIT SEQUENCE OF AlgorithmIdentifier OPTIONAL }

import { type Purpose, purposes } from './purposes.ts';

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Bytes of the whole element. */
  readonly sizeBytes: number;
}

/** What a certificate's own trust settings say. */
export interface TrustSettings {
  /** As OpenSSL decides; undefined where the settings neither trust nor reject anything. */
  readonly purposes?: readonly Purpose[];
  readonly alias?: string;
}

/** Extended key usages, the bytes of their object identifiers in hex (RFC 5280, 4.2.1.12). */
const keyUsages: Readonly<Record<Purpose, string>> = {
  serverAuthentication: '2b06010505070301',
  emailProtection: '2b06010505070304',
  codeSigning: '2b06010505070303',
};
const anyExtendedKeyUsage = '551d2500';

const SEQUENCE = 0x30;
const CONTEXT_0 = 0xa0;
const UTF8_STRING = 0x0c;

/**
 * How many bytes the SEQUENCE at the start of the bytes takes.
 * @throws {RangeError} no SEQUENCE in DER, or one that is longer than the bytes
 */
export function measureSequence(bytes: Uint8Array): number {
  const element = readElement(bytes);
  if (element.tag === SEQUENCE) return element.sizeBytes;
  throw new RangeError(
    `expected a SEQUENCE (tag 0x30), got tag 0x${element.tag.toString(16).padStart(2, '0')}`,
  );
}

/**
 * Reads trust settings as OpenSSL's obj_trust() does: what is rejected is not trusted, and where a list of trusted
 * usages exists, nothing else is.
 * @param bytes - what follows the certificate; empty where there are no settings
 * @throws {RangeError} no CertAux
 */
export function readTrustSettings(bytes: Uint8Array): TrustSettings {
  if (bytes.length === 0) return {};
  if (measureSequence(bytes) !== bytes.length) throw new RangeError('bytes follow the trust settings');
  const parts = readElements(readElement(bytes).content);
  const find = (tag: number) => parts.find((part) => part.tag === tag)?.content;
  const [trust, reject, alias] = [find(SEQUENCE), find(CONTEXT_0), find(UTF8_STRING)];
  return {
    ...(trust || reject
      ? { purposes: purposes.filter((it) => has(trust, it, true) && !has(reject, it, false)) }
      : {}),
    ...(alias ? { alias: Buffer.from(alias).toString('utf8') } : {}),
  };
}

function has(list: Uint8Array | undefined, purpose: Purpose, absent: boolean): boolean {
  if (list === undefined) return absent;
  const usages = readElements(list).map((usage) => Buffer.from(usage.content).toString('hex'));
  return usages.includes(keyUsages[purpose]) || usages.includes(anyExtendedKeyUsage);
}

function readElements(bytes: Uint8Array): Element[] {
  const elements: Element[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const element = readElement(bytes.subarray(offset));
    elements.push(element);
    offset += element.sizeBytes;
  }
  return elements;
}

function readElement(bytes: Uint8Array): Element {
  const [tag = 0, first = 0x80] = bytes;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (bytes.length < 2 + lengthBytes || lengthBytes > 4 || first === 0x80) {
    throw new RangeError('expected a DER element, got no length that DER allows');
  }
  const digits = bytes.subarray(2, 2 + lengthBytes);
  const length = lengthBytes === 0 ? first : digits.reduce((sum, digit) => sum * 256 + digit, 0);
  const sizeBytes = 2 + lengthBytes + length;
  if (sizeBytes > bytes.length) throw new RangeError(`expected ${sizeBytes} bytes, got ${bytes.length}`);
  return { tag, content: bytes.subarray(2 + lengthBytes, sizeBytes), sizeBytes };
}
