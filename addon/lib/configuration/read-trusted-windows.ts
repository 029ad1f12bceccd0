// Reads a configuration file of Windows, or lists a folder of them, only if the administrator alone can change it.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { InspectedPath } from '../native/binding.ts';
import type { Read, Reader } from './read-file.ts';
import { findProblemAbove, findWindowsTrustProblem, type WindowsPathFacts } from './trust-rule-windows.ts';

/** NativeBinding.inspectPath */
export type Inspect = (path: string, maxSizeBytes: number) => InspectedPath;

const ERROR_FILE_NOT_FOUND = 2;
const ERROR_PATH_NOT_FOUND = 3;

/**
 * A reader that trusts what {@link findWindowsTrustProblem} lets through. It looks at each folder before what is in it, from
 * the drive's root down: where nobody else than the administrator can exchange what a folder holds, what is found in it next
 * is what the administrator put there. The file's rights and its bytes come from one handle.
 * @param maxSizeBytes - a file that is larger is not read
 */
export function trustedReader(inspect: Inspect, maxSizeBytes: number): Reader {
  return (file) => {
    const absolute = path.win32.resolve(file);
    if (!/^[a-z]:\\/i.test(absolute)) return { kind: 'refused', reason: 'it is on no drive of this machine' };
    const way: WindowsPathFacts[] = [];
    try {
      for (const folder of foldersAbove(absolute)) {
        way.push({ path: folder, ...inspect(namespaced(folder), 0) });
      }
      const last = inspect(namespaced(absolute), maxSizeBytes);
      const problem = findWindowsTrustProblem([...way, { path: absolute, ...last }]);
      return problem === undefined
        ? readLast(absolute, last, maxSizeBytes)
        : { kind: 'refused', reason: problem };
    } catch (error) {
      return unopened(error, way);
    }
  };
}

function readLast(absolute: string, last: InspectedPath, maxSizeBytes: number): Read {
  if (last.kind === 'directory') return { kind: 'directory', names: readdirSync(absolute) };
  if (last.content !== undefined) return { kind: 'file', content: last.content };
  return { kind: 'unreadable', reason: `it has ${last.sizeBytes} bytes, wanted at most ${maxSizeBytes}` };
}

/** What cannot be opened in a folder that others can change says nothing: they may have made it so. */
function unopened(error: unknown, way: readonly WindowsPathFacts[]): Read {
  const { message, systemCode } = error as Error & { readonly systemCode?: number };
  if (systemCode === undefined) throw error;
  if (systemCode === ERROR_FILE_NOT_FOUND || systemCode === ERROR_PATH_NOT_FOUND) {
    return { kind: 'missing', reason: 'no such file' };
  }
  const problem = way.map(findProblemAbove).find((each) => each !== undefined);
  if (problem !== undefined) return { kind: 'refused', reason: problem };
  return { kind: 'unreadable', reason: message };
}

/** `C:\\a\\b` → `C:\\`, `C:\\a`. */
function foldersAbove(absolute: string): string[] {
  const above: string[] = [];
  for (let at = path.win32.dirname(absolute); ; at = path.win32.dirname(at)) {
    if (at === above[0] || at === absolute) return above;
    above.unshift(at);
  }
}

/** With \\?\ in front Windows takes a name as it is: no device names, no trailing dots, any length. */
function namespaced(file: string): string {
  return `\\\\?\\${file}`;
}
