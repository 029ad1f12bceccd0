// Comparisons of this package with pyOpenSSL: the same operation on both sides, then one look at both outcomes.
//
// A side answers or refuses. Answers are equal when they hold the same bytes, numbers, texts, times and lists; refusals
// when they are of the same kind and, where OpenSSL refused, for the same reason. A mistake in a test (a method that does
// not exist, a wrong name) is neither: it fails the test.

import { isDeepStrictEqual } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import type { OpenSSLError } from '../../addon/lib/index.ts';
import { hasPythonOpenssl, PythonOpenssl, type PythonRefusal, type Values } from './python-openssl.ts';

/** Runs Python while the values of a comparison are made. */
export type Evaluate = <T = Buffer>(source: string, values?: Values) => Promise<NoInfer<T>>;

export interface Comparison<V extends Values = Values> {
  /** What both sides get: variables in Python, the argument of `ours`. */
  readonly values?: V | ((python: Evaluate) => V | Promise<V>);
  /** Statements of Python, the last of which is an expression: the answer. */
  readonly python: string;
  readonly ours: (values: V) => unknown;
}

/** Where this package behaves otherwise than pyOpenSSL, on purpose. */
export interface Difference {
  readonly pyOpenSSL: string;
  readonly here: string;
  readonly why: string;
}

/** How a side ended, in words that both sides share. */
export type Outcome = { readonly answer: unknown } | { readonly refusal: string };

/** A comparison of which there is one a row; the row is what both sides get, unless `values` makes that of it. */
export interface RowComparison<R extends Values, V extends Values> {
  readonly values?: (row: R, python: Evaluate) => V | Promise<V>;
  readonly python: string;
  readonly ours: (values: V) => unknown;
}

/** The rows of a table, by what is special about each. */
export type Rows<R extends Values> = Readonly<Record<string, R>>;

/** What {@link differential} gives a test file: each declares tests and counts as one comparison, but for `control`. */
export interface Differential {
  /** Both sides answer the same. */
  same<V extends Values>(title: string, comparison: Comparison<V>): void;
  /** Both sides answer the same for every row. */
  sameForEach<R extends Values, V extends Values = R>(
    title: string,
    rows: Rows<R>,
    comparison: RowComparison<R, V>,
  ): void;
  /** Both sides refuse, for the same reason. */
  bothRefuse<V extends Values>(title: string, comparison: Comparison<V>): void;
  /** Both sides refuse every row, for the same reason. */
  bothRefuseEach<R extends Values, V extends Values = R>(
    title: string,
    rows: Rows<R>,
    comparison: RowComparison<R, V>,
  ): void;
  /** The sides differ on purpose, and exactly so. */
  differ<V extends Values>(
    title: string,
    difference: Difference,
    comparison: Comparison<V> & { readonly pythonGives: Outcome; readonly oursGive: Outcome },
  ): void;
  /** The negative control of a file: sides that do not do the same are told apart. */
  control<V extends Values>(title: string, comparison: Comparison<V>): void;
}

/**
 * Starts Python for a test file.
 * @param options - `python`: what all sources of the file see; `values`: variables for it
 */
export async function differential(
  options: { readonly python?: string; readonly values?: Values } = {},
): Promise<Differential> {
  const isInstalled = await hasPythonOpenssl();
  const python = isInstalled ? new PythonOpenssl() : undefined;
  await python?.share(options.python ?? '', options.values);
  test.after.always(() => python?.stop());

  const declare = <V extends Values>(
    title: string,
    comparison: Comparison<V>,
    body: (t: ExecutionContext, ours: Outcome, theirs: Outcome) => void,
  ) => {
    if (python === undefined) {
      test.skip(`${title} (skipped: the Debian package python3-openssl is not installed)`, () => {});
      return;
    }
    test(title, async (t) => {
      const values = await valuesOf(python, comparison);
      const ours = await ourOutcome(() => comparison.ours(values));
      const theirs = pythonOutcome(await python.run(comparison.python, values));
      body(t, ours, theirs);
    });
  };

  const same: Differential['same'] = (title, comparison) =>
    declare(title, comparison, (t, ours, theirs) => {
      t.true('answer' in theirs, `pyOpenSSL refuses: ${JSON.stringify(theirs)}`);
      t.deepEqual(ours, theirs);
    });
  const bothRefuse: Differential['bothRefuse'] = (title, comparison) =>
    declare(`refuses ${title}`, comparison, (t, ours, theirs) => {
      t.true('refusal' in theirs, 'pyOpenSSL does not refuse');
      t.deepEqual(ours, theirs);
    });
  return {
    same,
    bothRefuse,
    sameForEach: (title, rows, comparison) => forEachRow(title, rows, comparison, same),
    bothRefuseEach: (title, rows, comparison) => forEachRow(title, rows, comparison, bothRefuse),
    differ: (title, difference, comparison) =>
      declare(title, comparison, (t, ours, theirs) => {
        t.log(`${difference.pyOpenSSL}; here: ${difference.here}`);
        t.deepEqual(theirs, describeOutcome(comparison.pythonGives), 'pyOpenSSL');
        t.deepEqual(ours, describeOutcome(comparison.oursGive), 'ours');
        t.notDeepEqual(ours, theirs);
      }),
    control: (title, comparison) =>
      declare(title, comparison, (t, ours, theirs) => {
        t.false(isDeepStrictEqual(ours, theirs), 'nothing tells the sides apart');
      }),
  };
}

function forEachRow<R extends Values, V extends Values>(
  title: string,
  rows: Rows<R>,
  { values, python, ours }: RowComparison<R, V>,
  declare: (title: string, comparison: Comparison<V>) => void,
): void {
  for (const [name, row] of Object.entries(rows)) {
    // without `values` there is no other V than R
    const given = values === undefined ? (row as Values as V) : (evaluate: Evaluate) => values(row, evaluate);
    declare(`${title}: ${name}`, { values: given, python, ours });
  }
}

async function valuesOf<V extends Values>(python: PythonOpenssl, comparison: Comparison<V>): Promise<V> {
  const { values } = comparison;
  if (typeof values !== 'function') return values ?? ({} as V);
  return values(async <T>(source: string, variables?: Values) => {
    const outcome = await python.run(source, variables);
    if ('answer' in outcome) return outcome.answer as T;
    throw new Error(`${outcome.refusal.type}: ${outcome.refusal.message}\n${source}`);
  });
}

async function ourOutcome(call: () => unknown): Promise<Outcome> {
  try {
    return { answer: describe(await call()) };
  } catch (error) {
    return { refusal: describeOurError(error) };
  }
}

function pythonOutcome(outcome: Awaited<ReturnType<PythonOpenssl['run']>>): Outcome {
  if ('answer' in outcome) return { answer: describe(outcome.answer) };
  return { refusal: describePythonError(outcome.refusal) };
}

function describeOutcome(outcome: Outcome): Outcome {
  return 'answer' in outcome ? { answer: describe(outcome.answer) } : outcome;
}

/** A value in a form that tells bytes from text and integers from both, whatever class holds them. */
function describe(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value)))
    return { integer: String(value) };
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (value instanceof Date) return { time: value.toISOString() };
  if (Array.isArray(value)) return value.map(describe);
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, describe(one)]));
  throw new Error(`a comparison cannot look into ${String(value)}`);
}

/** pyOpenSSL's exceptions, in the words of this package. */
const kinds: Readonly<Record<string, string>> = {
  Error: 'OpenSSLError',
  X509StoreContextError: 'X509StoreContextError',
  TypeError: 'TypeError',
  ValueError: 'RangeError',
  IndexError: 'RangeError',
  OverflowError: 'RangeError',
  AttributeError: 'RangeError',
  WantReadError: 'WantReadError',
  ZeroReturnError: 'ZeroReturnError',
  SysCallError: 'SysCallError',
};

/** Errors of a connection that are what they are called. */
const connectionErrors = new Set(['WantReadError', 'ZeroReturnError', 'SysCallError']);

function describePythonError({ type, message, queue, errors }: PythonRefusal): string {
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`pyOpenSSL raised ${type}: ${message}`);
  if (errors.length > 0) return `${kind} ${errors.join(', ')}`;
  if (kind !== 'OpenSSLError') return kind;
  const [[library, , reason] = []] = queue;
  return describeCause(library, reason);
}

/** The cause is what OpenSSL says first; what it says after that, its versions word differently. */
function describeCause(library: string | undefined, reason: string | undefined): string {
  return reason === undefined || reason === '' ? 'OpenSSLError' : `OpenSSLError ${library}: ${reason}`;
}

function describeOurError(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const { name, message } = error;
  if (connectionErrors.has(name)) return name;
  if (name === 'OpenSSLError' || name === 'TLSError') {
    const { library, reason } = error as OpenSSLError;
    return describeCause(library, reason);
  }
  // every refusal of an argument begins with this word; the engine's own TypeErrors do not
  if ((name === 'TypeError' || name === 'RangeError') && message.startsWith('Expected ')) return name;
  throw error;
}
