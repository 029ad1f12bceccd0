// docs/from-pyopenssl.md against pyOpenSSL's names and against what is public here.

import type { PublicName } from './public-api.ts';

/** Names of one of pyOpenSSL's modules; of a class its methods and attributes. */
export interface PyOpenSSLModule {
  readonly functions: readonly string[];
  readonly constants: readonly string[];
  readonly classes: Readonly<Record<string, readonly string[]>>;
}

/** The tables of a section: what pyOpenSSL has, what it had, and what only this package has. */
type Table = 'pyOpenSSL' | 'earlier pyOpenSSL' | 'only here';

interface Row {
  /** Title of the section, a namespace or a class: `crypto`, `crypto.PKey`. */
  readonly section: string;
  readonly table: Table;
  /** Names of pyOpenSSL; none in the table of what is only here. */
  readonly theirs: readonly string[];
  /** Paths of what is public here: `crypto.PKey.bits`. */
  readonly ours: readonly string[];
}

/** Reads the tables of the page. */
export function parsePyOpenSSLPage(page: string): readonly Row[] {
  const rows: Row[] = [];
  let section = '';
  let table: Table | undefined;
  for (const line of page.split('\n')) {
    const title = /^## (?:`(.*)`)?/.exec(line);
    if (title !== null) section = title[1] ?? '';
    const cells = line.startsWith('|') ? line.split('|').map((cell) => cell.trim()) : [];
    const [, first = '', second = ''] = cells;
    if (cells.length === 0) table = undefined;
    else if (first === 'pyOpenSSL' || first === 'earlier pyOpenSSL' || first === 'only here') table = first;
    else if (section !== '' && table !== undefined && !/^-+$/.test(first))
      rows.push({
        section,
        table,
        theirs: table === 'only here' ? [] : namesIn(first),
        ours: namesIn(table === 'only here' ? first : second).map((name) =>
          name.includes('.') ? name : `${section}.${name}`,
        ),
      });
  }
  return rows;
}

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** Paths of pyOpenSSL's names: `crypto.PKey.bits`. */
function* theirPaths(modules: Readonly<Record<string, PyOpenSSLModule>>): Generator<string> {
  for (const [module, { functions, constants, classes }] of Object.entries(modules)) {
    for (const name of [...functions, ...constants, ...Object.keys(classes)]) yield `${module}.${name}`;
    for (const [name, members] of Object.entries(classes))
      for (const member of members) yield `${module}.${name}.${member}`;
  }
}

const described: readonly PublicName['kind'][] = [
  ...(['function', 'constant', 'class', 'alias', 'method', 'static', 'accessor'] as const),
];

/**
 * What is wrong with the page.
 * @param modules - pyOpenSSL's modules that the page is about, by name
 * @param names - everything that is public here
 */
export function pyOpenSSLPageProblems(
  page: string,
  modules: Readonly<Record<string, PyOpenSSLModule>>,
  names: readonly PublicName[],
): string[] {
  const rows = parsePyOpenSSLPage(page);
  const isOf = (path: string) => Object.keys(modules).some((module) => path.startsWith(`${module}.`));
  const listed = rows.flatMap(({ section, table, theirs }) =>
    table === 'pyOpenSSL' ? theirs.map((name) => `${section}.${name}`) : [],
  );
  const theirs = [...theirPaths(modules)];
  const linked = rows.flatMap(({ ours }) => ours);
  const existing = names.map(({ path }) => path);
  const wanted = names.filter(({ kind, path }) => described.includes(kind) && isOf(path));
  return [
    ...theirs
      .filter((path) => !listed.includes(path))
      .map((path) => `pyOpenSSL's ${path} is not on the page`),
    ...listed.filter((path) => !theirs.includes(path)).map((path) => `pyOpenSSL has no ${path}`),
    ...linked.filter((path) => !existing.includes(path)).map((path) => `there is no ${path} here`),
    ...wanted.filter(({ path }) => !linked.includes(path)).map(({ path }) => `${path} is not on the page`),
  ];
}
