// The text of an openssl.cnf that a caller gives. It may come from anywhere, and OpenSSL's reader opens the files that it
// includes and tells the environment of the process: a text that asks for either is refused before OpenSSL sees it.

import { parseLine, stripComment } from '../configuration/line-syntax.ts';
import { logicalLines } from '../configuration/logical-lines.ts';
import type { NativeSections } from '../native/binding.ts';
import { native } from '../native.ts';
import type { QueuedError } from '../openssl-error.ts';
import { requireText, wrongArgument } from './arguments.ts';

/** What a text may take from `$ENV::NAME`, by name. The environment of the process is not in it. */
export type ConfigEnvironment = Readonly<Record<string, string>>;

/**
 * The bytes of a configuration, ready for OpenSSL.
 * @param config - its text
 * @param environment - what `$ENV::NAME` stands for in it
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} NUL, `.include`, a variable of the environment that `environment` lacks, or a section named ENV
 */
export function configBytes(config: unknown, environment: unknown = {}): Uint8Array {
  return readConfig(config, environment).bytes;
}

/** A configuration that was looked through, and its sections; undefined where OpenSSL cannot read it. */
interface ReadConfig {
  readonly bytes: Uint8Array;
  readonly sections: NativeSections | undefined;
  readonly queue: readonly QueuedError[];
}

/**
 * Reads a configuration as far as OpenSSL can.
 * @throws as {@link configBytes}
 */
export function readConfig(config: unknown, environment: unknown = {}): ReadConfig {
  const text = Buffer.from(requireText(config, 'config'));
  const given = requireEnvironment(environment);
  for (const line of logicalLines(text.toString('latin1'))) checkLine(line, given);
  const bytes = given.size === 0 ? text : Buffer.concat([Buffer.from(assignments(given)), text]);
  const parsed = native.parseConfiguration(bytes);
  // whoever can name a section ENV reads the environment inside of it without saying so
  if ('sections' in parsed && entriesOf(parsed.sections, 'ENV').length !== given.size)
    throw new RangeError('Expected no section ENV in config, got one');
  return 'sections' in parsed
    ? { bytes, sections: parsed.sections, queue: [] }
    : { bytes, sections: undefined, queue: parsed.queue };
}

/** The entries of a section in their order; none where there is no such section. */
export function entriesOf(
  sections: NativeSections,
  section: string,
): readonly (readonly [name: string, value: string])[] {
  return sections.find(([name]) => name === section)?.[1] ?? [];
}

function requireEnvironment(environment: unknown): ReadonlyMap<string, string> {
  if (typeof environment !== 'object' || environment === null)
    throw wrongArgument('an object', 'environment', environment, false);
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (!/^\w+$/.test(name)) throw new RangeError(`Expected letters, digits and _ in a name of environment`);
    requireText(value, `environment.${name}`);
    if (/[\r\n]/.test(value)) throw new RangeError(`Expected one line for environment.${name}, got several`);
    given.set(name, value);
  }
  return given;
}

function checkLine(line: string, environment: ReadonlyMap<string, string>): void {
  if (parseLine(line).kind === 'include')
    throw new RangeError('Expected a text without .include for config: put what it includes in its place');
  for (const [, braced, bare] of stripComment(line).matchAll(/\$(?:[{(]ENV::([\w$]*)|ENV::(\w*))/g)) {
    const name = braced ?? bare ?? '';
    if (!environment.has(name))
      throw new RangeError(`Expected ${name} in environment for $ENV::${name} in config, got none`);
  }
}

/** Values in quotes, in which nothing but a backslash and the quote has a meaning. */
function assignments(environment: ReadonlyMap<string, string>): string {
  return [...environment]
    .map(([name, value]) => `ENV::${name} = "${value.replaceAll(/["\\]/g, '\\$&')}"\n`)
    .join('');
}
