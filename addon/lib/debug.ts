// The namespace `debug`: what to send along with the report of a fault.

import { info } from './info.ts';
import { infoRows, machineRows, textOfRows } from './report-rows.ts';

/**
 * The environment on one page: versions, configuration, directories and providers of the OpenSSL in use, the machine, the node,
 * and the variables of the environment that change what they do. It holds no keys; it does hold paths, which may hold names.
 * @returns lines of a name and a value, without a line end behind the last one
 */
export function report(): string {
  return textOfRows([...infoRows(info()), ...machineRows()]);
}
