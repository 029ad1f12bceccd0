// The copyright files of the Debian packages: who holds what, and every licence. Source: Debian Policy, 12.5, and the
// machine-readable form 1.0.

import type { PackageInfo, Target } from '../../build/types.ts';
import { partiesOf, type ThirdParty } from '../../recipes/licences.ts';

/** Licences whose text every Debian system has in /usr/share/common-licenses. */
const commonLicences: readonly string[] = ['Apache-2.0', 'MPL-2.0'];

const thirdParties = partiesOf('linux');
const own = ['2026 The tsopenssl project'];
const openssl = thirdParties.filter((party) => party.shippedAs === 'openssl.txt');

/** SPDX expressions by the names that the machine-readable form knows. */
const debianNames: Readonly<Record<string, string>> = {
  MIT: 'Expat',
  'Apache-2.0 WITH LLVM-exception': 'Apache-2.0-with-LLVM-exception',
};

/**
 * The copyright file: who holds what, and every licence, whole or by the name of Debian's own copy.
 * @param texts - the whole text of each licence file of the stage, by its name
 */
export function copyrightText(info: PackageInfo, target: Target, texts: ReadonlyMap<string, string>): string {
  const prefix = target.prefix.slice(1);
  const parties = (npm: ThirdParty['npm']) => thirdParties.filter((party) => party.npm === npm);
  const files = [
    filesParagraph('*', own, ['Apache-2.0']),
    ...[`${prefix}/bin/openssl`, `${prefix}/lib/*`].map((glob) => partiesParagraph(glob, [], openssl)),
    partiesParagraph(`${prefix}/node_modules/tsopenssl/ca-bundles/*`, [], parties('main')),
    partiesParagraph(`${prefix}/node_modules/${target.npm.packageName}/*`, own, parties('platform')),
  ];
  return [header(info), ...files, ...licenceParagraphs(thirdParties, texts)].join('\n');
}

/**
 * The copyright file of the development package, which holds OpenSSL alone.
 * @param texts - the whole text of each licence file of the stage, by its name
 */
export function developmentCopyrightText(info: PackageInfo, texts: ReadonlyMap<string, string>): string {
  const files = partiesParagraph('*', own, openssl);
  return [header(info), files, ...licenceParagraphs(openssl, texts)].join('\n');
}

function header(info: PackageInfo): string {
  const format = 'https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/';
  return `Format: ${format}\nUpstream-Name: ${info.name}\nSource: ${info.homepage}\n`;
}

function partiesParagraph(glob: string, ours: readonly string[], parties: readonly ThirdParty[]): string {
  const holders = [...ours, ...parties.flatMap((party) => party.copyright)];
  const licences = [...(ours.length > 0 ? ['Apache-2.0'] : []), ...parties.map((party) => party.licence)];
  return filesParagraph(glob, holders, licences);
}

function filesParagraph(glob: string, holders: readonly string[], licences: readonly string[]): string {
  const names = [...new Set(licences.map((licence) => debianNames[licence] ?? licence))];
  const copyright = holders.map((holder) => ` ${holder}`).join('\n');
  return `Files: ${glob}\nCopyright:\n${copyright}\nLicense: ${names.join(' and ')}\n`;
}

function licenceParagraphs(parties: readonly ThirdParty[], texts: ReadonlyMap<string, string>): string[] {
  const licences = [...new Set(parties.map((party) => party.licence))];
  return licences.map((licence) => {
    const whole = parties
      .filter((party) => party.licence === licence)
      .map((party) => texts.get(party.shippedAs) ?? '');
    const lines = debianBody(licence, whole.join('\n')).trim().split('\n');
    const body = lines.map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`));
    return `License: ${debianNames[licence] ?? licence}\n${body.join('\n')}\n`;
  });
}

/** Debian wants its own copies named, not repeated; LLVM's text opens with the Apache licence and goes on from there. */
function debianBody(licence: string, text: string): string {
  const common = (name: string) =>
    `On Debian systems the whole text of ${name} lies in /usr/share/common-licenses/${name}.`;
  if (commonLicences.includes(licence)) return common(licence);
  const exceptions = text.indexOf('---- LLVM Exceptions');
  return exceptions < 0 ? text : `${common('Apache-2.0')}\n\n${text.slice(exceptions)}`;
}
