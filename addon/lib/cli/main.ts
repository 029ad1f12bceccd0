// The command `tsopenssl`: finds the command that the words name, runs it, prints its result.

import { packageNumbers } from '../package-numbers.ts';
import { type Arguments, readArguments } from './arguments.ts';
import { listCommand, pathCommand, showCommand } from './ca-bundle.ts';
import { type Command, UsageError } from './command.ts';
import { debugCommand } from './debug.ts';
import { opensslHelp } from './help.ts';
import { infoCommand } from './info.ts';
import { runOpenssl, runOpensslForPrograms } from './openssl.ts';
import { printNote, printResult, watchOutput } from './output.ts';
import { select } from './select.ts';
import { decodeCommand, encodeCommand, versionCommand } from './version.ts';

const commands: readonly Command[] = [
  infoCommand,
  debugCommand,
  versionCommand,
  encodeCommand,
  decodeCommand,
  pathCommand,
  listCommand,
  showCommand,
];

/**
 * Runs the command line.
 * @param argv - what follows the program's name
 * @returns exit status: 0 done, 1 failed, 2 wrong usage; of `openssl …`, what openssl ended with
 */
export async function main(argv: readonly string[]): Promise<number> {
  watchOutput();
  try {
    const args = readArguments(argv);
    if (args.openssl !== undefined) return await openssl(args, args.openssl);
    await runCommand(args);
    return 0;
  } catch (error) {
    printNote(describe(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function openssl(args: Arguments, rest: readonly string[]): Promise<number> {
  if (args.version || args.purpose !== undefined) {
    throw new UsageError(
      'Expected --json, --help or no option before openssl; its own options come behind it',
    );
  }
  if (!args.help) return args.json ? runOpensslForPrograms(rest) : runOpenssl(rest);
  printResult(opensslHelp);
  return 0;
}

async function runCommand(args: Arguments): Promise<void> {
  if (args.version && !args.help && args.words.length === 0) {
    printResult(
      args.json ? JSON.stringify(packageNumbers, undefined, 2) : packageNumbers.distributionVersion,
    );
    return;
  }
  const selection = select(commands, args);
  if ('help' in selection) {
    printResult(selection.help);
    return;
  }
  const { command, operands } = selection;
  const result = await command.run({ operands, purpose: args.purpose });
  if (result.note !== undefined && !args.json) printNote(result.note);
  printResult(args.json ? JSON.stringify(result.value, undefined, 2) : result.text);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (process.env.DEBUG === '1' ? error.stack : undefined) ?? error.message;
}
