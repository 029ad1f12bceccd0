// Finds the PEM blocks of a text, whatever wrote the text: RFC 7468 with what stands around and between the blocks.
// Line ends may be LF, CRLF or CR, lines may be indented, and a byte order mark may come first.

/** A line with its number, from 1. */
interface Line {
  readonly number: number;
  readonly text: string;
}

/** Something from a BEGIN line to its END line, or as far as it goes. */
export interface PemBlock {
  /** Such as `CERTIFICATE`. */
  readonly label: string;
  /** Number of the line with BEGIN. */
  readonly line: number;
  /** The lines above it, after the block before. */
  readonly header: readonly string[];
  /** The lines between BEGIN and END. */
  readonly body: readonly Line[];
  /** Why the block is no block, and where that shows. */
  readonly problem?: { readonly line: number; readonly text: string };
}

interface Boundary extends Line {
  readonly kind: 'BEGIN' | 'END' | 'neither';
  readonly label: string;
}

/**
 * Cuts a text into its PEM blocks, broken ones included, in the order of the text.
 * @param text - a whole file
 */
export function findPemBlocks(text: string): PemBlock[] {
  const lines = splitLines(text);
  const boundaries = lines.flatMap(readBoundary);
  const blocks: PemBlock[] = [];
  let above = 0; // number of the last line of the block before
  for (let index = 0; index < boundaries.length; index++) {
    const first = boundaries[index] as Boundary;
    const last = first.kind === 'BEGIN' ? boundaries[index + 1] : first;
    const problem = findProblem(first, last, lines.length);
    const body = lines.slice(first.number, (last?.number ?? lines.length + 1) - 1);
    const header = lines.slice(above, first.number - 1).map((line) => line.text);
    blocks.push({ label: first.label, line: first.number, header, body, ...(problem && { problem }) });
    if (problem === undefined) index++;
    above = boundaries[index]?.number ?? 0;
  }
  return blocks;
}

function splitLines(text: string): Line[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  return lines.map((line, index) => ({ number: index + 1, text: line }));
}

/** A line that was meant to begin or end a certificate and does not would hide the certificate: it is kept as neither. */
function readBoundary(line: Line): Boundary[] {
  const [, kind, label] = /^\s*-{5}(BEGIN|END) ([A-Z0-9][A-Z0-9 _#-]{0,50}?)-{5}\s*$/.exec(line.text) ?? [];
  if (kind !== undefined && label !== undefined) {
    return [{ ...line, kind: kind === 'BEGIN' ? 'BEGIN' : 'END', label }];
  }
  const nearly = /^\s*-+ *(?:BEGIN|END)\b.*CERTIFICATE/i.test(line.text);
  return nearly ? [{ ...line, kind: 'neither', label: 'CERTIFICATE' }] : [];
}

function findProblem(first: Boundary, last: Boundary | undefined, lineCount: number): PemBlock['problem'] {
  if (first.kind !== 'BEGIN') {
    const text = `expected -----BEGIN ${first.label}----- alone on a line, got ${quote(first.text)}`;
    return { line: first.number, text };
  }
  if (last?.kind === 'END' && last.label === first.label) return undefined;
  const got = last === undefined ? 'the end of the text' : quote(last.text);
  const text = `expected -----END ${first.label}----- alone on a line, got ${got}`;
  return { line: last?.number ?? lineCount, text };
}

/** Shows a line in a message: as JSON, so that nothing in it is invisible, and not all of a long one. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 70 ? `${text.slice(0, 70)}…` : text);
}
