// The one place that writes to the terminal.

/**
 * Prints a result. A reader that has seen enough, such as `head`, ends the program as if all had been read.
 * @param text - a line end is added; nothing is printed where it is empty
 */
export function printResult(text: string): void {
  if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Prints a note or an error. */
export function printNote(text: string): void {
  process.stderr.write(`tsopenssl: ${text}\n`);
}

/** Turns a failing stdout into an exit status: 0 for a reader that is gone, 1 for anything else, such as a full disk. */
export function watchOutput(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    printNote(`Cannot write to standard output: ${error.message}`);
    process.exit(1);
  });
}
