// Turns ava's events into records, in ava's own process.

import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type AvaEvent, failureText } from './ava-events.ts';
import type { TestRecord } from './records.ts';

/** As much of a process's last output as is kept for the case that it crashes. */
const keptOutputChars = 4000;

/** What is known of one test file while it runs. */
interface FileState {
  /** The last of what its process wrote. */
  output: string;
  hasTests: boolean;
  /** A failure of the file as a whole is recorded. */
  isBroken: boolean;
  hasEnded: boolean;
}

/**
 * Makes the function that turns one event into records.
 * @param root - the project; files are named relative to it
 */
export function eventReader(root: string): (event: AvaEvent) => readonly TestRecord[] {
  const states = new Map<string, FileState>();
  const stateOf = (file: string): FileState => {
    const state = states.get(file) ?? { output: '', hasTests: false, isBroken: false, hasEnded: false };
    states.set(file, state);
    return state;
  };
  return (event) => {
    if (event.type === 'timeout') {
      // what ava calls pending has the tests of crashed files as well
      const running = pendingFiles(root, event).filter((file) => !stateOf(file).hasEnded);
      const text = `timed out: no test began or ended for ${(event.period ?? 0) / 1000} s`;
      return running.map((file) => fileFailed(file, stateOf(file), text));
    }
    if (event.testFile === undefined) {
      const isFailure = event.type === 'internal-error' || event.type === 'shared-worker-error';
      return isFailure ? [{ kind: 'run-failed', text: failureText(root, event.err) }] : [];
    }
    const file = path.relative(root, event.testFile);
    const state = stateOf(file);
    const text = failureText(root, event.err, event.logs);
    return [...testRecords(file, event, text), ...fileRecords(file, state, event, text)];
  };
}

function pendingFiles(root: string, { pendingTests = new Map() }: AvaEvent): readonly string[] {
  return [...pendingTests.keys()].map((file) => path.relative(root, file));
}

function fileFailed(file: string, state: FileState, text: string): TestRecord {
  state.isBroken = true;
  const last = stripVTControlCharacters(state.output).trim();
  return { kind: 'file-failed', file, text: last === '' ? text : `${text}\n${last}` };
}

/** Of events of one test or hook. */
function testRecords(
  file: string,
  { type, title = '', skip, todo }: AvaEvent,
  text: string,
): readonly TestRecord[] {
  switch (type) {
    case 'selected-test':
      return [{ kind: skip || todo ? 'skipped' : 'selected', file, title }];
    case 'test-passed':
      return [{ kind: 'passed', file, title }];
    case 'test-failed':
      return [{ kind: 'failed', file, title, text }];
    case 'hook-failed':
      return [{ kind: 'hook-failed', file, title, text }];
    default:
      return [];
  }
}

/** Of events of the process of a file. */
function fileRecords(file: string, state: FileState, event: AvaEvent, text: string): readonly TestRecord[] {
  switch (event.type) {
    case 'worker-stdout':
    case 'worker-stderr':
      state.output = (state.output + Buffer.from(event.chunk ?? []).toString()).slice(-keptOutputChars);
      return [];
    case 'declared-test':
      state.hasTests = true;
      return [];
    case 'uncaught-exception':
    case 'unhandled-rejection':
    case 'internal-error':
      return [fileFailed(file, state, `${event.type.replace('-', ' ')}\n${text}`)];
    case 'process-exit':
      return [fileFailed(file, state, `a test called process.exit()\n${event.stack ?? ''}`)];
    case 'missing-ava-import':
      return [fileFailed(file, state, 'no tests found: import "ava" at the top of the file')];
    case 'worker-failed':
    case 'worker-finished':
      return endRecords(file, state, event, text);
    default:
      return [];
  }
}

/** A process that ends with an exit status does so because of what is recorded already, if anything is. */
function endRecords(file: string, state: FileState, event: AvaEvent, text: string): readonly TestRecord[] {
  const end: TestRecord = { kind: 'end', file, atMs: Date.now() };
  state.hasEnded = true;
  if (state.isBroken) return [end];
  if (event.type === 'worker-finished') {
    return state.hasTests ? [end] : [fileFailed(file, state, 'no tests found in this file'), end];
  }
  const how = event.signal ? `signal ${event.signal}` : `exit status ${event.nonZeroExitCode ?? 'unknown'}`;
  return [fileFailed(file, state, event.err ? text : `the test process ended with ${how}`), end];
}
