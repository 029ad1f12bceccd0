// The certificates of a bundle's text: found, decoded and named, and each broken one an error with its place.

import { measureSequence, readTrustSettings, type TrustSettings } from './der.ts';
import { CABundleError } from './errors.ts';
import { findHeaderDescription, findHeaderName } from './header.ts';
import { findPemBlocks, type PemBlock, quote } from './pem.ts';

/** A certificate of a bundle. */
export interface BundledCertificate {
  /** From 1. */
  readonly position: number;
  /** Line of BEGIN, from 1. */
  readonly line: number;
  /** What the text above calls it. */
  readonly name: string | undefined;
  /** What the text above says about it. */
  readonly description: string | undefined;
  /** The certificate alone, DER. */
  readonly der: Uint8Array;
  /** Of a TRUSTED CERTIFICATE. */
  readonly trust: TrustSettings;
}

/** RFC 7468 and OpenSSL's pem.h. Any other block, such as a key beside its certificate, is passed over. */
const certificateLabels = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];
const containerLabels = ['PKCS7', 'CMS', 'PKCS #7 SIGNED DATA'];

/**
 * Finds the certificates of a bundle.
 * @param text - PEM with anything around it; comments alone are an empty bundle
 * @throws {TypeError} not a string
 * @throws {CABundleError} ERR_CA_BUNDLE_TEXT: no PEM, such as a path; ERR_CA_BUNDLE_CERTIFICATE: a broken certificate
 */
export function parseBundle(text: string): BundledCertificate[] {
  if (typeof text !== 'string')
    throw new TypeError(`Expected PEM text for bundle, got ${describeType(text)}`);
  const blocks = findPemBlocks(text);
  if (blocks.length === 0) requireCommentsAlone(text);
  const certificates: BundledCertificate[] = [];
  for (const block of blocks) {
    if (certificateLabels.includes(block.label)) certificates.push(readBlock(block, certificates.length + 1));
    else requireOther(block);
  }
  const [other] = blocks;
  if (certificates.length > 0 || other === undefined) return certificates;
  throw textError(`certificates, got a ${other.label} block and none`, other.line);
}

/** The error of one certificate: which one, where and why. */
export function certificateError(
  place: Pick<BundledCertificate, 'position' | 'line' | 'name'>,
  why: string,
  options: { line?: number; cause?: unknown } = {},
): CABundleError {
  const name = place.name === undefined ? '' : ` (${quote(place.name)})`;
  const line = options.line ?? place.line;
  const where = line === place.line ? '' : `line ${line}: `;
  return new CABundleError(
    'ERR_CA_BUNDLE_CERTIFICATE',
    `Certificate ${place.position}${name} at line ${place.line} of the bundle is broken: ${where}${why}`,
    { line, position: place.position, ...(place.name === undefined ? {} : { certificateName: place.name }) },
    options.cause === undefined ? {} : { cause: options.cause },
  );
}

function readBlock(block: PemBlock, position: number): BundledCertificate {
  const name = findHeaderName(block.header);
  const place = { position, line: block.line, name };
  if (block.problem !== undefined) throw certificateError(place, block.problem.text, block.problem);
  const bytes = decodeBody(block, place);
  try {
    const der = bytes.subarray(0, measureSequence(bytes));
    const rest = bytes.subarray(der.length);
    if (rest.length > 0 && block.label !== 'TRUSTED CERTIFICATE') {
      throw new RangeError(`${rest.length} bytes follow the certificate`);
    }
    const trust = readTrustSettings(rest);
    return {
      ...place,
      name: name ?? trust.alias,
      description: findHeaderDescription(block.header, name),
      der,
      trust,
    };
  } catch (cause) {
    throw certificateError(place, (cause as Error).message, { cause });
  }
}

function decodeBody(block: PemBlock, place: Parameters<typeof certificateError>[0]): Buffer {
  let base64 = '';
  for (const line of block.body) {
    const text = line.text.replaceAll(/\s/g, '');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || (text !== '' && base64.endsWith('='))) {
      throw certificateError(place, `expected base64, got ${quote(line.text)}`, { line: line.number });
    }
    base64 += text;
  }
  if (base64.length % 4 !== 0) {
    const line = block.line + block.body.length + 1;
    throw certificateError(place, `the base64 ends in the middle, after ${base64.length} characters`, {
      line,
    });
  }
  return Buffer.from(base64, 'base64');
}

/** A key or a CRL beside the certificates is no concern of ours; a container that may hide certificates is. */
function requireOther(block: PemBlock): void {
  const what = `the ${block.label} block at line ${block.line}`;
  if (containerLabels.includes(block.label)) {
    const advice = 'unpack it with: openssl pkcs7 -print_certs -in FILE';
    throw textError(`certificates, got ${what}, which may hold some; ${advice}`, block.line);
  }
  if (block.problem !== undefined)
    throw textError(`whole PEM blocks, but ${what} is not: ${block.problem.text}`, block.line);
}

function requireCommentsAlone(text: string): void {
  const lines = text.split(/[\r\n]+/).map((line) => line.replace(/^\uFEFF/, '').trim());
  const first = lines.find((line) => line !== '' && !line.startsWith('#'));
  if (first === undefined) return;
  const advice = lines.length === 1 ? '; if it is a path, read the file first: getCaBundle(path)' : '';
  throw textError(`PEM text for bundle, got text without a BEGIN CERTIFICATE line: ${quote(first)}${advice}`);
}

function textError(what: string, line?: number): CABundleError {
  return new CABundleError('ERR_CA_BUNDLE_TEXT', `Expected ${what}`, line === undefined ? {} : { line });
}

function describeType(value: unknown): string {
  if (value === null) return 'null';
  return value instanceof Uint8Array ? 'bytes; decode them first' : typeof value;
}
