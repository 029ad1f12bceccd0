// The texts of --help.

import type { Command } from './command.ts';

const opensslSummary = 'run the embedded openssl with all that follows';

export const opensslHelp = `Usage: tsopenssl [--json] openssl …

Runs the embedded openssl. Everything behind the word openssl is its own, --help and --json too. Standard streams, the
environment, signals and the exit status are passed on as they are.

  --json  before the word openssl: print what it wrote and how it ended as JSON

Examples
  tsopenssl openssl version -a
  tsopenssl openssl x509 -in server.pem -noout -dates
  tsopenssl --json openssl list -providers`;

/** Of `tsopenssl --help`. */
export function mainHelp(commands: readonly Command[]): string {
  return `Usage: tsopenssl COMMAND …

Commands
${summaries([...commands.map(toRow), ['openssl …', opensslSummary]])}

Options
  --json     print the result for programs
  --help     explain a command, as in: tsopenssl ca-bundle list --help
  --version  print the distribution version

Examples
  tsopenssl info
  tsopenssl openssl version -a
  curl --cacert "$(tsopenssl ca-bundle path --purpose server)" https://example.org/

Exit status: 0 done, 1 failed, 2 wrong usage. Results go to standard output, everything else to standard error.`;
}

/** Of the first word of several commands, such as `tsopenssl ca-bundle --help`. */
export function groupHelp(word: string, members: readonly Command[]): string {
  return `Usage: tsopenssl ${word} COMMAND …

${summaries(members.map(toRow))}

Example
  tsopenssl ${members[0]?.name}`;
}

/** Of one command. */
export function commandHelp(command: Command): string {
  const purpose = command.takesPurpose ? ['[--purpose P]'] : [];
  const usage = ['tsopenssl', command.name, ...command.operands, ...purpose, '[--json]'].join(' ');
  const summary = command.summary.charAt(0).toUpperCase() + command.summary.slice(1);
  return `Usage: ${usage}\n\n${summary}.\n\n${command.help}`;
}

function toRow({ name, operands, summary }: Command): readonly [string, string] {
  return [[name, ...operands].join(' '), summary];
}

function summaries(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
}
