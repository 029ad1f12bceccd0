// What TSOPENSSL_DEBUG=1 shows on stderr: what was looked at, and why it was not used.

import { writeSync } from 'node:fs';

/** Writes a line when TSOPENSSL_DEBUG is 1: at once, from any thread, and never failing. */
export function trace(text: string): void {
  if (process.env.TSOPENSSL_DEBUG !== '1') return;
  try {
    writeSync(2, `tsopenssl: ${text}\n`);
  } catch {
    // stderr is closed or full: a trace is not worth an error
  }
}
