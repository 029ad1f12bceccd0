// The form of docs/api.md, and how it is compared with what is public.
//
//   ## Class `crypto.PKey`            a section; members below it are those of its class
//   ### `.bits(): number`             a heading for each function, constructor, method and accessor: parameters and result
//   ### `crypto.PKey.from…`           the same for a static function outside of its class's section
//   ### `.securityBits(): number`     headings that follow each other share what stands below them
//   ```js …```                        below each heading at least one example that uses the name and checks a value
//   | constant | …                    a table of constants; `type`: of types
//   | property | …                    a table of the properties of the section's class
//   | `crypto.KeyOptions` | …         a table of the fields of an interface, or of an object that is a constant

import type { PublicName } from './public-api.ts';

export interface Block {
  /** Line of its first line in the page, from 1. */
  readonly line: number;
  readonly code: string;
}

/** A name that the page describes. */
export interface PageName {
  /** As {@link PublicName.path}. */
  readonly path: string;
  /** The heading; undefined for what stands in a table. */
  readonly heading: string | undefined;
  readonly line: number;
  /** The examples below the heading. */
  readonly examples: readonly Block[];
}

export interface Section {
  readonly title: string;
  readonly line: number;
  readonly names: PageName[];
  readonly examples: Block[];
}

/** What was read last, while a page is read from top to bottom. */
interface Place {
  section: Section;
  /** Path of the class of the section. */
  owner: string | undefined;
  /** Examples of the headings above. */
  examples: Block[];
  isAfterHeading: boolean;
  tableHead: string | undefined;
}

/** Takes a page apart. What stands before the first section is no section. */
export function parseApiPage(markdown: string): Section[] {
  const lines = markdown.split('\n');
  const sections: Section[] = [];
  let place: Place | undefined;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line.startsWith('```')) {
      const end = lines.indexOf('```', index + 1);
      const block = { line: index + 2, code: lines.slice(index + 1, end).join('\n') };
      if (line === '```js') place?.section.examples.push(block);
      if (line === '```js') place?.examples.push(block);
      index = end;
    } else if (line.startsWith('## ')) {
      place = startSection(line, index + 1);
      sections.push(place.section);
    } else if (place !== undefined) {
      readHeading(place, line, index + 1);
      readRow(place, line, index + 1);
    }
  }
  return sections;
}

function startSection(line: string, number: number): Place {
  const title = line.slice(3);
  const [, owner] = /^Class `(.*)`$/.exec(title) ?? [];
  const section: Section = { title, line: number, names: [], examples: [] };
  if (owner !== undefined)
    section.names.push({ path: owner, heading: undefined, line: number, examples: section.examples });
  return { section, owner, examples: [], isAfterHeading: false, tableHead: undefined };
}

function readHeading(place: Place, line: string, number: number): void {
  // two backticks around what holds one
  const [, , heading] = /^### (`{1,2})(.*)\1$/.exec(line) ?? [];
  if (heading !== undefined) {
    if (!place.isAfterHeading) place.examples = [];
    const path = pathOf(heading, place.owner);
    place.section.names.push({ path, heading, line: number, examples: place.examples });
  }
  place.isAfterHeading = heading !== undefined;
}

/** `.bits(): number` → `crypto.PKey.bits`, `new crypto.PKey()` → `crypto.PKey.new`, `PKey.fromDer(…)` → `crypto.PKey.fromDer` */
function pathOf(heading: string, owner: string | undefined): string {
  const [name = ''] = /^(?:new )?[\w.]+/.exec(heading) ?? [];
  if (name.startsWith('new ')) return `${name.slice(4)}.new`;
  if (owner === undefined) return name;
  if (name.startsWith('.')) return owner + name;
  const parent = owner.slice(0, owner.lastIndexOf('.') + 1);
  return `${parent}${name}`.startsWith(`${owner}.`) ? parent + name : name;
}

/** The first cell of a row. A table whose head is none of the four tells of no names. */
function readRow(place: Place, line: string, number: number): void {
  const [, cell] = /^\| (.*?) \|/.exec(line) ?? [];
  const { section, tableHead, owner } = place;
  const add = (path: string) =>
    section.names.push({ path, heading: undefined, line: number, examples: section.examples });
  if (cell === undefined) place.tableHead = undefined;
  else if (tableHead === undefined) {
    place.tableHead = cell;
    if (cell.startsWith('`')) add(cell.slice(1, -1));
  } else if (/^`/.test(cell)) {
    const prefixes: Readonly<Record<string, string>> = { constant: '', type: '', property: `${owner}.` };
    const prefix = tableHead.startsWith('`') ? `${tableHead.slice(1, -1)}.` : prefixes[tableHead];
    if (prefix === undefined) return;
    for (const [, name] of cell.matchAll(/`(.*?)`/g)) add(prefix + name);
  }
}

/**
 * What the heading of a name must be, or undefined where it may stand in a table.
 * @param given - the heading that it has: a static function may stand outside of its class's section, with its whole path
 */
export function headingOf(
  { path, kind, parameters, returns }: PublicName,
  given: string | undefined,
): string | undefined {
  const owner = path.split('.').slice(0, -1).join('.');
  const short = path.slice(owner.length + 1);
  const call = `(${parameters.join(', ')})`;
  const result = returns === '' ? '' : `: ${returns}`;
  if (kind === 'function') return `${path}${call}${result}`;
  if (kind === 'constructor') return `new ${owner}${call}`;
  if (kind === 'method') return `.${short}${call}${result}`;
  if (kind === 'accessor') return `.${short}${result}`;
  if (kind === 'static' && given === `${path}${call}${result}`) return given;
  if (kind === 'static') return `${owner.slice(owner.lastIndexOf('.') + 1)}.${short}${call}${result}`;
  return undefined;
}

/** Where the page and what is public differ, one sentence each. */
export function pageProblems(page: string, names: readonly PublicName[]): string[] {
  const problems: string[] = [];
  const told = new Map<string, PageName>();
  for (const name of parseApiPage(page).flatMap((section) => section.names)) {
    if (told.has(name.path)) problems.push(`line ${name.line}: ${name.path} is described twice`);
    told.set(name.path, name);
  }
  const known = new Set(names.map(({ path }) => path));
  // what an interface or a class has of another one is told there
  const places = new Set(names.flatMap(({ path, place }) => (told.has(path) && place !== '' ? [place] : [])));
  for (const { path, line } of told.values())
    if (!known.has(path)) problems.push(`line ${line}: there is no ${path}`);
  for (const name of names) {
    const found = told.get(name.path);
    const wanted = headingOf(name, found?.heading);
    const isMentioned = ['alias', 'namespace'].includes(name.kind) && page.includes(`\`${name.path}\``);
    const isToldElsewhere = ['field', 'property'].includes(name.kind) && places.has(name.place);
    if (found === undefined && !isMentioned && !isToldElsewhere)
      problems.push(`${name.path} (${name.place}) is not described`);
    if (found !== undefined && wanted !== undefined && found.heading !== wanted)
      problems.push(`line ${found.line}: wanted ${wanted}, got ${found.heading ?? 'a row of a table'}`);
  }
  return problems;
}

/** A comment in an example that says what must come out. */
export const expectation = /^(\s*)(.*?);? *\/\/ (→|throws) (.*)$/;

/** The headings without an example that uses the name and checks something, one sentence each. */
export function exampleProblems(page: string): string[] {
  const problems: string[] = [];
  for (const { path, heading, line, examples } of parseApiPage(page).flatMap((section) => section.names)) {
    if (heading === undefined) continue;
    const code = examples.map((example) => example.code).join('\n');
    const [call = ''] = /^(?:new )?[\w.]+/.exec(heading) ?? [];
    // `.bits` of a heading is `key.bits` in an example; `.sha1` must not be found in `.sha1Text`
    const isUsed = new RegExp(`${call.replaceAll('.', '\\.')}(?!\\w)`).test(code);
    if (!isUsed) problems.push(`line ${line}: no example uses ${path}`);
    else if (!code.split('\n').some((each) => expectation.test(each)))
      problems.push(`line ${line}: no example of ${path} says what comes out`);
  }
  return problems;
}
