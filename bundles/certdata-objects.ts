// The grammar of certdata.txt, NSS's text form of PKCS #11 objects:
//
//   # comment                                     anywhere but in an octal block
//   BEGINDATA                                     once, before the first object
//   CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE     starts an object
//   CKA_LABEL UTF8 "GlobalSign Root CA"           an attribute: name, type, value
//   CKA_VALUE MULTILINE_OCTAL                     an attribute of bytes, each \ and three octal digits, up to END
//   \060\202
//   END
//
// Every line ends with a line feed. Comments and blank lines belong to the object that follows them, so a file that
// ends with one has been cut.
// See nss/lib/ckfw/builtins/certdata.perl for the reader that NSS itself uses.

import { BuildError } from '../build/errors.ts';

/** One attribute: bytes for an octal block, else the text after the type as it stands. */
interface CertdataAttribute {
  readonly type: string;
  readonly value: string | Uint8Array;
  /** Line that names the attribute, counted from 1. */
  readonly line: number;
}

/** One object, by attribute name. CKA_CLASS is among them. */
export interface CertdataObject {
  readonly attributes: ReadonlyMap<string, CertdataAttribute>;
  /** Line of CKA_CLASS, counted from 1. */
  readonly line: number;
}

const attributeLine = /^(CKA_[A-Z0-9_]+) (CK_[A-Z0-9_]+|UTF8|ASCII7|MULTILINE_OCTAL)(?: (.+))?$/;
const octalLine = /^(?:\\[0-3][0-7]{2})+$/;

/**
 * Splits certdata.txt into its objects.
 * @param text - the whole file
 * @throws {BuildError} ERR_CERTDATA with the line that is not in the grammar, or where the file ends too early
 */
export function readCertdataObjects(text: string): CertdataObject[] {
  const lines = splitLines(text);
  const objects: { attributes: Map<string, CertdataAttribute>; line: number }[] = [];
  for (let index = findData(lines) + 1; index < lines.length; index += 1) {
    const content = lines[index] ?? '';
    if (isFiller(content)) continue;
    const line = index + 1;
    const [, name, type, inline] = attributeLine.exec(content) ?? [];
    if (name === undefined || type === undefined || (inline === undefined) !== (type === 'MULTILINE_OCTAL')) {
      throw certdataError(line, `wanted an attribute (name, type, value), got ${quote(content)}`);
    }
    const block = inline === undefined ? readOctal(lines, index + 1, name) : undefined;
    if (name === 'CKA_CLASS') objects.push({ attributes: new Map(), line });
    const attributes = objects.at(-1)?.attributes;
    if (attributes === undefined) throw certdataError(line, `wanted CKA_CLASS first, got ${name}`);
    if (attributes.has(name)) throw certdataError(line, `${name} stands twice in one object`);
    attributes.set(name, { type, value: block?.bytes ?? inline ?? '', line });
    index = block?.end ?? index;
  }
  if (isFiller(lines.at(-1) ?? '')) {
    throw certdataError(lines.length, 'the file ends with a comment or a blank line: it has been cut');
  }
  return objects;
}

/** Builds the error of every rule: `certdata.txt line 12: …`. */
export function certdataError(line: number, problem: string, options?: ErrorOptions): BuildError {
  return new BuildError('ERR_CERTDATA', `certdata.txt line ${line}: ${problem}`, options);
}

/** The start of a text, in quotes, for an error message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function splitLines(text: string): string[] {
  const lines = text.split('\n');
  const rest = lines.pop();
  if (rest !== '' || lines.length === 0) {
    throw certdataError(lines.length + 1, 'the file ends without a line feed: it has been cut');
  }
  const foreign = lines.findIndex((line) => /[\r\uFFFD]/.test(line));
  if (foreign !== -1) {
    throw certdataError(foreign + 1, 'wanted UTF-8 with line feeds, got a carriage return or broken UTF-8');
  }
  return lines;
}

function findData(lines: readonly string[]): number {
  const index = lines.findIndex((line) => !isFiller(line));
  const content = lines[index];
  if (content === undefined)
    throw certdataError(lines.length, 'the file ends before BEGINDATA: it has been cut');
  if (content !== 'BEGINDATA') throw certdataError(index + 1, `wanted BEGINDATA, got ${quote(content)}`);
  return index;
}

function isFiller(line: string): boolean {
  return line.startsWith('#') || line.trim() === '';
}

/** Reads the block that starts at `start`; `end` is the index of its END. */
function readOctal(
  lines: readonly string[],
  start: number,
  name: string,
): { bytes: Uint8Array; end: number } {
  const bytes: number[] = [];
  for (let index = start; index < lines.length; index += 1) {
    const content = lines[index] ?? '';
    if (content === 'END') {
      if (bytes.length === 0) throw certdataError(index + 1, `${name} has no bytes`);
      return { bytes: Uint8Array.from(bytes), end: index };
    }
    if (!octalLine.test(content)) {
      throw certdataError(index + 1, `wanted octal bytes or END in ${name}, got ${quote(content)}`);
    }
    for (const digits of content.slice(1).split('\\')) bytes.push(Number.parseInt(digits, 8));
  }
  throw certdataError(lines.length, `the file ends inside ${name}: it has been cut`);
}
