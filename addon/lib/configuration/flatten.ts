// Reads a configuration file and everything that it includes into one text without `.include`, so that OpenSSL opens no
// file by itself: each file is checked as it is read, and an error can be told by file and line.

import path from 'node:path';
import { isPlainValue, parseLine } from './line-syntax.ts';
import type { Read, Reader } from './read-file.ts';

/** A line of a file, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A configuration in one text. Bytes are kept as they are, one a character. */
export interface FlatConfiguration {
  readonly lines: readonly string[];
  /** Where each line came from. */
  readonly places: readonly Place[];
  /** Where an entry stands, by {@link entryKey}. */
  readonly entries: ReadonlyMap<string, Place>;
  /** Every file that was read, in order. */
  readonly files: readonly string[];
  /** Notes on what was left out, and why. */
  readonly ignored: readonly string[];
}

export interface FlattenOptions {
  readonly read: Reader;
  /** Expands a value that stands in `section` after `lines`, as OpenSSL does. */
  readonly expand: (lines: readonly string[], section: string, value: string) => string;
  /** OPENSSL_CONF_INCLUDE: folder of relative includes; it beats the file's own `.pragma includedir`. */
  readonly includeDir: string | undefined;
}

/** Why a configuration cannot be used. `isRefused`: it may be in order, and must not be trusted. */
export class UnusableConfiguration extends Error {
  readonly isRefused: boolean;

  constructor(message: string, isRefused = false) {
    super(message);
    this.isRefused = isRefused;
  }
}

/** Names of Red Hat's own that only its OpenSSL knows; upstream's refuses the whole file because of one. */
const vendorOption = /^rh-/;

const MAX_INCLUDE_DEPTH = 16;

interface State {
  readonly options: FlattenOptions;
  readonly lines: string[];
  readonly places: Place[];
  readonly entries: Map<string, Place>;
  readonly files: string[];
  readonly ignored: string[];
  section: string;
  includeDir: string | undefined;
  mustBeAbsolute: boolean;
  isInFolder: boolean;
}

export function entryKey(section: string, name: string): string {
  return `${section}\n${name}`;
}

/**
 * Flattens a file.
 * @throws {UnusableConfiguration} the file, or one that it includes, cannot be read, is not trusted or is no text
 */
export function flatten(file: string, options: FlattenOptions): FlatConfiguration {
  const state: State = {
    options,
    lines: [],
    places: [],
    entries: new Map(),
    files: [],
    ignored: [],
    section: 'default',
    includeDir: options.includeDir,
    mustBeAbsolute: false,
    isInFolder: false,
  };
  const read = options.read(file);
  if (read.kind === 'directory') throw new UnusableConfiguration(`${file}: wanted a file, got a folder`);
  if (read.kind !== 'file')
    throw new UnusableConfiguration(`${file}: ${read.reason}`, read.kind === 'refused');
  addFile(state, file, read.content, []);
  return state;
}

function addFile(state: State, file: string, content: Buffer, parents: readonly string[]): void {
  state.files.push(file);
  const physical = content.toString('latin1').split('\n');
  if (physical.at(-1) === '') physical.pop();
  let start = 0;
  while (start < physical.length) {
    const { text, end } = joinContinued(physical, start);
    const place = { file, line: start + 1 };
    const nul = physical.slice(start, end).findIndex((line) => line.includes('\0'));
    if (nul >= 0) throw new UnusableConfiguration(`${file}:${start + nul + 1}: NUL byte; wanted text`);
    const isKept = addLine(state, text, place, [...parents, file], () => {
      for (let index = start; index < end; index++) addText(state, '', { file, line: index + 1 });
    });
    if (isKept)
      for (let index = start; index < end; index++)
        addText(state, physical[index] ?? '', { file, line: index + 1 });
    start = end;
  }
}

function addText(state: State, text: string, place: Place): void {
  state.lines.push(text);
  state.places.push(place);
}

/** One logical line: a backslash at the end of a line joins the next, unless another stands before it. */
function joinContinued(physical: readonly string[], start: number): { text: string; end: number } {
  let text = '';
  let end = start;
  while (end < physical.length) {
    text += (physical[end] ?? '').replace(/\r+$/, '');
    end++;
    if (!/(?<!\\)\\$/.test(text)) break;
    text = text.slice(0, -1);
  }
  return { text: start === 0 ? text.replace(/^\u00ef\u00bb\u00bf/, '') : text, end };
}

/** Whether OpenSSL gets the line; otherwise `blank` has put empty ones in its place. */
function addLine(
  state: State,
  text: string,
  place: Place,
  parents: readonly string[],
  blank: () => void,
): boolean {
  const line = parseLine(text);
  if (line.kind === 'section') state.section = line.name;
  if (line.kind === 'pragma') applyPragma(state, line.name, line.value);
  if (line.kind === 'include') {
    blank();
    include(state, expandValue(state, line.section ?? state.section, line.value), place, parents);
    return false;
  }
  if (line.kind !== 'entry') return true;
  if (vendorOption.test(line.name)) {
    blank();
    state.ignored.push(`${place.file}:${place.line}: ${line.name}, which only Red Hat's OpenSSL knows`);
    return false;
  }
  state.entries.set(entryKey(line.section ?? state.section, line.name), place);
  return true;
}

function applyPragma(state: State, name: string, value: string): void {
  if (name === 'includedir' && state.options.includeDir === undefined) state.includeDir = value;
  if (name === 'abspath') state.mustBeAbsolute = /^(on|true)$/i.test(value);
}

function expandValue(state: State, section: string, value: string): string {
  return isPlainValue(value) ? value : state.options.expand(state.lines, section, value);
}

function include(state: State, name: string, place: Place, parents: readonly string[]): void {
  const file =
    state.includeDir !== undefined && !name.startsWith('/') ? path.posix.join(state.includeDir, name) : name;
  const where = `${place.file}:${place.line}`;
  if (state.mustBeAbsolute && !file.startsWith('/')) {
    throw new UnusableConfiguration(
      `${where}: .include ${file}: wanted an absolute path, as the file's .pragma demands`,
    );
  }
  if (parents.includes(file))
    throw new UnusableConfiguration(`${where}: .include ${file}: it includes itself`);
  if (parents.length > MAX_INCLUDE_DEPTH)
    throw new UnusableConfiguration(`${where}: .include ${file}: too deep`);
  addRead(state, file, state.options.read(file), where, parents);
}

function addRead(state: State, file: string, read: Read, where: string, parents: readonly string[]): void {
  if (read.kind === 'refused')
    throw new UnusableConfiguration(`${where}: .include ${file}: ${read.reason}`, true);
  // OpenSSL passes over an include that is not there, and distributions rely on that
  if (read.kind === 'unreadable') state.ignored.push(`${where}: .include ${file}: ${read.reason}`);
  if (read.kind === 'file') addFile(state, file, read.content, parents);
  if (read.kind === 'directory') addFolder(state, file, read.names, where, parents);
}

/** The files *.cnf and *.conf of a folder. OpenSSL takes them in the order of the file system; here it is by name. */
function addFolder(
  state: State,
  folder: string,
  names: readonly string[],
  where: string,
  parents: readonly string[],
): void {
  if (state.isInFolder) {
    state.ignored.push(`${where}: .include ${folder}: a folder inside of an included folder`);
    return;
  }
  state.isInFolder = true;
  for (const name of names.filter((each) => /.\.(cnf|conf)$/i.test(each)).sort()) {
    const file = path.posix.join(folder, name);
    const read = state.options.read(file);
    if (read.kind === 'directory') continue;
    if (!parents.includes(file)) addRead(state, file, read, where, parents);
  }
  state.isInFolder = false;
}
