// tsopenssl version: what this is, and the arithmetic of distribution versions.

import type { DistributionVersion } from '../distribution-version.ts';
import { decodeDistributionVersion, encodeDistributionVersion } from '../distribution-version.ts';
import type { Command, Result, Values } from './command.ts';

export const versionCommand: Command = {
  name: 'version',
  operands: [],
  takesPurpose: false,
  summary: 'show all version numbers',
  help: `Examples
  tsopenssl version
  tsopenssl version --json
  tsopenssl --version             the distribution version alone`,
  async run() {
    const { version } = await import('../index.ts');
    const { node, openssl, ...numbers } = version;
    const rows = [
      ['distribution', numbers.distributionVersion],
      ['API', numbers.apiVersion],
      ['OpenSSL', `${openssl.version} (${openssl.text})`],
      ['CA bundles', numbers.certdataVersion],
      ['npm', numbers.semver],
      ['Node.js', `${node.version} (its own OpenSSL is ${node.openssl})`],
    ];
    return { text: rows.map(([name, value]) => `${name?.padEnd(12)}  ${value}`).join('\n'), value: version };
  },
};

export const encodeCommand: Command = {
  name: 'version encode',
  operands: ['API', 'OPENSSL', '[UPDATE]'],
  takesPurpose: false,
  summary: 'join an API and an OpenSSL version to a distribution version',
  help: `API      three numbers
OPENSSL  as OpenSSL writes it: three numbers, before 3.0 with its letter
UPDATE   number of the distribution's update, at least 1

Examples
  tsopenssl version encode 1.0.0 3.5.7        prints 1.0.0.3.5.7
  tsopenssl version encode 1.0.0 1.1.1w 2     prints 1.0.0.1.1.1.23.2`,
  run: encode,
};

export const decodeCommand: Command = {
  name: 'version decode',
  operands: ['VERSION'],
  takesPurpose: false,
  summary: 'take a distribution version apart',
  help: `Examples
  tsopenssl version decode 1.0.0.3.5.7
  tsopenssl version decode 1.0.0.1.1.1.23.2 --json`,
  run: ({ operands: [text = ''] }) => describe(text, decodeDistributionVersion(text)),
};

function encode({ operands: [apiVersion = '', opensslVersion = '', update] }: Values): Result {
  const versions = {
    apiVersion,
    opensslVersion,
    ...(update === undefined ? {} : { update: readUpdate(update) }),
  };
  const text = encodeDistributionVersion(versions);
  return { ...describe(text, versions), text };
}

function readUpdate(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new RangeError(`Expected an integer of at least 1 for UPDATE, got ${JSON.stringify(text)}`);
}

function describe(distributionVersion: string, versions: DistributionVersion): Result {
  const lines = [`API      ${versions.apiVersion}`, `OpenSSL  ${versions.opensslVersion}`];
  if (versions.update !== undefined) lines.push(`update   ${versions.update}`);
  return { text: lines.join('\n'), value: { distributionVersion, ...versions } };
}
