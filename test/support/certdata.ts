// Mozilla's certdata.txt as the recipe pins it, for tests: from the source cache that a build fills, or a mirror folder.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../build/process.ts';
import { certdata } from '../../recipes/certdata.ts';

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Finds the archive that the recipe names.
 * @returns its absolute path
 * @throws {Error} it is neither in the source cache nor in the mirror folder beside the checkout
 */
export async function certdataArchive(): Promise<string> {
  const candidates = ['.cache/sources', '../shared/sources'].map((folder) =>
    path.join(checkout, folder, certdata.source.fileName),
  );
  for (const file of candidates) {
    const digest = await readFile(file).then(
      (bytes) => createHash('sha256').update(bytes).digest('hex'),
      () => undefined,
    );
    if (digest === certdata.source.sha256) return file;
  }
  throw new Error(
    `wanted ${certdata.source.fileName} in ${candidates.join(' or ')}; run \`npm run dist\` first`,
  );
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
