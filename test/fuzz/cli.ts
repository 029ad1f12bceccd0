// npm run fuzz: calls everything that the package exports, and every function of the binary, with seeded wrong and half-right
// arguments until the time is up.

import { randomInt } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { stepResult } from '../support/step-result.ts';
import { type FuzzOptions, type FuzzReport, runRounds } from './run-rounds.ts';

const help = `Calls everything that tsopenssl exports with seeded wrong and half-right arguments.

  npm run fuzz -- [options]

Options
  --seconds N      how long (default 60)
  --seed S         seed of the first round; each further round takes the next number (default: by chance)
  --rounds N       stop after so many rounds
  --calls N        calls in a round (default 50000)
  --call-seconds N a call that takes longer is a fault (default 60)
  --module FILE    a module whose exports are called, with --binary where it has one (default: the packaged library)
  --binary FILE    the addon's binary
  --coverage       list every entry with the calls and those that returned
  --help           this text

Examples
  npm run fuzz -- --seconds 600
  npm run fuzz -- --seed 4711 --rounds 1     the round that failed, again

Exit status: 0 no fault, 1 a fault, 2 wrong usage. The fault, its seed and the call are printed.`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    rounds: { type: 'string' },
    calls: { type: 'string' },
    'call-seconds': { type: 'string' },
    module: { type: 'string' },
    binary: { type: 'string' },
    coverage: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function integer(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  process.stderr.write(`Expected an integer for --${name}, got ${text}\n`);
  process.exit(2);
}

async function libraryUnderTest(): Promise<Pick<FuzzOptions, 'module' | 'binary'>> {
  const { module, binary } = values;
  if (module !== undefined) {
    const file = binary === undefined ? undefined : path.resolve(binary);
    return { module: pathToFileURL(path.resolve(module)).href, binary: file };
  }
  const packaged = await import('../support/addon.ts');
  return { module: packaged.entry, binary: packaged.binary };
}

async function fuzz(): Promise<FuzzReport> {
  const seed = values.seed === undefined ? randomInt(2 ** 31) : integer('seed', values.seed);
  const { rounds, calls, 'call-seconds': callSeconds } = values;
  return runRounds({
    ...(await libraryUnderTest()),
    corpus: path.join(await stepResult('extract'), 'test/certs'),
    seed,
    seconds: integer('seconds', values.seconds),
    ...(rounds === undefined ? {} : { rounds: integer('rounds', rounds) }),
    ...(calls === undefined ? {} : { callsPerRound: integer('calls', calls) }),
    ...(callSeconds === undefined ? {} : { callSeconds: integer('call-seconds', callSeconds) }),
    onRound: (each, result) => process.stderr.write(`seed ${each}: ${result.calls} calls\n`),
  });
}

function print({ rounds, calls, entries, fault }: FuzzReport): void {
  if (values.coverage) {
    for (const [name, [called, returned]] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
      process.stdout.write(`${String(called).padStart(8)} ${String(returned).padStart(8)}  ${name}\n`);
  }
  const never = [...entries].filter(([, [, returned]]) => returned === 0).length;
  process.stdout.write(
    `${rounds} rounds, ${calls} calls of ${entries.size} entries, ${never} of which never returned\n`,
  );
  if (fault === undefined) return;
  process.stdout.write(`FAULT in the round with seed ${fault.seed}: ${fault.ending}\n${fault.call}\n`);
  process.stdout.write(`${fault.stderr}\nAgain: npm run fuzz -- --seed ${fault.seed} --rounds 1\n`);
  process.exitCode = 1;
}

if (values.help) process.stdout.write(`${help}\n`);
else print(await fuzz());
