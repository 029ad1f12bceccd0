// Reads a configuration file of Windows, or lists a folder of them, only if the administrator alone can change it.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { InspectedPath } from '../native/binding.ts';
import { MAX_SIZE_BYTES, type Read, type Reader } from './read-file.ts';
import { findProblemAbove, findWindowsTrustProblem, type WindowsPathFacts } from './trust-rule-windows.ts';

/** NativeBinding.inspectPath */
export type Inspect = (path: string, maxSizeBytes: number) => InspectedPath;

const ERROR_FILE_NOT_FOUND = 2;
const ERROR_PATH_NOT_FOUND = 3;

/**
 * A reader that trusts what {@link findWindowsTrustProblem} lets through. From the drive's root down, each folder is judged
 * before what is in it: once a folder is known to be the administrator's, nobody else can exchange what it holds. The file's
 * rights and its bytes come from one handle.
 */
export function trustedReader(inspect: Inspect): Reader {
  return (file) => {
    const absolute = path.win32.resolve(file);
    if (!/^[a-z]:\\/i.test(absolute)) return { kind: 'refused', reason: 'it is on no drive of this machine' };
    try {
      return readFrom(absolute, inspect);
    } catch (error) {
      const { message, systemCode } = error as Error & { readonly systemCode?: number };
      if (systemCode === undefined) throw error;
      const isMissing = systemCode === ERROR_FILE_NOT_FOUND || systemCode === ERROR_PATH_NOT_FOUND;
      return isMissing
        ? { kind: 'missing', reason: 'no such file' }
        : { kind: 'unreadable', reason: message };
    }
  };
}

function readFrom(absolute: string, inspect: Inspect): Read {
  const way: WindowsPathFacts[] = [];
  for (const folder of foldersAbove(absolute)) {
    const facts = { path: folder, ...inspect(namespaced(folder), 0) };
    const problem = findProblemAbove(facts);
    if (problem !== undefined) return { kind: 'refused', reason: problem };
    way.push(facts);
  }
  const last = inspect(namespaced(absolute), MAX_SIZE_BYTES);
  const problem = findWindowsTrustProblem([...way, { path: absolute, ...last }]);
  if (problem !== undefined) return { kind: 'refused', reason: problem };
  if (last.kind === 'directory') return { kind: 'directory', names: readdirSync(absolute) };
  if (last.content !== undefined) return { kind: 'file', content: last.content };
  return { kind: 'unreadable', reason: `it has ${last.sizeBytes} bytes, wanted at most ${MAX_SIZE_BYTES}` };
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
