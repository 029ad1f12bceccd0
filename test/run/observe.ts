// What the runner adds to a configuration of ava: the order of the files, a module in each test process that measures it, and
// an observer that writes down what happens. ava's own output stays as it is.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AvaEvent } from './ava-events.ts';
import { eventReader } from './record-events.ts';
import { appendRecord, durationsFile } from './records.ts';
import { longestFirst } from './sort-files.ts';

/** @param folder - the folder of this run */
export function observe(folder: string) {
  const root = process.cwd();
  const durations = JSON.parse(readFileSync(durationsFile(folder), 'utf8')) as Record<string, number>;
  const experiments = {};
  // an observer is an experiment of ava 7; as a hidden property it does not print a notice above each run
  Object.defineProperty(experiments, 'observeRunsFromConfig', { value: true });
  return {
    nonSemVerExperiments: experiments,
    require: [path.join(import.meta.dirname, 'measure.ts')],
    sortTestFiles: longestFirst(root, durations),
    async observeRun({ events }: { readonly events: AsyncIterable<AvaEvent> }) {
      const read = eventReader(root);
      for await (const event of events) {
        for (const record of read(event)) appendRecord(folder, record);
      }
    },
  };
}
