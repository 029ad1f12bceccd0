// Reader of text-based stubs (.tbd, version 4): the names that a library of macOS offers, for linkers that lack the library.
//
//   --- !tapi-tbd                       one document a library
//   tbd-version:     4
//   install-name:    '/usr/lib/libSystem.B.dylib'
//   reexported-libraries:               whose documents follow
//     - targets:     [ x86_64-macos, arm64-macos ]
//       libraries:   [ '/usr/lib/system/libdyld.dylib' ]
//   exports:                            and reexports
//     - targets:     [ arm64-macos ]
//       symbols:     [ _a, '_b$c' ]     also weak-symbols, thread-local-symbols; Objective-C's are left out
//
// Source: LLVM's documentation of TextAPI, "TBD version 4". It is YAML; this reads the part of it that stubs are written in.

import { BuildError } from '../errors.ts';

/** One library of a stub. */
export interface StubLibrary {
  readonly installName: string;
  /** What it offers under its own name, and what is offered. */
  readonly lists: readonly StubList[];
}

/** Names that hold for some targets. */
interface StubList {
  /** As `arm64-macos`. */
  readonly targets: readonly string[];
  readonly kind: 'libraries' | 'symbols';
  readonly names: readonly string[];
}

const symbolKeys = ['symbols', 'weak-symbols', 'thread-local-symbols'];

/** Sections whose lists count; the key of the libraries in the first is `libraries`. */
const sections = ['reexported-libraries', 'exports', 'reexports'];

/** A key with its value: a list in brackets over any number of lines, or the rest of the line. */
const keyValue = /^( *)(- )?([a-z-]+):[ \t]*(\[[^\]]*\]|[^\n]*)/gm;

/**
 * Reads a stub.
 * @param file - the name that errors begin with
 * @throws {BuildError} ERR_VALIDATION: not a stub of version 4, or a list without targets
 */
export function readTextStub(text: string, file: string): readonly StubLibrary[] {
  const [before = '', ...documents] = text.split(/^--- !tapi-tbd$/m);
  if (documents.length === 0 || before.trim() !== '') {
    const start = JSON.stringify(text.slice(0, 40));
    throw new BuildError('ERR_VALIDATION', `${file}: wanted a text stub (--- !tapi-tbd), got ${start}`);
  }
  return documents.map((document) => readDocument(document, file));
}

function readDocument(document: string, file: string): StubLibrary {
  const fail = (message: string): never => {
    throw new BuildError('ERR_VALIDATION', `${file}: ${message}`);
  };
  const scalars = new Map<string, string>();
  const lists: StubList[] = [];
  let [section, targets]: [string, readonly string[] | undefined] = ['', undefined];
  for (const [, indent = '', dash, key = '', value = ''] of document.matchAll(keyValue)) {
    if (indent === '' && dash === undefined) {
      section = key;
      scalars.set(key, unquoted(value));
    }
    if (!sections.includes(section)) continue;
    if (dash !== undefined) targets = undefined;
    if (key === 'targets') targets = listItems(value);
    const kind = key === 'libraries' ? 'libraries' : 'symbols';
    if (kind === 'symbols' && !symbolKeys.includes(key)) continue;
    lists.push({
      kind,
      targets: targets ?? fail(`wanted targets before ${key}, got none`),
      names: listItems(value),
    });
  }
  const version = scalars.get('tbd-version');
  if (version !== '4') fail(`wanted tbd-version 4, got ${version ?? 'none'}`);
  const installName = scalars.get('install-name') ?? fail('wanted an install-name, got none');
  return { installName, lists };
}

function unquoted(word: string): string {
  return word.trim().replace(/^(['"])(.*)\1$/, '$2');
}

function listItems(value: string): readonly string[] {
  const inside = /^\[([^\]]*)\]$/.exec(value.trim())?.[1] ?? value;
  return inside
    .split(',')
    .map(unquoted)
    .filter((name) => name !== '');
}

/**
 * The symbols that a library offers, with those of the libraries that it re-exports.
 * @param target - as `arm64-macos`
 * @throws {BuildError} ERR_VALIDATION: the stub has no such library, or one that offers nothing to the target
 */
export function stubSymbols(
  stub: readonly StubLibrary[],
  installName: string,
  target: string,
): ReadonlySet<string> {
  const symbols = new Set<string>();
  const seen = new Set<string>();
  const waiting = [installName];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const library = stub.find((one) => one.installName === name);
    const lists = library?.lists.filter(({ targets }) => targets.includes(target)) ?? [];
    for (const { kind, names } of lists) {
      if (kind === 'libraries') waiting.push(...names);
      else for (const symbol of names) symbols.add(symbol);
    }
  }
  if (symbols.size > 0) return symbols;
  throw new BuildError(
    'ERR_VALIDATION',
    `wanted a stub of ${installName} for ${target}, got none with symbols`,
  );
}
