// The order in which test files start.

import path from 'node:path';

/**
 * The order for the shortest whole: the file that took longest in an earlier run first, so that no long file runs alone at
 * the end. A file that is not known may be a long one and comes before them all.
 * @param durations - seconds of an earlier run, by file relative to `root`
 */
export function longestFirst(
  root: string,
  durations: Readonly<Record<string, number>>,
): (a: string, b: string) => number {
  const known = Object.keys(durations).length > 0;
  const seconds = (file: string) => durations[path.relative(root, file)] ?? (known ? 1e9 : 0);
  return (a, b) => seconds(b) - seconds(a) || a.localeCompare(b, 'en', { numeric: true });
}
