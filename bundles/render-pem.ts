// One CA bundle: a head of comment lines, then for each root a readable block above its certificate in PEM.
//
//   GlobalSign Root CA
//   ==================
//   Description: CN=GlobalSign Root CA,…; RSA 2048 bits; valid from 1998-09-01 to 2028-01-28
//   SHA-1: B1:BC:…
//   SHA-256: EB:D4:…
//   Purposes: server authentication, email protection
//   Distrust after: 2024-11-30T23:59:59Z for server authentication        where there is a date
//   -----BEGIN CERTIFICATE-----
//
// PEM readers pass over what stands outside of the boundaries (RFC 7468, section 2).

import type { DescribedRoot } from './describe-root.ts';
import { type CertdataInfo, type Purpose, purposes } from './types.ts';

const words: Readonly<Record<Purpose, string>> = {
  serverAuthentication: 'server authentication',
  emailProtection: 'email protection',
  codeSigning: 'code signing',
};

/**
 * Renders one bundle.
 * @param roots - what it holds, sorted
 * @param purpose - what Mozilla trusts them for; undefined: at least one purpose
 */
export function renderPem(
  roots: readonly DescribedRoot[],
  fileName: string,
  purpose: Purpose | undefined,
  info: CertdataInfo,
): string {
  return [...renderHead(roots, fileName, purpose, info), ...roots.flatMap(renderRoot), ''].join('\n');
}

function renderHead(
  roots: readonly DescribedRoot[],
  fileName: string,
  purpose: Purpose | undefined,
  info: CertdataInfo,
): string[] {
  const what = purpose === undefined ? 'at least one purpose' : words[purpose];
  const lines = [
    `${fileName}: the root certificates that Mozilla trusts for ${what}.`,
    '',
    `Source: certdata.txt of NSS ${info.nssVersion}, root module ${info.certdataVersion}`,
    `SHA-256 of certdata.txt: ${info.certdataSha256}`,
    `Certificates: ${roots.length}`,
    ...emptyNotice(roots, what),
    ...distrustNotice(roots),
    '',
    'This Source Code Form is subject to the terms of the Mozilla Public',
    'License, v. 2.0. If a copy of the MPL was not distributed with this',
    'file, You can obtain one at http://mozilla.org/MPL/2.0/.',
  ];
  return lines.map((line) => `# ${line}`.trimEnd());
}

function emptyNotice(roots: readonly DescribedRoot[], what: string): string[] {
  if (roots.length > 0) return [];
  return ['', `Mozilla trusts no root certificate for ${what}: this bundle is empty on purpose.`];
}

function distrustNotice(roots: readonly DescribedRoot[]): string[] {
  if (!roots.some((root) => Object.keys(root.distrustAfter).length > 0)) return [];
  return [
    '',
    'Some roots are distrusted for certificates issued after a date. PEM cannot',
    'carry such a date: it stands above the certificate and in ca-bundle.json.',
  ];
}

function renderRoot(root: DescribedRoot): string[] {
  const dates = purposes.flatMap((purpose) => {
    const date = root.distrustAfter[purpose];
    return date === undefined ? [] : [`Distrust after: ${date} for ${words[purpose]}`];
  });
  return [
    '',
    root.name,
    '='.repeat([...root.name].length),
    `Description: ${root.description}`,
    `SHA-1: ${root.sha1}`,
    `SHA-256: ${root.sha256}`,
    `Purposes: ${root.trusted.map((purpose) => words[purpose]).join(', ')}`,
    ...dates,
    '-----BEGIN CERTIFICATE-----',
    ...(Buffer.from(root.der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []),
    '-----END CERTIFICATE-----',
  ];
}
