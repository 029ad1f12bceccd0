// What `npm test`, `npm run test:platforms` and `npm run full` run: node --import tsx test/run/cli.ts SUITE [words …]

import path from 'node:path';
import { consoleReporter, printResult } from '../../build/console.ts';
import { dist } from '../../build/dist.ts';
import { BuildError } from '../../build/errors.ts';
import { makePlan } from '../../build/make-plan.ts';
import type { TargetId } from '../../build/types.ts';
import { parseWords } from './arguments.ts';
import { setStage } from './environment.ts';
import { neededTargets, targetOrder } from './needed-targets.ts';
import { exitStatusOf, runSuite } from './run-suite.ts';

const root = path.join(import.meta.dirname, '../..');

const suites = {
  test: { command: 'npm test', config: 'ava.config.mjs', targets: undefined, partwise: undefined },
  platforms: {
    command: 'npm run test:platforms',
    config: 'ava.platforms.config.mjs',
    targets: ['all'],
    partwise: { folder: 'test/targets', needs: neededTargets },
  },
  full: { command: 'npm run full', config: 'ava.full.config.mjs', targets: undefined, partwise: undefined },
} as const;

const help = (command: string) => `${command} -- [options] [FILE …]

Builds what is not built yet, then runs the tests.

  FILE              run only this test file; may be repeated
  --match=PATTERN   run only tests whose title matches; * stands for anything
  --slow [N]        at the end, list the N slowest test files and what each waits for (default: 30)
  --quick           test what lies in the stage: the library, the addon, the command line, without packing and without validation;
                    name the files, since tests of artifacts need those. With TSOPENSSL_LAUNCHER=ccache only the changed
                    source of C or C++ is compiled
  --help            this text

Further options are ava's: https://github.com/avajs/ava/blob/v7.0.0/docs/05-command-line.md
Exit status: 0 all passed, 1 some failed, 2 wrong usage or something missing on this machine.`;

function isSuite(name: string): name is keyof typeof suites {
  return Object.hasOwn(suites, name);
}

async function main([name = 'test', ...words]: readonly string[]): Promise<number> {
  if (!isSuite(name)) throw new BuildError('ERR_USAGE', `Expected a suite, got ${name}`);
  const { command, config, targets, partwise } = suites[name];
  if (words.includes('--help')) {
    printResult(help(command));
    return 0;
  }
  const isQuick = words.includes('--quick');
  const request = parseWords(words.filter((word) => word !== '--quick'));
  if (isQuick && (partwise !== undefined || !request.words.some((word) => word.includes('.ts')))) {
    throw new BuildError(
      'ERR_USAGE',
      'Expected the test files to run beside --quick: npm test -- --quick FILE …',
    );
  }
  const plan = await makePlan(root, { target: targets });
  const flags = { explain: false, verbose: false, json: false, until: undefined, trace: undefined };
  const build = async (onTarget: (id: TargetId) => void) => {
    const watch = partwise && { order: targetOrder, onTarget };
    if (!isQuick) await dist(plan, flags, consoleReporter, watch);
    else setStage(await dist(plan, { ...flags, until: 'stage' }, consoleReporter));
  };
  return runSuite({ command, root, config, cacheDir: plan.cacheDir, build, partwise }, request);
}

process.umask(0o022);
process.exitCode = await exitStatusOf(() => main(process.argv.slice(2)));
