// What the reports of all benchmarks have in common, and their place in docs/benchmarks.md.

import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { checkout } from '../support/builder.ts';

const reportFile = path.join(checkout, 'docs/benchmarks.md');

/** The machine that measures, in one line. */
export function machine(): string {
  const cpu = os.cpus()[0]?.model ?? 'unknown CPU';
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  return `${cpu}, ${os.availableParallelism()} cores, ${memory}, ${os.type()} ${os.release()}, Node ${process.versions.node}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Replaces what stands between the markers of a benchmark.
 * @throws {Error} the page has no such markers
 */
export async function replaceReport(benchmark: string, text: string): Promise<void> {
  const page = await readFile(reportFile, 'utf8');
  const [begin, end] = [`<!-- ${benchmark}: begin -->`, `<!-- ${benchmark}: end -->`];
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${reportFile}: wanted ${begin} and ${end}, found them not`);
  await writeFile(reportFile, `${before}${begin}\n${text}\n${end}${after}`);
}
