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

/** Lines that stand one after the other in a file, and so in the text. */
interface Run {
  readonly file: string;
  /** The file's line that is the first, counted from 1. */
  readonly line: number;
  /** Where it stands in the text, counted from 0. */
  readonly start: number;
}

/** A configuration in one text. Bytes are kept as they are, one a character. */
export interface FlatConfiguration {
  readonly lines: readonly string[];
  /** Where the lines came from: runs of lines of one file, in order. {@link placeOfLine} looks there. */
  readonly runs: readonly Run[];
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
  readonly runs: Run[];
  readonly files: string[];
  readonly ignored: string[];
  section: string;
  includeDir: string | undefined;
  mustBeAbsolute: boolean;
  isInFolder: boolean;
}

/**
 * Flattens a file.
 * @throws {UnusableConfiguration} the file, or one that it includes, cannot be read, is not trusted or is no text
 */
export function flatten(file: string, options: FlattenOptions): FlatConfiguration {
  const state: State = {
    options,
    lines: [],
    runs: [],
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
  const { lines, runs, files, ignored } = state;
  return { lines, runs, files, ignored };
}

/** What a line with effects has: a directive or a name of Red Hat's. */
const unplainWords: readonly string[] = ['.include', '.pragma', vendorPrefix];

/**
 * Whether a file is no more than lines to copy: without a directive or a name of Red Hat's that is in no comment, a line that may
 * join the next, a NUL, a byte order mark. Most files are, and take no time when the package is loaded.
 */
function isPlain(text: string): boolean {
  if (text.includes('\\') || text.includes('\0') || text.startsWith(byteOrderMark)) return false;
  return !unplainWords.some((word) => standsOutsideComments(text, word));
}

function standsOutsideComments(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const begin = text.lastIndexOf('\n', at) + 1;
    if (!text.slice(begin, at).includes('#')) return true;
  }
  return false;
}

function addFile(state: State, file: string, content: Buffer, parents: readonly string[]): void {
  state.files.push(file);
  const text = content.toString('latin1');
  const physical = text.split('\n');
  if (physical.at(-1) === '') physical.pop();
  startRun(state, file, 1);
  if (isPlain(text)) addPlainLines(state, physical);
  else addLogicalLines(state, file, physical, parents);
}

/** What follows came from there. */
function startRun({ runs, lines }: State, file: string, line: number): void {
  runs.push({ file, line, start: lines.length });
}

function addPlainLines(state: State, physical: readonly string[]): void {
  for (const line of physical) state.lines.push(line);
  const header = physical.findLast((line) => line.trimStart().startsWith('['));
  if (header === undefined) return;
  const line = parseLine(withoutReturns(header));
  if (line.kind === 'section') state.section = line.name;
}

function addLogicalLines(
  state: State,
  file: string,
  physical: readonly string[],
  parents: readonly string[],
): void {
  for (let start = 0; start < physical.length; ) {
    const { text, end } = joinContinued(physical, start, start === 0);
    const place = { file, line: start + 1 };
    if (text.includes('\0')) throw new UnusableConfiguration(`${file}:${place.line}: NUL byte; wanted text`);
    const line = parseLine(text);
    const isKept = line.kind !== 'include' && !(line.kind === 'entry' && line.name.startsWith(vendorPrefix));
    for (let index = start; index < end; index++) state.lines.push(isKept ? (physical[index] ?? '') : '');
    follow(state, line, place, [...parents, file]);
    if (line.kind === 'include') startRun(state, file, end + 1);
    start = end;
  }
}

/** One logical line: a backslash at the end of a line joins the next, unless another stands before it. */
function joinContinued(
  physical: readonly string[],
  start: number,
  isFirst: boolean,
): { text: string; end: number } {
  let text = '';
  let end = start;
  while (end < physical.length) {
    text += withoutReturns(physical[end] ?? '');
    end++;
    if (!text.endsWith('\\') || text.endsWith('\\\\')) break;
    text = text.slice(0, -1);
  }
  return {
    text: isFirst && text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text,
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
  if (line.kind === 'entry' && line.name.startsWith(vendorPrefix)) {
    state.ignored.push(`${where}: ${line.name}, which only Red Hat's OpenSSL knows`);
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

/**
 * Where a line of the text came from.
 * @param index - counted from 0; behind the end, it is the last line's place
 */
export function placeOfLine({ lines, runs }: FlatConfiguration, index: number): Place | undefined {
  const within = Math.min(index, lines.length - 1);
  const run = runs.findLast(({ start }) => start <= within);
  return run && { file: run.file, line: run.line + within - run.start };
}

/**
 * Where the entries of a section stand, by name; of several of one name, the last.
 * @param section - as it is named in brackets, or `default`
 */
export function placesOfEntries(flat: FlatConfiguration, section: string): ReadonlyMap<string, Place> {
  const { lines } = flat;
  const places = new Map<string, Place>();
  let current = 'default';
  for (let start = 0; start < lines.length; ) {
    const first = lines[start] ?? '';
    const { text, end } = joinContinued(lines, start, first.startsWith(byteOrderMark));
    const mayCount = current === section || text.includes('::') || text.trimStart().startsWith('[');
    const line = mayCount ? parseLine(text) : undefined;
    if (line?.kind === 'section') current = line.name;
    if (line?.kind === 'entry' && (line.section ?? current) === section) {
      const place = placeOfLine(flat, start);
      if (place !== undefined) places.set(line.name, place);
    }
    start = end;
  }
  return places;
}
