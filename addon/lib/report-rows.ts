// Rows of the reports that people read: `tsopenssl info`, `debug.report()`, `tsopenssl debug`. Loads no binary: where that
// fails, the machine is to be described all the same.

import type { Info } from './info.ts';
import { nodeOs } from './node-modules.ts';
import { packageFolder } from './package-folder.ts';
import { packageNumbers } from './package-numbers.ts';
import { platformsOf, thisMachine } from './platform-packages.ts';

/** A name, and a text of one line; the rows below one without a text belong to it. */
export type Row = readonly [name: string, text: string];

/** The rows as text, in two columns. */
export function textOfRows(rows: readonly Row[]): string {
  return rows.map(([name, text]) => `${name.padEnd(18)}${text}`.trimEnd()).join('\n');
}

/** Everything of {@link Info}. */
export function infoRows(info: Info): Row[] {
  return [...rowsOfVersions(info), ...rowsOfConfiguration(info), ...rowsOfBuild(info)];
}

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

/**
 * The variables that change what OpenSSL, this package or node's search for packages does. By name, since others may hold
 * secrets: NODE_AUTH_TOKEN is one.
 */
const variables: readonly string[] = [
  ...['OPENSSL_CONF', 'OPENSSL_CONF_INCLUDE', 'OPENSSL_MODULES', 'OPENSSL_ENGINES', 'OPENSSL_ia32cap'],
  ...['OPENSSL_armcap', 'OPENSSL_TRACE', 'SSL_CERT_DIR', 'SSL_CERT_FILE', 'TSOPENSSL_DEBUG'],
  ...['NODE_OPTIONS', 'NODE_PATH', 'NODE_EXTRA_CA_CERTS', 'LD_LIBRARY_PATH', 'LD_PRELOAD'],
  ...['DYLD_LIBRARY_PATH', 'DYLD_INSERT_LIBRARIES', 'LC_ALL', 'LANG', 'TZ'],
];

/** The machine, the system, the node and the environment; needs no binary. */
export function machineRows(): Row[] {
  const os = nodeOs();
  const { version, execPath, execArgv, release, versions, env } = process;
  const parts = ['v8', 'uv', 'napi', 'modules'].map((name) => `${name} ${versions[name] ?? '?'}`);
  const set = variables.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [`${name}=${oneLine(value)}`];
  });
  return [
    ['Package', `${packageFolder} (${packageNumbers.semver})`],
    [
      'Machine',
      `${platformsOf(thisMachine()).join(', ')}; ${os.availableParallelism()} × ${os.cpus()[0]?.model.trim() ?? 'unknown'}`,
    ],
    ['System', `${os.type()} ${os.release()}, ${os.version()}`],
    ['Program', `${execPath} (${release.name} ${version})`],
    ...(execArgv.length === 0 ? [] : [['', oneLine(withoutCode(execArgv).join(' '))] as const]),
    ['', parts.join(', ')],
    ['Environment', set[0] ?? 'nothing that matters'],
    ...set.slice(1).map((text): Row => ['', text]),
  ];
}

/** The arguments of node; code that stands in them may hold anything. */
function withoutCode(words: readonly string[]): readonly string[] {
  return words.map((word, index) => {
    const isCode = /^(?:-e|-p|-pe|--eval|--print)$/.test(words[index - 1] ?? '');
    return isCode ? '…' : word.replace(/^(--(?:eval|print)=).*$/s, '$1…');
  });
}

/** A text without line ends and control characters, in quotes where it has any. */
function oneLine(text: string): string {
  return /^[^\p{C}\p{Zl}\p{Zp}]*$/u.test(text) ? text : JSON.stringify(text);
}
