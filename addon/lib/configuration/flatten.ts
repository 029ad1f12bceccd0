// Reads a configuration file and everything that it includes into one text without `.include`, so that OpenSSL opens no
// file by itself: each file is checked as it is read, and an error can be told by file and line.

import type path from 'node:path';
import { isPlainValue, type Line, parseLine } from './line-syntax.ts';
import type { Reader } from './read-file.ts';

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
  /** Expands a value that stands in `section` after `lines`, as OpenSSL does; an UnusableConfiguration says why not. */
  readonly expand: (lines: readonly string[], section: string, value: string) => string;
  /** OPENSSL_CONF_INCLUDE: folder of relative includes; it beats the file's own `.pragma includedir`. */
  readonly includeDir: string | undefined;
  /** The system's paths. */
  readonly paths: Pick<path.PlatformPath, 'isAbsolute' | 'join'>;
}

/** Why a configuration is not used: there is none, it is not trusted, or it is wrong. */
export type UnusableKind = 'missing' | 'refused' | 'broken';

/** A configuration that is not used. The message has the file, and the line where there is one. */
export class UnusableConfiguration extends Error {
  readonly kind: UnusableKind;

  constructor(message: string, kind: UnusableKind = 'broken') {
    super(message);
    this.kind = kind;
  }
}

/** Names of Red Hat's own that only its OpenSSL knows; upstream's refuses the whole file because of one. */
const vendorPrefix = 'rh-';

/** Of UTF-8, as Latin-1 shows it. */
const byteOrderMark = '\u00ef\u00bb\u00bf';

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
  if (read.kind === 'refused') {
    throw new UnusableConfiguration(`${file} is not trusted: ${read.reason}`, 'refused');
  }
  if (read.kind === 'missing') throw new UnusableConfiguration(`${file}: ${read.reason}`, 'missing');
  if (read.kind === 'unreadable') throw new UnusableConfiguration(`${file}: ${read.reason}`);
  if (read.kind === 'directory') throw new UnusableConfiguration(`${file}: wanted a file, got a folder`);
  addFile(state, file, read.content, []);
  return state;
}

/** Most lines of most files: blank, or a comment that joins no other line. They take no time when the package is loaded. */
const plainlyEmpty = /^[ \t\r]*(?:#[^\0\\]*)?$/;

function addFile(state: State, file: string, content: Buffer, parents: readonly string[]): void {
  state.files.push(file);
  const physical = content.toString('latin1').split('\n');
  if (physical.at(-1) === '') physical.pop();
  for (let start = 0; start < physical.length; ) {
    if (plainlyEmpty.test(physical[start] ?? '')) {
      state.lines.push(physical[start] ?? '');
      state.places.push({ file, line: ++start });
      continue;
    }
    const { text, end } = joinContinued(physical, start);
    const place = { file, line: start + 1 };
    if (text.includes('\0')) throw new UnusableConfiguration(`${file}:${place.line}: NUL byte; wanted text`);
    const line = parseLine(text);
    const isKept = line.kind !== 'include' && !(line.kind === 'entry' && line.name.startsWith(vendorPrefix));
    for (let index = start; index < end; index++) {
      state.lines.push(isKept ? (physical[index] ?? '') : '');
      state.places.push({ file, line: index + 1 });
    }
    follow(state, line, place, [...parents, file]);
    start = end;
  }
}

/** One logical line: a backslash at the end of a line joins the next, unless another stands before it. */
function joinContinued(physical: readonly string[], start: number): { text: string; end: number } {
  let text = '';
  let end = start;
  while (end < physical.length) {
    text += withoutReturns(physical[end] ?? '');
    end++;
    if (!text.endsWith('\\') || text.endsWith('\\\\')) break;
    text = text.slice(0, -1);
  }
  return {
    text: start === 0 && text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text,
    end,
  };
}

function withoutReturns(line: string): string {
  return line.endsWith('\r') ? line.replace(/\r+$/, '') : line;
}

function follow(state: State, line: Line, place: Place, parents: readonly string[]): void {
  const where = `${place.file}:${place.line}`;
  if (line.kind === 'section') state.section = line.name;
  if (line.kind === 'pragma') applyPragma(state, line.name, line.value);
  if (line.kind === 'include') {
    const name = expandValue(state, line.section ?? state.section, line.value, where);
    include(state, name, where, parents);
  }
  if (line.kind !== 'entry') return;
  if (line.name.startsWith(vendorPrefix)) {
    state.ignored.push(`${where}: ${line.name}, which only Red Hat's OpenSSL knows`);
  } else {
    state.entries.set(entryKey(line.section ?? state.section, line.name), place);
  }
}

function applyPragma(state: State, name: string, value: string): void {
  if (name === 'includedir' && state.options.includeDir === undefined) state.includeDir = value;
  if (name === 'abspath') state.mustBeAbsolute = /^(on|true)$/i.test(value);
}

function expandValue(state: State, section: string, value: string, where: string): string {
  if (isPlainValue(value)) return value;
  try {
    return state.options.expand(state.lines, section, value);
  } catch (error) {
    if (!(error instanceof UnusableConfiguration)) throw error;
    throw new UnusableConfiguration(`${where}: .include ${value}: ${error.message}`);
  }
}

function include(state: State, name: string, where: string, parents: readonly string[]): void {
  const { includeDir } = state;
  const { paths } = state.options;
  const file = includeDir === undefined || paths.isAbsolute(name) ? name : paths.join(includeDir, name);
  if (state.mustBeAbsolute && !paths.isAbsolute(file)) {
    throw new UnusableConfiguration(
      `${where}: .include ${file}: wanted an absolute path, as the file's .pragma demands`,
    );
  }
  if (parents.length > MAX_INCLUDE_DEPTH) {
    throw new UnusableConfiguration(`${where}: .include ${file}: wanted at most ${MAX_INCLUDE_DEPTH} levels`);
  }
  addRead(state, file, where, parents);
}

function addRead(state: State, file: string, where: string, parents: readonly string[]): void {
  if (parents.includes(file)) {
    throw new UnusableConfiguration(`${where}: .include ${file}: it includes itself`);
  }
  const read = state.options.read(file);
  if (read.kind === 'refused') {
    throw new UnusableConfiguration(`${where}: .include ${file} is not trusted: ${read.reason}`, 'refused');
  }
  if (read.kind === 'file') addFile(state, file, read.content, parents);
  else if (read.kind === 'directory') addFolder(state, file, read.names, where, parents);
  // OpenSSL passes over an include that is not there, and distributions rely on that
  else state.ignored.push(`${where}: .include ${file}: ${read.reason}`);
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
    addRead(state, state.options.paths.join(folder, name), where, parents);
  }
  state.isInFolder = false;
}
