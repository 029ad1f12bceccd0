// tsopenssl ca-bundle: the embedded CA bundles. Reads files alone, the addon is not loaded.

import {
  allEmbeddedRoots,
  type EmbeddedRoot,
  embeddedRoots,
  type IndexedRoot,
} from '../ca-bundle/embedded-roots.ts';
import { bundleFile } from '../ca-bundle/files.ts';
import type { Purpose, TrustPurpose } from '../ca-bundle/purposes.ts';
import { didYouMean } from '../nearest.ts';
import { type Command, type Result, UsageError, type Values } from './command.ts';

/** What --purpose takes: a short word, as in the files' names, or the word of the API. */
const purposeWords: Readonly<Record<string, TrustPurpose>> = {
  any: 'any',
  server: 'serverAuthentication',
  email: 'emailProtection',
  codesigning: 'codeSigning',
};

const purposeHelp = `--purpose P  any (the default), server, email or codesigning`;

export const pathCommand: Command = {
  name: 'ca-bundle path',
  operands: [],
  takesPurpose: true,
  summary: 'print where a bundle lies',
  help: `${purposeHelp}

Examples
  curl --cacert "$(tsopenssl ca-bundle path --purpose server)" https://example.org/
  tsopenssl ca-bundle path --purpose email --json`,
  run({ purpose }) {
    const wanted = readPurpose(purpose);
    const path = bundleFile(wanted);
    return { text: path, value: { purpose: wanted, path } };
  },
};

export const listCommand: Command = {
  name: 'ca-bundle list',
  operands: [],
  takesPurpose: true,
  summary: 'list the root certificates of a bundle',
  help: `${purposeHelp}

A line is: the first 16 digits of the SHA-256 fingerprint, the last day of validity, the purposes, the name.

Examples
  tsopenssl ca-bundle list --purpose server
  tsopenssl ca-bundle list --json`,
  run: list,
};

export const showCommand: Command = {
  name: 'ca-bundle show',
  operands: ['ROOT'],
  takesPurpose: false,
  summary: 'show one root certificate, with its PEM',
  help: `ROOT  its name or a part of it, or the first digits of its SHA-1 or SHA-256 fingerprint (at least 4)

Examples
  tsopenssl ca-bundle show 'ISRG Root X1'
  tsopenssl ca-bundle show 96BCEC06 | openssl x509 -noout -text`,
  run: show,
};

function readPurpose(word = 'any'): TrustPurpose {
  const purposes = Object.values(purposeWords);
  const purpose = Object.hasOwn(purposeWords, word) ? purposeWords[word] : purposes.find((it) => it === word);
  if (purpose !== undefined) return purpose;
  const words = Object.keys(purposeWords);
  const hint = didYouMean(word, [...words, ...purposes]);
  throw new UsageError(`Expected ${words.join(', ')} for --purpose, got ${JSON.stringify(word)}${hint}`);
}

function list({ purpose }: Values): Result {
  const wanted = readPurpose(purpose);
  const roots = embeddedRoots(wanted);
  const path = bundleFile(wanted);
  const note = `${path} is empty on purpose: Mozilla trusts no root for it`;
  return {
    text: roots.map(lineOf).join('\n'),
    value: { purpose: wanted, path, roots: roots.map(({ certificate, ...root }) => root) },
    ...(roots.length === 0 ? { note } : {}),
  };
}

function lineOf(root: IndexedRoot): string {
  const digits = plainHex(root.sha256).slice(0, 16);
  return [
    digits,
    root.notAfter.slice(0, 10),
    shortPurposes(root).padEnd('server,email'.length),
    root.name,
  ].join('  ');
}

function shortPurposes(root: IndexedRoot): string {
  const short = (purpose: Purpose) =>
    Object.keys(purposeWords).find((word) => purposeWords[word] === purpose);
  return root.purposes.map(short).join(',');
}

function show({ operands: [wanted = ''] }: Values): Result {
  const roots = allEmbeddedRoots();
  const found = findRoots(roots, wanted);
  const [root] = found;
  if (root === undefined) {
    const hint = didYouMean(
      wanted,
      roots.map(({ name }) => name),
    );
    throw new Error(
      `Expected the name or fingerprint of an embedded root, got ${JSON.stringify(wanted)}${hint}`,
    );
  }
  if (found.length > 1) {
    throw new Error(
      `Expected one root for ${JSON.stringify(wanted)}, got ${found.length}:\n${found.map(lineOf).join('\n')}`,
    );
  }
  return { text: describe(root), value: root };
}

/** The exact name wins over a fingerprint, and that over a part of a name. */
function findRoots(roots: readonly EmbeddedRoot[], wanted: string): EmbeddedRoot[] {
  const name = wanted.toLowerCase();
  const digits = /^[\da-f]{4,}$/i.test(plainHex(wanted)) ? plainHex(wanted).toUpperCase() : undefined;
  const ways: readonly ((root: EmbeddedRoot) => boolean)[] = [
    (root) => root.name.toLowerCase() === name,
    (root) => digits !== undefined && [root.sha1, root.sha256].some((it) => plainHex(it).startsWith(digits)),
    (root) => name !== '' && root.name.toLowerCase().includes(name),
  ];
  for (const way of ways) {
    const found = roots.filter(way);
    if (found.length > 0) return found;
  }
  return [];
}

function plainHex(fingerprint: string): string {
  return fingerprint.replaceAll(':', '');
}

function describe(root: EmbeddedRoot): string {
  const dates = Object.entries(root.distrustAfter).map(([purpose, date]) => `${date} for ${purpose}`);
  const fields: readonly (readonly [string, string])[] = [
    ['Name', root.name],
    ['Subject', root.subject],
    ['Issuer', root.issuer],
    ['Serial', root.serial],
    ['Valid', `${root.notBefore} to ${root.notAfter}`],
    ['SHA-1', root.sha1],
    ['SHA-256', root.sha256],
    ['Purposes', root.purposes.join(', ')],
    ...dates.map((date) => ['Distrust after', date] as const),
  ];
  return [...fields.map(([name, value]) => `${name}: ${value}`), root.certificate].join('\n');
}
