// What certdata.txt says: its certificates, each joined with the trust record of the same issuer and serial number.
// The rules, and why each is one, stand in docs/ca-bundles.md.

import { createHash, X509Certificate } from 'node:crypto';
import { describeObject, readBytes, readConstant, readDate, readLabel } from './certdata-attributes.ts';
import { type CertdataObject, certdataError, readCertdataObjects } from './certdata-objects.ts';
import { type Purpose, purposes, type Root } from './types.ts';

const trustAttributes: Readonly<Record<Purpose, string>> = {
  serverAuthentication: 'CKA_TRUST_SERVER_AUTH',
  emailProtection: 'CKA_TRUST_EMAIL_PROTECTION',
  codeSigning: 'CKA_TRUST_CODE_SIGNING',
};

const distrustAfterAttributes: Readonly<Partial<Record<Purpose, string>>> = {
  serverAuthentication: 'CKA_NSS_SERVER_DISTRUST_AFTER',
  emailProtection: 'CKA_NSS_EMAIL_DISTRUST_AFTER',
};

/** What a trust constant makes of a certificate for one purpose. */
type Trust = 'anchor' | 'blocked' | 'leaf' | 'nothing';

/** The attributes that join a certificate and its trust record, as NSS joins them. */
const identity = ['CKA_ISSUER', 'CKA_SERIAL_NUMBER'];

/** NSS's constants, see pkcs11n.h: a bundle holds anchors alone. */
const trustConstants: ReadonlyMap<string, Trust> = new Map([
  ['CKT_NSS_TRUSTED_DELEGATOR', 'anchor'],
  ['CKT_NSS_NOT_TRUSTED', 'blocked'],
  ['CKT_NSS_TRUSTED', 'leaf'],
  ['CKT_NSS_MUST_VERIFY_TRUST', 'nothing'],
  ['CKT_NSS_VALID_DELEGATOR', 'nothing'],
  ['CKT_NSS_TRUST_UNKNOWN', 'nothing'],
]);

/**
 * Reads the certificates of certdata.txt, trusted or not, in the order of the file.
 * @param text - the whole file, decoded from UTF-8
 * @throws {BuildError} ERR_CERTDATA with the line: the file is cut, is not in the grammar, or contradicts itself
 */
export function parseCertdata(text: string): Root[] {
  const objects = readCertdataObjects(text);
  for (const object of objects) checkClass(object);
  const certificates = objects.filter((object) => readClass(object) === 'CKO_CERTIFICATE');
  if (certificates.length === 0) {
    throw certdataError(text.split('\n').length - 1, 'the file holds no certificate: it has been cut');
  }
  indexBy(certificates, ['CKA_VALUE']);
  const byIdentity = indexBy(certificates, identity);
  const trusts = indexBy(
    objects.filter((object) => readClass(object) === 'CKO_NSS_TRUST'),
    identity,
  );
  for (const [key, trust] of trusts) if (!byIdentity.has(key)) checkLoneTrust(trust);
  return [...byIdentity].map(([key, object]) => readRoot(object, trusts.get(key)));
}

function readClass(object: CertdataObject): string {
  return readConstant(object, 'CKA_CLASS', 'CK_OBJECT_CLASS');
}

/** An object of another kind could take trust away, so none is passed over but the marker of a root list. */
function checkClass(object: CertdataObject): void {
  const name = readClass(object);
  if (['CKO_CERTIFICATE', 'CKO_NSS_TRUST', 'CKO_NSS_BUILTIN_ROOT_LIST'].includes(name)) return;
  throw certdataError(object.line, `wanted a class that this parser knows, got ${name}`);
}

/** The objects by the bytes of some attributes, which no two of them may share. */
function indexBy(
  objects: readonly CertdataObject[],
  attributes: readonly string[],
): Map<string, CertdataObject> {
  const index = new Map<string, CertdataObject>();
  for (const object of objects) {
    const key = attributes.map((name) => readBytes(object, name).toString('hex')).join(' ');
    const other = index.get(key);
    if (other !== undefined) {
      const shared = attributes.join(' and ');
      throw certdataError(
        object.line,
        `${describeObject(object)} has the same ${shared} as the one in line ${other.line}`,
      );
    }
    index.set(key, object);
  }
  return index;
}

/** Mozilla blocks some certificates that it does not ship: such a record takes trust away and gives none. */
function checkLoneTrust(trust: CertdataObject): void {
  const given = Object.values(readTrust(trust));
  if (given.includes('blocked') && !given.includes('anchor') && !given.includes('leaf')) return;
  throw certdataError(trust.line, `${describeObject(trust)} has no certificate, and does not only distrust`);
}

function readRoot(object: CertdataObject, trust: CertdataObject | undefined): Root {
  if (trust === undefined) throw certdataError(object.line, `${describeObject(object)} has no trust record`);
  const der = readCertificate(object);
  checkDigest(trust, der, object.line);
  const given = readTrust(trust);
  return {
    name: readLabel(object),
    der,
    trusted: purposes.filter((purpose) => given[purpose] === 'anchor'),
    distrusted: purposes.filter((purpose) => given[purpose] === 'blocked'),
    distrustAfter: readDistrustAfter(object),
  };
}

function readCertificate(object: CertdataObject): Buffer {
  const der = readBytes(object, 'CKA_VALUE');
  const line = object.attributes.get('CKA_VALUE')?.line ?? object.line;
  const problem = `CKA_VALUE of ${describeObject(object)} is not one DER certificate`;
  try {
    // OpenSSL passes over bytes after the certificate
    if (!new X509Certificate(der).raw.equals(der)) throw new RangeError('bytes follow the certificate');
  } catch (cause) {
    throw certdataError(line, problem, { cause });
  }
  for (const name of ['CKA_SUBJECT', ...identity]) {
    if (der.includes(readBytes(object, name))) continue;
    throw certdataError(
      object.attributes.get(name)?.line ?? object.line,
      `${name} of ${describeObject(object)} is not in its CKA_VALUE`,
    );
  }
  return der;
}

function checkDigest(trust: CertdataObject, der: Uint8Array, line: number): void {
  const name = 'CKA_CERT_SHA1_HASH';
  if (createHash('sha1').update(der).digest().equals(readBytes(trust, name))) return;
  throw certdataError(
    trust.attributes.get(name)?.line ?? trust.line,
    `${name} is not the SHA-1 of the certificate in line ${line}`,
  );
}

function readTrust(trust: CertdataObject): Readonly<Record<Purpose, Trust>> {
  const read = (purpose: Purpose): Trust => {
    const name = trustAttributes[purpose];
    const constant = readConstant(trust, name, 'CK_TRUST');
    const meaning = trustConstants.get(constant);
    if (meaning !== undefined) return meaning;
    throw certdataError(
      trust.attributes.get(name)?.line ?? trust.line,
      `wanted a trust constant of NSS for ${name}, got ${constant}`,
    );
  };
  const given = {
    serverAuthentication: read('serverAuthentication'),
    emailProtection: read('emailProtection'),
    codeSigning: read('codeSigning'),
  };
  // always the last attribute: without it the record has been cut
  readConstant(trust, 'CKA_TRUST_STEP_UP_APPROVED', 'CK_BBOOL');
  return given;
}

function readDistrustAfter(object: CertdataObject): Root['distrustAfter'] {
  return Object.fromEntries(
    Object.entries(distrustAfterAttributes).flatMap(([purpose, name]) => {
      const date = readDate(object, name);
      return date === undefined ? [] : [[purpose, date]];
    }),
  );
}
