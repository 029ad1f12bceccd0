// The nearest right name for a misspelled one.

/**
 * Finds the candidate that a misspelled word most likely stands for.
 * @param word - what was written
 * @returns the candidate, or undefined when none is near: more than a third of its letters would have to change
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word);
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const name = plain(candidate);
    const begins = wanted.length > 1 && (name.startsWith(wanted) || wanted.startsWith(name));
    const edits = begins ? 0 : countEdits(wanted, name);
    if (edits > Math.max(1, name.length / 3)) continue;
    if (best === undefined || edits < best.edits) best = { candidate, edits };
  }
  return best?.candidate;
}

/** Ends a message about a misspelled word: `; did you mean X?`, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? '' : `; did you mean ${candidate}?`;
}

/** Case and separators are what people get wrong first, and they cost nothing. */
function plain(word: string): string {
  return word.slice(0, 100).toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function countEdits(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = from[i - 1] === to[j - 1] ? 0 : 1;
      row[j] = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) row[j] = Math.min(row[j] ?? 0, (before[j - 2] ?? 0) + 1);
    }
    before = last;
    last = row;
  }
  return last[to.length] ?? 0;
}
