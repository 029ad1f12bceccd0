// For how long at least one of several programs ran.

/** Begin and end on one clock. */
export type Interval = readonly [begin: number, end: number];

/** Length of the union of the intervals: what overlaps counts once. */
export function busyTime(intervals: readonly Interval[]): number {
  let total = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [begin, end] of [...intervals].sort(([a], [b]) => a - b)) {
    total += Math.max(0, end - Math.max(begin, reached));
    reached = Math.max(reached, end);
  }
  return total;
}
