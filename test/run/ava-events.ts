// The events of ava 7 that the runner reads (ava/lib/runner.js, ava/lib/fork.js, ava/lib/run-status.js), and an error of a
// test as text.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

export interface AvaEvent {
  readonly type: string;
  readonly testFile?: string;
  readonly title?: string;
  readonly err?: AvaError;
  readonly logs?: readonly string[];
  readonly skip?: boolean;
  readonly todo?: boolean;
  readonly nonZeroExitCode?: number;
  readonly signal?: string;
  readonly period?: number;
  readonly stack?: string;
  readonly chunk?: Uint8Array;
  /** Of a timeout: the tests that have not ended, by file. */
  readonly pendingTests?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** An error as ava's test process serializes it (ava/lib/serialize-error.js). */
export interface AvaError {
  readonly type: 'native' | 'ava' | 'aggregate' | 'unknown';
  readonly message?: string;
  readonly stack?: string;
  readonly source?: { readonly file: string; readonly line: number } | null;
  readonly formattedDetails?: readonly { readonly label: string; readonly formatted: string }[];
  readonly formattedError?: string;
  readonly errors?: readonly AvaError[];
}

/** The place, the message, the difference, then what the test logged. */
export function failureText(root: string, error: AvaError | undefined, logs: readonly string[] = []): string {
  const lines = error === undefined ? [] : errorLines(root, error);
  return stripVTControlCharacters([...lines, ...logs].filter((line) => line.trim() !== '').join('\n'));
}

function errorLines(root: string, error: AvaError): readonly string[] {
  if (error.type === 'aggregate') return (error.errors ?? []).flatMap((one) => errorLines(root, one));
  if (error.type === 'unknown') return [error.formattedError ?? ''];
  const { source } = error;
  const place = source ? [`${path.relative(root, fileURLToPath(source.file))}:${source.line}`] : [];
  if (error.type === 'native') return [...place, ...messageLines(error)];
  const details = (error.formattedDetails ?? []).flatMap(({ label, formatted }) => [label, formatted]);
  const { message = '' } = error;
  // the label of what a test threw repeats the message
  const isRepeated = details[0]?.startsWith(message) ?? false;
  return [...place, ...(isRepeated ? [] : [message]), ...details];
}

/** A stack up to its first frame: the name, and a message of any number of lines. */
function messageLines({ stack = '', message = '' }: AvaError): readonly string[] {
  const lines = stack.split('\n');
  const frame = lines.findIndex((line) => /^\s+at /.test(line));
  const head = frame < 0 ? lines : lines.slice(0, frame);
  return head.join('').trim() === '' ? [message] : head;
}
