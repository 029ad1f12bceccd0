// Turns ava's events into records, in ava's own process.

import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type AvaEvent, failureText } from './ava-events.ts';
import type { TestRecord } from './records.ts';

/** As much of a process's last output as is kept for the case that it crashes. */
const keptOutputChars = 4000;

/**
 * Makes the function that turns one event into records.
 * @param root - the project; files are named relative to it
 */
export function eventReader(root: string): (event: AvaEvent) => readonly TestRecord[] {
  const output = new Map<string, string>();
  const declared = new Set<string>();
  const broken = new Set<string>();
  const ended = new Set<string>();
  /** A process ends with an exit status because of what it said before: one record is enough. */
  const fileFailed = (file: string, text: string, isConsequence = false): readonly TestRecord[] => {
    if (isConsequence && broken.has(file)) return [];
    broken.add(file);
    const last = stripVTControlCharacters(output.get(file) ?? '').trim();
    return [{ kind: 'file-failed', file, text: last === '' ? text : `${text}\n${last}` }];
  };

  return (event) => {
    const { type, title = '' } = event;
    if (type === 'timeout') {
      // what ava calls pending has the tests of crashed files as well
      const running = pendingFiles(root, event).filter((file) => !ended.has(file));
      const text = `timed out: no test began or ended for ${(event.period ?? 0) / 1000} s`;
      return running.flatMap((file) => fileFailed(file, text));
    }
    if (event.testFile === undefined) {
      const isFailure = type === 'internal-error' || type === 'shared-worker-error';
      return isFailure ? [{ kind: 'run-failed', text: failureText(root, event.err) }] : [];
    }
    const file = path.relative(root, event.testFile);
    const text = () => failureText(root, event.err, event.logs);
    const end: TestRecord = { kind: 'end', file, atMs: Date.now() };
    if (type === 'worker-failed' || type === 'worker-finished') ended.add(file);
    switch (type) {
      case 'worker-stdout':
      case 'worker-stderr': {
        const all = (output.get(file) ?? '') + Buffer.from(event.chunk ?? []).toString();
        output.set(file, all.slice(-keptOutputChars));
        return [];
      }
      case 'declared-test':
        declared.add(file);
        return [];
      case 'selected-test':
        return [{ kind: event.skip || event.todo ? 'skipped' : 'selected', file, title }];
      case 'test-passed':
        return [{ kind: 'passed', file, title }];
      case 'test-failed':
        return [{ kind: 'failed', file, title, text: text() }];
      case 'hook-failed':
        return [{ kind: 'hook-failed', file, title, text: text() }];
      case 'uncaught-exception':
      case 'unhandled-rejection':
      case 'internal-error':
        return fileFailed(file, `${type.replace('-', ' ')}\n${text()}`);
      case 'process-exit':
        return fileFailed(file, `a test called process.exit()\n${event.stack ?? ''}`);
      case 'missing-ava-import':
        return fileFailed(file, 'no tests found: import "ava" at the top of the file');
      case 'worker-failed': {
        const how = event.signal ? `signal ${event.signal}` : `exit status ${event.nonZeroExitCode ?? '?'}`;
        const crash = event.err ? text() : `the test process ended with ${how}`;
        return [...fileFailed(file, crash, true), end];
      }
      case 'worker-finished':
        return declared.has(file) || broken.has(file)
          ? [end]
          : [...fileFailed(file, 'no tests found in this file'), end];
      default:
        return [];
    }
  };
}

function pendingFiles(root: string, { pendingTests = new Map() }: AvaEvent): readonly string[] {
  return [...pendingTests.keys()].map((file) => path.relative(root, file));
}
