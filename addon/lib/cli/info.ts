// tsopenssl info: what info() of the addon says.

import { infoRows, textOfRows } from '../report-rows.ts';
import type { Command } from './command.ts';

export const infoCommand: Command = {
  name: 'info',
  operands: [],
  takesPurpose: false,
  summary: 'show versions, directories, configuration and providers of the OpenSSL in use',
  help: `Examples
  tsopenssl info
  tsopenssl info --json
  TSOPENSSL_DEBUG=1 tsopenssl info      also says on standard error what was loaded, and why`,
  async run() {
    const { info } = await import('../index.ts');
    const value = info();
    return { text: textOfRows(infoRows(value)), value };
  },
};
