// Runs a planted suite as `npm test` runs the real one: suite.ts COMMAND FOLDER [words …]. A FOLDER of the name `unbuildable`
// stands for a build that fails.

import { BuildError } from '../../../build/errors.ts';
import { parseWords } from '../arguments.ts';
import { exitStatusOf, runSuite } from '../run-suite.ts';

const [command = '', folder = '', ...words] = process.argv.slice(2);
const root = process.cwd();

async function build(): Promise<void> {
  if (folder === 'unbuildable') throw new BuildError('ERR_NETWORK', 'the planted failure of the build');
}

process.exitCode = await exitStatusOf(async () =>
  runSuite(
    { command, root, config: `ava.${folder}.config.mjs`, cacheDir: `${root}/cache`, build },
    parseWords(words),
  ),
);
