// Mozilla's certdata.txt as the recipe pins it, for tests.

import path from 'node:path';
import { run } from '../../build/process.ts';
import { certdata } from '../../recipes/certdata.ts';
import { stepResult } from './step-result.ts';

/**
 * Fetches the archive that the recipe names with the builder's own step, which keeps it.
 * @returns its absolute path
 */
export async function certdataArchive(): Promise<string> {
  return path.join(await stepResult('fetch-certdata'), certdata.source.fileName);
}

/** The text of certdata.txt. */
export async function certdataText(): Promise<string> {
  const { stdout } = await run(['tar', '-xJOf', await certdataArchive(), certdata.member]);
  return stdout;
}

/**
 * Cuts a small valid certdata.txt out of the whole one.
 * @param labels - the certificates to keep, in the order of the file
 */
export function excerpt(text: string, labels: readonly string[]): string {
  const { head, records } = splitRecords(text);
  const kept = labels.map((label) => {
    const record = records.find((it) => it.startsWith(`#\n# Certificate "${label}"`));
    if (record === undefined) throw new Error(`wanted a certificate ${label} in certdata.txt, found none`);
    return record;
  });
  return `${[head, ...kept].join('').trimEnd()}\n`;
}

/** The parts of a certdata.txt: BEGINDATA up to the certificates, and one text for each with its trust record. */
export function splitRecords(text: string): { readonly head: string; readonly records: readonly string[] } {
  const [head = '', ...records] = text.slice(text.indexOf('BEGINDATA')).split(/^(?=#\n# Certificate ")/m);
  return { head, records };
}

/** Number of the line where the first (or the last) occurrence of a part begins, from 1. */
export function lineOf(text: string, part: string, which: 'first' | 'last' = 'first'): number {
  const offset = which === 'first' ? text.indexOf(part) : text.lastIndexOf(part);
  if (offset === -1) throw new Error(`the text does not hold ${JSON.stringify(part)}`);
  return text.slice(0, offset).split('\n').length;
}
