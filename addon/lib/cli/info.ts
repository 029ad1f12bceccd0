// tsopenssl info: what info() of the addon says.

import type { Info } from '../info.ts';
import type { Command } from './command.ts';

export const infoCommand: Command = {
  name: 'info',
  operands: [],
  takesPurpose: false,
  summary: 'show versions, directories, configuration and providers of the OpenSSL in use',
  help: `Examples
  tsopenssl info
  tsopenssl info --json
  TSOPENSSL_DEBUG=1 tsopenssl info      also says on standard error what was loaded, and why`,
  async run() {
    const { info } = await import('../index.ts');
    const value = info();
    const rows = [...rowsOfVersions(value), ...rowsOfConfiguration(value), ...rowsOfBuild(value)];
    return { text: rows.map(([name, text]) => `${name.padEnd(18)}${text}`.trimEnd()).join('\n'), value };
  },
};

type Row = readonly [name: string, text: string];

function rowsOfVersions({ version, addon }: Info): Row[] {
  const { openssl, node } = version;
  return [
    ['OpenSSL', `${openssl.version} (${openssl.text})`],
    ['Addon', addon.path],
    ['', addon.isolated ? "isolated from node's own OpenSSL" : "not isolated from node's own OpenSSL"],
    ['Node.js', `${node.version}, with OpenSSL ${node.openssl} inside`],
    ['Distribution', `${version.distributionVersion}, CA bundles ${version.certdataVersion}`],
  ];
}

function rowsOfConfiguration({ configuration, directories, providers }: Info): Row[] {
  const settings = Object.entries(directories).map(([name, { path, source }]): Row => {
    return [`  ${name}`, source === 'default' ? (path ?? 'none') : `${path} (${source})`];
  });
  const loaded = providers.map(({ name, version, status, active }): Row => {
    return [
      `  ${name}`,
      [version ?? '', status, active ? 'active' : 'not active'].filter(Boolean).join(', '),
    ];
  });
  return [
    ['Configuration', configuration.reason],
    ...configuration.files.slice(1).map((file): Row => ['', `included: ${file}`]),
    ...configuration.ignored.map((ignored): Row => ['', `left out: ${ignored}`]),
    ['Directories', ''],
    ...settings,
    ['Providers', providers.length === 0 ? 'none' : ''],
    ...loaded,
  ];
}

function rowsOfBuild({ build }: Info): Row[] {
  return [
    ['Compiler', build.compiler],
    ['Platform', build.platform],
    ['Built', build.date],
    ['CPU', build.cpu],
  ];
}
