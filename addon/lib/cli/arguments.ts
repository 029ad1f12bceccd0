// Reads the command line. Options may stand anywhere before or behind the command's words, but behind the word `openssl`
// everything belongs to openssl.

import { parseArgs } from 'node:util';
import { didYouMean } from '../nearest.ts';
import { UsageError } from './command.ts';

const options = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  purpose: { type: 'string' },
  version: { type: 'boolean' },
} as const;

/** The command line, options taken out. */
export interface Arguments {
  /** The command's words and operands. */
  readonly words: readonly string[];
  readonly help: boolean;
  readonly json: boolean;
  readonly version: boolean;
  readonly purpose: string | undefined;
  /** What follows the word `openssl`, untouched; undefined where that is not the command. */
  readonly openssl: readonly string[] | undefined;
}

/**
 * Reads the arguments behind the program's name.
 * @throws {UsageError} an unknown option, with the nearest right one; a value too few or too many
 */
export function readArguments(argv: readonly string[]): Arguments {
  const first = parse(argv).tokens.find((token) => token.kind === 'positional');
  const opensslIndex = first?.value === 'openssl' ? first.index : undefined;
  const { values, positionals, tokens } = parse(argv.slice(0, opensslIndex));
  for (const token of tokens) {
    if (token.kind === 'option') checkOption(token.name, token.rawName, token.value);
  }
  return {
    words: positionals,
    help: values.help === true,
    json: values.json === true,
    version: values.version === true,
    purpose: typeof values.purpose === 'string' ? values.purpose : undefined,
    openssl: opensslIndex === undefined ? undefined : argv.slice(opensslIndex + 1),
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options, allowPositionals: true, strict: false, tokens: true });
}

function checkOption(name: string, rawName: string, value: string | undefined): void {
  if (!isOption(name)) {
    const names = Object.keys(options).map((option) => `--${option}`);
    throw new UsageError(
      `Expected ${names.join(', ')} for an option, got ${rawName}${didYouMean(rawName, names)}`,
    );
  }
  const takesValue = options[name].type === 'string';
  if (takesValue && value === undefined) throw new UsageError(`Expected a value for ${rawName}, got none`);
  if (!takesValue && value !== undefined)
    throw new UsageError(`Expected no value for ${rawName}, got ${value}`);
}

function isOption(name: string): name is keyof typeof options {
  return Object.hasOwn(options, name);
}
