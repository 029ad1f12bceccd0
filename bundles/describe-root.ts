// A root with the fields of its certificate that people and programs read.

import { X509Certificate } from 'node:crypto';
import { formatDate } from './certdata-attributes.ts';
import type { Root } from './types.ts';

export interface DescribedRoot extends Root {
  /** One line: subject, key and validity. */
  readonly description: string;
  /** RFC 4514, most specific attribute first: `CN=X,O=Y\, Inc.,C=US`. */
  readonly subject: string;
  /** RFC 4514. */
  readonly issuer: string;
  /** Upper-case hex, as `openssl x509 -serial` prints it. */
  readonly serial: string;
  /** ISO 8601, UTC, whole seconds. */
  readonly notBefore: string;
  /** ISO 8601, UTC, whole seconds. */
  readonly notAfter: string;
  /** `AA:BB:…`, of the DER. */
  readonly sha1: string;
  /** `AA:BB:…`, of the DER. */
  readonly sha256: string;
}

/**
 * Reads the fields of a root's certificate.
 * @throws {Error} node:crypto cannot read it; parseCertdata answers no such root
 */
export function describeRoot(root: Root): DescribedRoot {
  const certificate = new X509Certificate(root.der);
  const subject = toRfc4514(certificate.subject);
  const notBefore = formatDate(new Date(certificate.validFrom));
  const notAfter = formatDate(new Date(certificate.validTo));
  const validity = `valid from ${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`;
  return {
    ...root,
    description: `${subject}; ${describeKey(certificate)}; ${validity}`,
    subject,
    issuer: toRfc4514(certificate.issuer),
    serial: evenLength(certificate.serialNumber),
    notBefore,
    notAfter,
    sha1: certificate.fingerprint,
    sha256: certificate.fingerprint256,
  };
}

/** Node writes the serial number 0 as one digit. */
function evenLength(hex: string): string {
  return hex.padStart(hex.length + (hex.length % 2), '0');
}

/**
 * Node gives one RDN a line, in the order of the certificate, with the escapes of RFC 2253 and ` + ` between the
 * attributes of one RDN. RFC 4514 wants the reverse order and no blanks. In a value a plus sign and a line feed are
 * escaped, hence both separators are unambiguous.
 */
function toRfc4514(name: string): string {
  const rdns = name.split('\n').map((rdn) => rdn.split(' + ').reverse().join('+'));
  return rdns.reverse().join(',');
}

function describeKey({ publicKey }: X509Certificate): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  const size = modulusLength === undefined ? namedCurve : `${modulusLength} bits`;
  return [publicKey.asymmetricKeyType?.toUpperCase(), size].filter((part) => part !== undefined).join(' ');
}
