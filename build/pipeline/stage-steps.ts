// The steps that lay out the two trees of a target and check them.

import { realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type RuntimeContext, validateRuntime } from '../../platform/validate.ts';
import { environment } from '../environment.ts';
import type { Plan, Step } from '../plan.ts';
import { assembleStage, readStage } from '../steps/stage.ts';
import { assembleDevelopmentStage } from '../steps/stage-development.ts';
import { asJson } from '../store.ts';
import type { Stage, Target } from '../types.ts';
import type { Problem } from '../validation/rule.ts';
import { validationError } from '../validation/run-rules.ts';
import { validateDevelopment } from '../validation/validate-development.ts';
import { stepOf } from './compile-steps.ts';

/** Names of the steps that make and check a tree, by what the tree is for. */
export const stageNames = {
  runtime: { stage: 'stage', validate: 'validate' },
  development: { stage: 'stage-development', validate: 'validate-development' },
} as const;

const ownFile = 'build/pipeline/stage-steps.ts';

/** Files of the checkout that a stage copies or that describe it. */
const stageFiles = [
  'addon/package.json',
  'addon/README.md',
  'addon/LICENSE',
  'addon/src',
  'openssl-config/openssl.cnf',
  'platform/files.ts',
  'platform/linux/launcher.sh',
  'platform/linux/README.md',
  'platform/macos/README.md',
  'platform/windows/tsopenssl.cmd',
  'platform/windows/README.md',
  'recipes/licences',
  'build/steps/stage.ts',
  'build/steps/stage-development.ts',
  'build/steps/development-readme.ts',
  'build/steps/relocatable.ts',
  'build/steps/stage-npm.ts',
  'build/steps/stage-licences.ts',
];

/** The steps that lay out and check what a target ships. */
export function stageSteps(target: Target): readonly Step[] {
  return [
    stage(target),
    stageDevelopment(target),
    validate(target, stageNames.runtime, validateRuntime),
    validate(target, stageNames.development, validateDevelopment),
  ];
}

function stage(target: Target): Step {
  const needs = ['compile', 'addon'].map((name) => stepOf(name, target));
  return {
    name: stepOf('stage', target),
    needs: [...needs, 'extract', 'library', 'bundles'],
    inputs: ({ info }) => ({ info: asJson(info), target: asJson(target) }),
    definition: `${ownFile}#stage`,
    code: stageFiles,
    run: ({ plan, dir, result }) =>
      assembleStage(
        {
          target,
          info: plan.info,
          root: plan.root,
          opensslDir: result(stepOf('compile', target)),
          opensslLicence: path.join(result('extract'), plan.openssl.licenceFile),
          addonLibDir: result('library'),
          addonBinary: path.join(result(stepOf('addon', target)), 'tsopenssl.node'),
          bundlesDir: result('bundles'),
        },
        dir,
      ),
  };
}

function stageDevelopment(target: Target): Step {
  return {
    name: stepOf('stage-development', target),
    needs: [stepOf('compile', target), 'extract'],
    inputs: ({ info }) => ({ info: asJson(info), target: asJson(target) }),
    definition: `${ownFile}#stageDevelopment`,
    code: stageFiles,
    run: ({ plan, dir, result }) =>
      assembleDevelopmentStage(
        {
          target,
          info: plan.info,
          opensslDir: result(stepOf('compile', target)),
          opensslLicence: path.join(result('extract'), plan.openssl.licenceFile),
        },
        dir,
      ),
  };
}

/** Paths of this machine that may stand in no file of a stage, as they are named and as they are. */
async function machinePaths({ root, cacheDir }: Plan): Promise<readonly string[]> {
  const named = [root, cacheDir, environment.home];
  return [...new Set([...named, ...(await Promise.all(named.map((dir) => realpath(dir))))])];
}

function validate(
  target: Target,
  names: { readonly stage: string; readonly validate: string },
  check: (stage: Stage, context: RuntimeContext) => Promise<readonly Problem[]>,
): Step {
  const source = stepOf(names.stage, target);
  const isMac = target.os === 'darwin';
  return {
    name: stepOf(names.validate, target),
    needs: [source, ...(isMac ? ['zig'] : [])],
    inputs: () => ({ target: asJson(target), stage: names.stage }),
    definition: `${ownFile}#validate`,
    code: ['build/formats', 'build/validation', 'platform'],
    async run({ plan, dir, result }) {
      const finished = await readStage(result(source), target, plan.epochSeconds);
      const problems = await check(finished, {
        forbiddenPaths: await machinePaths(plan),
        systemStub: isMac ? path.join(result('zig'), 'lib/libc/darwin/libSystem.tbd') : undefined,
      });
      if (problems.length > 0) throw validationError(problems);
      const report = { entries: finished.entries.length, problems };
      await writeFile(path.join(dir, 'report.json'), `${JSON.stringify(report)}\n`);
    },
  };
}
