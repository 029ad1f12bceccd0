// The words on the command line of `npm test`.

import { BuildError } from '../../build/errors.ts';

const defaultSlow = 30;

export interface TestRequest {
  /** Rows of the table of the slowest files; undefined where none is wanted. */
  readonly slow: number | undefined;
  /** What ava gets: files and its own options. */
  readonly words: readonly string[];
}

/**
 * Takes `--slow [N]` out of the words; the others are ava's.
 * @throws {BuildError} ERR_USAGE for a number of rows that is not positive and whole
 */
export function parseWords(all: readonly string[]): TestRequest {
  const at = all.findIndex((word) => word === '--slow' || word.startsWith('--slow='));
  if (at < 0) return { slow: undefined, words: all };
  const word = all[at] ?? '';
  const next = all[at + 1];
  const isSeparate = word === '--slow' && next !== undefined && !isForAva(next);
  const given = word === '--slow' ? (isSeparate ? next : String(defaultSlow)) : word.slice('--slow='.length);
  if (!/^[1-9]\d{0,5}$/.test(given)) {
    throw new BuildError(
      'ERR_USAGE',
      `Expected a positive whole number for --slow, got ${given || 'nothing'}`,
    );
  }
  const words = [...all.slice(0, at), ...all.slice(at + (isSeparate ? 2 : 1))];
  return { slow: Number(given), words: parseWords(words).words };
}

/** An option or a test file; a negative number is neither. */
function isForAva(word: string): boolean {
  return /^-[^\d]|\.ts(:|$)|[/*]/.test(word);
}

/** Whether a run with these words gives whole durations of its files. */
export function runsWholeFiles(words: readonly string[]): boolean {
  return !words.some((word) => /^(-m|--match)/.test(word) || /\.ts:/.test(word));
}
