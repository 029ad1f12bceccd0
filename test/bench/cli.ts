// npm run bench -- NAME [--only PART] [--rounds N]: measures on this machine, all sides in the same run.

import { parseArgs } from 'node:util';
import { benchBuild } from './build.ts';
import { benchStartup } from './startup.ts';
import { benchUnchanged } from './unchanged.ts';

const benchmarks: Readonly<
  Record<string, { readonly run: (rounds: number) => Promise<string>; readonly rounds: number }>
> = {
  build: { run: benchBuild, rounds: 3 },
  'build --only unchanged': { run: benchUnchanged, rounds: 15 },
  // makes keys and certificates when it is loaded
  crypto: { run: async (rounds) => (await import('./crypto.ts')).benchCrypto(rounds), rounds: 7 },
  startup: { run: benchStartup, rounds: 21 },
  // makes certificates when it is loaded
  tls: { run: async (rounds) => (await import('./tls.ts')).benchTls(rounds), rounds: 5 },
  'tls --only everyday': {
    run: async (rounds) => (await import('./everyday.ts')).benchEveryday(rounds),
    rounds: 5,
  },
};

function nameOf(benchmark: string, only: string | undefined): string {
  return only === undefined ? benchmark : `${benchmark} --only ${only}`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, rounds: { type: 'string' } },
});
const benchmark =
  positionals.length === 1 ? benchmarks[nameOf(positionals[0] ?? '', values.only)] : undefined;
const rounds = Number(values.rounds ?? benchmark?.rounds);
if (benchmark === undefined || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`Usage: npm run bench -- ${Object.keys(benchmarks).join(' | ')} [--rounds N]\n`);
  process.exitCode = 2;
} else {
  process.stdout.write(`${await benchmark.run(rounds)}\n`);
}
