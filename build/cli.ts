// The command line of the builder: npm run dist -- [command] [options].

import path from 'node:path';
import { parseArgs } from 'node:util';
import { didYouMean } from '../addon/lib/nearest.ts';
import { cache } from './cache.ts';
import { consoleReporter, printResult } from './console.ts';
import { dist } from './dist.ts';
import { environment } from './environment.ts';
import { BuildError } from './errors.ts';
import { help } from './help.mjs';
import { listText } from './list.ts';
import { makePlan } from './make-plan.ts';
import { reproduce } from './reproduce.ts';

const options = {
  target: { type: 'string', multiple: true },
  format: { type: 'string', multiple: true },
  toolchain: { type: 'string' },
  launcher: { type: 'string' },
  jobs: { type: 'string' },
  mirror: { type: 'string' },
  cache: { type: 'string' },
  out: { type: 'string' },
  until: { type: 'string' },
  explain: { type: 'boolean' },
  trace: { type: 'string' },
  'older-than': { type: 'string' },
  max: { type: 'string' },
  verbose: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const commands = { dist, list: listText, reproduce, cache } as const;

const root = path.dirname(import.meta.dirname);

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help) return printResult(help);
  const [name = 'dist', ...rest] = positionals;
  if (!isCommand(name) || rest.length > (name === 'cache' ? 1 : 0)) {
    const wrong = isCommand(name) ? rest.at(-1) : name;
    const known = Object.keys(commands);
    const hint = didYouMean(String(wrong), known);
    throw new BuildError('ERR_USAGE', `Expected one command out of ${known.join(', ')}, got ${wrong}${hint}`);
  }
  const plan = await makePlan(root, values);
  if (values.explain && name !== 'dist')
    throw new BuildError('ERR_USAGE', `Expected --explain without a command, got ${name}`);
  const flags = {
    action: rest[0],
    explain: values.explain ?? false,
    verbose: values.verbose ?? false,
    json: values.json ?? false,
    until: values.until,
    trace: values.trace,
    olderThan: values['older-than'],
    max: values.max,
  };
  printResult(await commands[name](plan, flags, consoleReporter));
}

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    const text = cause instanceof Error ? cause.message.split('. ')[0] : String(cause);
    const [, word = ''] = /'--?([^' ]+)/.exec(text ?? '') ?? [];
    const hint = didYouMean(word, Object.keys(options)).replace('did you mean ', 'did you mean --');
    throw new BuildError('ERR_USAGE', `${text}${hint} See npm run dist -- --help`, { cause });
  }
}

function fail(error: unknown): void {
  const known = error instanceof BuildError;
  const stack = error instanceof Error && (environment.debug || !known) ? `\n${error.stack}` : '';
  const text = known ? `${error.code}: ${error.message}` : String(error);
  consoleReporter.note(`\n${text}${stack}`);
  process.exitCode = known ? error.exitStatus : 1;
}

process.umask(0o022);
await main(process.argv.slice(2)).catch(fail);
