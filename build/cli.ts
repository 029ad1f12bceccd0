// The command line of the builder: npm run dist -- [command] [options].

import path from 'node:path';
import { parseArgs } from 'node:util';
import { didYouMean } from '../addon/lib/nearest.ts';
import { cache } from './cache.ts';
import { consoleReporter, printResult } from './console.ts';
import { dist } from './dist.ts';
import { ensurePackages } from './ensure-packages.ts';
import { environment } from './environment.ts';
import { BuildError } from './errors.ts';
import { listText } from './list.ts';
import { makePlan } from './make-plan.ts';
import { reproduce } from './reproduce.ts';

const help = `tsopenssl's builder

  npm run dist                       build, package and validate everything for this machine's target
  npm run dist -- list               show lines, targets, formats and steps
  npm run dist -- reproduce          build everything twice, in two folders and surroundings, and compare
  npm run dist -- cache              show what lies in the cache, with sizes
  npm run dist -- cache prune        remove what --older-than or --max name and no running build uses
  npm run dist -- cache verify       read every file in the cache and compare it with its record

Options
  --target ID        platform to build for, or all; may be repeated (default: this machine's)
  --format F         make only this format; may be repeated
  --toolchain T      recipe (the compilers that the target's recipe names: default on linux-x64)
                     or host (this machine's own: default elsewhere)
  --launcher L       ccache, sccache or distcc in front of the compiler (or TSOPENSSL_LAUNCHER)
  --jobs N           parallel jobs of make (default: the number of cores)
  --mirror DIR       folder that is asked for sources first (or TSOPENSSL_MIRROR)
  --cache DIR        folder for sources, toolchains and finished steps (or TSOPENSSL_CACHE; default: tsopenssl in the
                     user's cache folder, which all checkouts share)
  --out DIR          folder for the artifacts (default: dist)
  --until STEP       stop when this step is done
  --explain          say of every step why it runs or does not
  --trace FILE       write a trace of the build, which ui.perfetto.dev and chrome://tracing open; as a picture
                     when the name ends in .svg
  --older-than AGE   cache prune: what was not used for so long, such as 30d or 12h
  --max SIZE         cache prune: the least recently used, until the rest is no larger, such as 20GB
  --json             results as JSON
  --help             this text

Examples
  npm run dist -- --format deb --explain
  npm run dist -- --target win32-x64 --target linux-arm64
  npm run dist -- --launcher ccache --jobs 8
  npm run dist -- --mirror ../sources --out /srv/release
  npm run dist -- cache prune --older-than 30d --max 20GB

Exit status: 0 done, 1 failed, 2 wrong usage or something missing on this machine.
Progress goes to stderr; the paths of the artifacts to stdout.`;

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
  if (name === 'dist' || name === 'reproduce') await ensurePackages(plan, consoleReporter);
  const flags = {
    action: rest[0],
    explain: values.explain ?? false,
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
