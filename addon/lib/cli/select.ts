// Finds the command that the words of the command line name, and checks what it was given.

import { didYouMean } from '../nearest.ts';
import type { Arguments } from './arguments.ts';
import { type Command, UsageError } from './command.ts';
import { commandHelp, groupHelp, mainHelp } from './help.ts';

/** A command and its operands, or the help that was asked for. */
export type Selection =
  | { readonly help: string }
  | { readonly command: Command; readonly operands: readonly string[] };

/**
 * Chooses a command. The longest name that the words begin with wins: `version encode` before `version`.
 * @throws {UsageError} no such command, with the nearest right one; operands or options that it does not take
 */
export function select(commands: readonly Command[], args: Arguments): Selection {
  const { words } = args;
  if (words.length === 0 && args.help) return { help: mainHelp(commands) };
  const named = [2, 1].map((count) => words.slice(0, count).join(' '));
  const command = named.flatMap((name) => commands.filter((it) => it.name === name))[0];
  if (command === undefined) {
    const group = words.length === 1 && args.help ? membersOf(commands, words[0] as string) : [];
    if (group.length > 0) return { help: groupHelp(words[0] as string, group) };
    throw unknownCommand(commands, words);
  }
  if (args.help) return { help: commandHelp(command) };
  const operands = words.slice(command.name.split(' ').length);
  checkOptions(command, args);
  checkOperands(commands, command, operands);
  return { command, operands };
}

/** The commands of a first word: those of `ca-bundle`. */
function membersOf(commands: readonly Command[], word: string): Command[] {
  return commands.filter(({ name }) => name.startsWith(`${word} `));
}

function secondWords(commands: readonly Command[], word: string): string[] {
  return membersOf(commands, word).map(({ name }) => name.slice(word.length + 1));
}

function unknownCommand(commands: readonly Command[], [first, second]: readonly string[]): UsageError {
  if (first === undefined) return new UsageError('Expected a command, got none; see tsopenssl --help');
  const seconds = secondWords(commands, first);
  if (seconds.length === 0) {
    const known = [...new Set(commands.map(({ name }) => name.replace(/ .*/, ''))), 'openssl'];
    return new UsageError(
      `Expected ${known.join(', ')} for the command, got ${first}${didYouMean(first, known)}`,
    );
  }
  const got = second ?? 'nothing';
  return new UsageError(
    `Expected ${seconds.join(', ')} after ${first}, got ${got}${didYouMean(got, seconds)}`,
  );
}

function checkOptions({ name, takesPurpose }: Command, args: Arguments): void {
  if (args.purpose !== undefined && !takesPurpose) {
    throw new UsageError(`Expected no --purpose for ${name}, got ${args.purpose}`);
  }
  if (args.version) throw new UsageError(`Expected --version alone, got ${name} beside it`);
}

function checkOperands(
  commands: readonly Command[],
  { name, operands: wanted }: Command,
  got: readonly string[],
): void {
  const missing = wanted.slice(got.length).find((operand) => !operand.startsWith('['));
  if (missing !== undefined) {
    throw new UsageError(`Expected ${missing} after ${name}, got nothing; see tsopenssl ${name} --help`);
  }
  const extra = got[wanted.length];
  if (extra === undefined) return;
  const words = secondWords(commands, name);
  const usage = words.length === 0 ? 'nothing' : `nothing or ${words.join(' or ')}`;
  const place = [name, ...wanted].join(' ');
  throw new UsageError(`Expected ${usage} after ${place}, got ${extra}${didYouMean(extra, words)}`);
}
