// tsopenssl debug: the page for a bug report, also where the binary does not load.

import { machineRows, textOfRows } from '../report-rows.ts';
import type { Command } from './command.ts';

export const debugCommand: Command = {
  name: 'debug',
  operands: [],
  takesPurpose: false,
  summary: 'show the whole environment on one page, for a bug report',
  help: `What info shows, then the machine, the node and the environment; where the addon does not load, why it does not.
The page holds no keys; it does hold paths, which may hold names.

Examples
  tsopenssl debug > report.txt`,
  async run() {
    const text = await page();
    return { text, value: { report: text } };
  },
};

async function page(): Promise<string> {
  try {
    const { debug } = await import('../index.ts');
    return debug.report();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `The addon does not load: ${reason}\n\n${textOfRows(machineRows())}`;
  }
}
