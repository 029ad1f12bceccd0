// Arguments that fit, as far as it is known what fits: by what errors have said, else by chance.

import { mutate } from '../support/random.ts';
import type { Expectations } from './expectations.ts';
import {
  type HostileSources,
  hostileValue,
  type Labelled,
  setEntry,
  thrownByCaller,
} from './hostile-values.ts';
import {
  pick,
  type Random,
  randomBigint,
  randomBytes,
  randomDate,
  randomNumber,
  randomText,
} from './random-values.ts';
import type { Class, Entry } from './surface.ts';

export interface FittingSources extends HostileSources {
  readonly expectations: Expectations;
  readonly constants: ReadonlyMap<string, unknown>;
  /** Encoded objects of every kind, to be read. */
  readonly corpus: readonly Uint8Array[];
  /** Arguments that a call has returned with, by the name of what was called. */
  readonly proven: Map<string, (readonly Labelled[])[]>;
}

const provenKept = 8;

/** Remembers arguments that a call has returned with. */
export function rememberProven(
  { proven, random }: FittingSources,
  entry: Entry,
  args: readonly Labelled[],
): void {
  const kept = proven.get(entry.name) ?? [];
  proven.set(entry.name, kept);
  if (kept.length < provenKept) kept.push(args);
  else kept[random(provenKept)] = args;
}

/** Arguments that were right before, one of them exchanged. */
function varied(sources: FittingSources, entry: Entry, proven: readonly Labelled[]): readonly Labelled[] {
  const { random } = sources;
  const args = [...proven];
  const place = random(args.length + 1);
  if (place < args.length) {
    const name = entry.parameters[place] ?? `#${place}`;
    args[place] = random(2) === 0 ? hostileValue(sources) : fittingArgument(sources, entry, name);
  }
  return args;
}

/**
 * The arguments of a call: most fit as far as is known, any may be hostile, some are missing or too many.
 * @param isMeek - all are to fit as far as is known
 */
export function argumentsFor(sources: FittingSources, entry: Entry, isMeek: boolean): readonly Labelled[] {
  const { random } = sources;
  const proven = sources.proven.get(entry.name);
  if (proven !== undefined && random(3) === 0) return varied(sources, entry, pick(random, proven));
  const names = [...entry.parameters];
  // of a native function nothing is known but what it says when it is called
  if (names.length === 0 && entry.kind !== 'getter') {
    names.push(...sources.expectations.named(entry), ...['#0', '#1', '#2'].slice(0, random(4)));
  }
  if (isMeek) return names.map((name) => fittingArgument(sources, entry, name));
  if (random(8) === 0) names.length = random(names.length + 1);
  if (random(24) === 0) names.push('more');
  return names.map((name) =>
    random(6) === 0 ? hostileValue(sources) : fittingArgument(sources, entry, name),
  );
}

function fittingArgument(sources: FittingSources, entry: Entry, name: string): Labelled {
  const { random } = sources;
  const known = sources.expectations.wanted(entry, name);
  if (known.length > 0 && random(5) > 0) {
    const wanted = pick(random, known);
    return { label: wanted.slice(0, 40), value: fittingValue(sources, entry, name, wanted) };
  }
  return { label: 'likely', value: likelyValue(sources) };
}

/** Anything that a function of this kind of library may take. */
function likelyValue({ random, pool, constants, corpus }: FittingSources): unknown {
  const kind = random(12);
  if (kind < 3) return pool.anyObject();
  if (kind < 5) return [...constants.values()][random(Math.max(1, constants.size))];
  if (kind === 5) return pool.handle();
  if (kind === 6) return undefined;
  if (kind === 7) return randomNumber(random);
  if (kind === 8) return randomText(random);
  if (kind === 9) return pool.text();
  return encoded(random, pool.bytes(), corpus);
}

/** `loadCrl` and `crlFromDer` read a CRL. */
function subjectOf(name: string): string {
  return /(?:load|dump)(\w+)$|(\w+)From\w+$/.exec(name)?.slice(1).find(Boolean) ?? '';
}

/** Something to be read: as it is, or changed. */
function encoded(random: Random, own: Uint8Array | undefined, corpus: readonly Uint8Array[]): Uint8Array {
  const bytes = random(2) === 0 && own !== undefined ? own : pick(random, corpus);
  return random(3) === 0 ? mutate(bytes ?? randomBytes(random), random) : (bytes ?? randomBytes(random));
}

type Fit = readonly [
  pattern: RegExp,
  make: (sources: FittingSources, wanted: string, entry: Entry, name: string) => unknown,
];

const fits: readonly Fit[] = [
  [/\bfrom -?\d+ to \d+/, ({ random }, wanted) => numberInRange(random, wanted)],
  [/\b(integer|number)\b(?!.* from )/, ({ random }) => randomNumber(random)],
  [/\bbigint\b/, ({ random }) => randomBigint(random)],
  [/\b(string|text|name|OID)\b/, ({ random, pool }) => (random(4) === 0 ? pool.text() : randomText(random))],
  [
    /\b(Uint8Array|Buffer|bytes)\b/,
    ({ random, pool, corpus }, _wanted, { name }) => encoded(random, pool.bytes(subjectOf(name)), corpus),
  ],
  [/\b(Uint8Array|Buffer|bytes)\b/, ({ random }) => randomBytes(random)],
  [/\bboolean\b/, ({ random }) => random(2) === 0],
  [/\bDate\b/, ({ random }) => randomDate(random)],
  [
    /\bfunction\b/,
    ({ random }) =>
      () =>
        randomText(random),
  ],
  [/\bundefined\b/, () => undefined],
  [/\bnull\b/, () => null],
  [/\bhandle\b/, ({ pool }, _wanted, _entry, name) => pool.handle(name)],
  [/\bAbortSignal\b/, ({ random }) => abortedIn(random(20))],
  [/\barray\b/, (sources, wanted, entry, name) => arrayOf(sources, wanted, entry, name)],
  [/\ban? (plain )?object\b/, (sources, _wanted, entry, name) => optionsFor(sources, entry, name)],
];

function abortedIn(timeoutMs: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(thrownByCaller), timeoutMs).unref();
  return controller.signal;
}

function fittingValue(sources: FittingSources, entry: Entry, name: string, wanted: string): unknown {
  const { random, classes, constants, pool } = sources;
  const makes = [
    ...fits
      .filter(([pattern]) => pattern.test(wanted))
      .map(
        ([, make]) =>
          () =>
            make(sources, wanted, entry, name),
      ),
    ...classes.filter((owner) => mentions(wanted, owner)).map((owner) => () => pool.object(owner)),
    ...[...constants.keys()].filter((word) => wanted.includes(word)).map((word) => () => constants.get(word)),
    ...constantsOf(wanted, constants).map((value) => () => value),
    ...listedWords(wanted).map((word) => () => word),
  ];
  return makes.length === 0 ? likelyValue(sources) : pick(random, makes)();
}

function mentions(wanted: string, { name }: Class): boolean {
  return new RegExp(`\\b${name}\\b`).test(wanted);
}

/** `a TYPE constant`: those whose names begin so. */
function constantsOf(wanted: string, constants: ReadonlyMap<string, unknown>): readonly unknown[] {
  const start = /\b([A-Z]\w+) constant/.exec(wanted)?.[1];
  return [...constants]
    .filter(([name]) => start !== undefined && name.startsWith(start))
    .map(([, value]) => value);
}

/** `one of a, b, c`: each of them; numbers are numbers. */
function listedWords(wanted: string): readonly (string | number)[] {
  const list = /\bone of (.+)$/s.exec(wanted)?.[1]?.split(/, | or /) ?? [];
  return list.map((word) => (/^\d+$/.test(word) ? Number(word) : word));
}

/** Near the lower end, where a computation takes the least time, and just outside. */
function numberInRange(random: Random, wanted: string): number {
  const [, from = '0', to = '0'] = /from (-?\d+) to (\d+)/.exec(wanted) ?? [];
  const [low, high] = [Number(from), Number(to)];
  return pick(random, [low, low, low, low + 1, low + 8, low + random(64), low - 1, high + 1, low + 0.5]);
}

function arrayOf(sources: FittingSources, wanted: string, entry: Entry, name: string): unknown[] {
  const { random } = sources;
  const element = /array of (.+)$/s.exec(wanted)?.[1] ?? 'a string or an object';
  return Array.from({ length: random(4) }, () =>
    random(10) === 0 ? hostileValue(sources).value : fittingValue(sources, entry, name, element),
  );
}

/** An object with some of the entries that errors have named. */
function optionsFor(sources: FittingSources, entry: Entry, name: string): Record<string, unknown> {
  const { random, expectations } = sources;
  const options: Record<string, unknown> = {};
  for (const key of expectations.keys(entry, name)) {
    if (random(3) > 0) continue;
    const places = [`${name}.${key}`, key];
    setEntry(sources, options, key, () => {
      if (random(6) === 0) return hostileValue(sources).value;
      const known = places.flatMap((place) => expectations.wanted(entry, place));
      return known.length === 0
        ? likelyValue(sources)
        : fittingValue(sources, entry, key, pick(random, known));
    });
  }
  // an unknown entry makes the error say which there are
  if (random(12) === 0 || expectations.keys(entry, name).length === 0)
    setEntry(sources, options, 'unknown', () => 1);
  return options;
}
