// What the docstring of a public name must have.

import type { PublicKind, PublicName } from './public-api.ts';

const called: readonly PublicKind[] = ['function', 'constructor', 'method', 'static'];

/**
 * The names whose docstring lacks something, one sentence each: a docstring at all; for what takes arguments, its errors, or
 * `@throws nothing: …` with the reason; for every error, what is thrown, or whose errors they are.
 */
export function docstringProblems(names: readonly PublicName[]): string[] {
  const errors = ['Error', 'TypeError', 'RangeError'];
  for (const { path, kind } of names)
    if (kind === 'class' && path.endsWith('Error')) errors.push(lastPart(path));
  return names.flatMap((name) =>
    [...problemsOf(name, names, errors)].map((problem) => `${name.place}: ${name.path} ${problem}`),
  );
}

function* problemsOf(name: PublicName, names: readonly PublicName[], errors: readonly string[]) {
  // a property that a mapped type makes has no place for a docstring
  const isMade = name.place === '';
  const isTold = name.documentation !== '' || (name.kind === 'constructor' && name.params.length > 0);
  if (!isTold && !isMade) yield 'has no docstring';
  if (called.includes(name.kind) && name.parameters.length > 0 && name.throws.length === 0)
    yield 'takes arguments and has no @throws';
  for (const text of name.throws) {
    const problem = throwsProblem(text, name, names, errors);
    if (problem !== undefined) yield problem;
  }
}

function throwsProblem(
  text: string,
  name: PublicName,
  names: readonly PublicName[],
  errors: readonly string[],
): string | undefined {
  const [, thrown, when] = /^\{([^}]*)\} *(.*)$/s.exec(text) ?? [];
  if (thrown !== undefined) {
    const unknown = thrown.split('|').find((each) => !errors.includes(each.trim()));
    if (unknown !== undefined) return `throws ${unknown.trim()}, which is no error of this library`;
    return when === '' ? `throws ${thrown} and does not say when` : undefined;
  }
  const [, link] = /^(?:as|what) \{@link ([\w.]+)\}/.exec(text) ?? [];
  if (link !== undefined) {
    const target = names.find(({ path }) => path === link || isNear(path, link, name.path));
    return target?.throws.length ? undefined : `throws what ${link} throws, which says nothing`;
  }
  return /^(what|nothing:) ./.test(text) ? undefined : `has an @throws that names no error: ${text}`;
}

/** `compare` beside `X509Name.equals`, or `PKey.bits` seen from any place of the same namespace. */
function isNear(path: string, link: string, from: string): boolean {
  const owners = from.split('.').slice(0, -1);
  return owners.some((_, index) => path === [...owners.slice(0, index + 1), link].join('.'));
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
