// The values of a certdata object's attributes. A missing one, or one of another type, is an error with its line.

import { type CertdataObject, certdataError, quote } from './certdata-objects.ts';

/**
 * Reads a constant, such as the CKO_… of CKA_CLASS.
 * @param type - the type that the attribute must have, such as `CK_OBJECT_CLASS`
 * @throws {BuildError} ERR_CERTDATA the object lacks it, or it has another type
 */
export function readConstant(object: CertdataObject, name: string, type: string): string {
  const { value } = readAttribute(object, name, [type]);
  return String(value);
}

/**
 * Reads bytes in octal.
 * @throws {BuildError} ERR_CERTDATA the object lacks it, or it has another type
 */
export function readBytes(object: CertdataObject, name: string): Buffer {
  const { value } = readAttribute(object, name, ['MULTILINE_OCTAL']);
  return Buffer.from(value);
}

/**
 * Reads CKA_LABEL, with `\xNN` (a byte of UTF-8), `\"` and `\\` resolved.
 * @throws {BuildError} ERR_CERTDATA it is missing, empty, not in quotes, or could not stand on one line of a bundle
 */
export function readLabel(object: CertdataObject): string {
  const { value, line } = readAttribute(object, 'CKA_LABEL', ['UTF8']);
  const quoted = /^"((?:[^"\\]|\\x[0-9A-Fa-f]{2}|\\["\\])+)"$/.exec(String(value))?.[1];
  const label = quoted === undefined ? undefined : unescapeLabel(quoted);
  // dashes at the start would read as a PEM boundary
  if (label === undefined || /^\s|^-|\s$|\p{Cc}|\u2028|\u2029/u.test(label)) {
    throw certdataError(line, `wanted a label in quotes, on one line, got ${quote(String(value))}`);
  }
  return label;
}

/**
 * Reads a distrust-after date: the digits of an ASN.1 UTCTime, YYMMDDhhmmssZ, or CK_FALSE for none.
 * @returns ISO 8601 in UTC with whole seconds, or undefined where there is no date
 * @throws {BuildError} ERR_CERTDATA it is neither of the two
 */
export function readDate(object: CertdataObject, name: string): string | undefined {
  if (!object.attributes.has(name)) return undefined;
  const { type, value, line } = readAttribute(object, name, ['MULTILINE_OCTAL', 'CK_BBOOL']);
  if (type === 'CK_BBOOL' && value === 'CK_FALSE') return undefined;
  const digits = Buffer.from(value).toString('latin1');
  const date = /^\d{12}Z$/.test(digits) ? parseUtcTime(digits) : undefined;
  if (date === undefined) {
    throw certdataError(line, `wanted CK_FALSE or a date as YYMMDDhhmmssZ in ${name}, got ${quote(digits)}`);
  }
  return date;
}

/** The object as an error message calls it: its class's last word and its label. */
export function describeObject(object: CertdataObject): string {
  const label = object.attributes.get('CKA_LABEL')?.value ?? 'without a label';
  const kind = object.attributes.get('CKA_CLASS')?.value === 'CKO_NSS_TRUST' ? 'trust record' : 'certificate';
  return `${kind} ${String(label)}`;
}

function readAttribute(object: CertdataObject, name: string, types: readonly string[]) {
  const attribute = object.attributes.get(name);
  if (attribute === undefined) throw certdataError(object.line, `${describeObject(object)} lacks ${name}`);
  if (types.includes(attribute.type)) return attribute;
  throw certdataError(attribute.line, `wanted ${types.join(' or ')} for ${name}, got ${attribute.type}`);
}

function unescapeLabel(text: string): string | undefined {
  const parts = text.match(/\\x[0-9A-Fa-f]{2}|\\["\\]|[^\\]+/g) ?? [];
  const bytes = parts.map((part) => {
    if (part.startsWith('\\x')) return Buffer.from(part.slice(2), 'hex');
    return Buffer.from(part.startsWith('\\') ? part.slice(1) : part);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes));
  } catch {
    return undefined;
  }
}

/** X.509's century: 50 to 99 are of the twentieth (RFC 5280, section 4.1.2.5.1). */
function parseUtcTime(digits: string): string | undefined {
  const century = digits >= '5' ? '19' : '20';
  const iso = `${century}${digits}`.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const time = Date.parse(iso);
  // Date.parse moves 31 February into March
  return Number.isNaN(time) || formatDate(new Date(time)) !== iso ? undefined : iso;
}

/** ISO 8601 in UTC with whole seconds. */
export function formatDate(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
