// The licence texts of a stage: whole, one file each in share/doc/licences, and after our own in each npm package's LICENSE.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { partiesOf, type ThirdParty } from '../../recipes/licences.ts';
import type { Target } from '../types.ts';

/** A part that others wrote, and the whole text of its licence. */
export interface LicenceText {
  readonly party: ThirdParty;
  readonly text: string;
}

/**
 * Reads the licence texts of what a target's files hold.
 * @param dir - the checkout's `recipes/licences/`
 * @param opensslLicence - path of OpenSSL's own, which comes with its source
 */
export async function readLicences(
  { os }: Target,
  dir: string,
  opensslLicence: string,
): Promise<LicenceText[]> {
  return Promise.all(
    partiesOf(os).map(async (party) => {
      const file = party.file === undefined ? opensslLicence : path.join(dir, party.file);
      return { party, text: await readFile(file, 'utf8') };
    }),
  );
}

/**
 * The LICENSE of one of the npm packages: ours, then those of the work of others that it holds.
 * @param own - text of `addon/LICENSE`
 */
export function licenceText(own: string, licences: readonly LicenceText[], npm: ThirdParty['npm']): string {
  const rule = '='.repeat(78);
  const parts = licences
    .filter(({ party }) => party.npm === npm)
    .map(({ party, text }) => {
      const holders = party.copyright.map((holder) => `Copyright ${holder}`).join('\n');
      return `${rule}\n${party.component}: ${party.role}\n${party.licence}\n${holders}\n${rule}\n\n${text.trimEnd()}\n`;
    });
  const heading = `${rule}\nThis package holds work of others, under the licences that follow.\n`;
  return [`${own.trimEnd()}\n`, heading, ...parts].join('\n');
}

/** SPDX expression of an npm package: our own licence and those of the parts that it holds. */
export function licenceExpression(parties: readonly ThirdParty[], npm: ThirdParty['npm']): string {
  const held = parties.filter((party) => party.npm === npm).map((party) => party.licence);
  return [...new Set(['Apache-2.0', ...held])].join(' AND ');
}
