// npm run bench -- build [--rounds N]: measures on this machine, both sides in the same run.

import { parseArgs } from 'node:util';
import { benchBuild } from './build.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
});
const rounds = Number(values.rounds);
if (positionals.join() !== 'build' || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write('Usage: npm run bench -- build [--rounds N]\n');
  process.exitCode = 2;
} else {
  process.stdout.write(`${await benchBuild(rounds)}\n`);
}
