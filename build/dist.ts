// `npm run dist`: runs the pipeline and publishes what it made.

import path from 'node:path';
import { didYouMean } from '../addon/lib/nearest.ts';
import type { Reporter } from './console.ts';
import { keySteps, runSteps } from './engine.ts';
import { BuildError } from './errors.ts';
import { takeLock } from './lock.ts';
import { stepOf } from './pipeline/compile-steps.ts';
import { plannedArtifacts } from './pipeline/package-steps.ts';
import { pipelineSteps } from './pipeline.ts';
import type { Plan } from './plan.ts';
import { manifestRenderer } from './steps/manifest.ts';
import { publish } from './steps/publish.ts';
import { toolVersions } from './steps/tool-versions.ts';
import { removeLeftovers } from './store.ts';

export interface DistFlags {
  readonly explain: boolean;
  readonly json: boolean;
  /** Name of the last step to run. */
  readonly until: string | undefined;
}

/**
 * Builds what the plan says, one build at a time in one cache.
 * @returns the paths of the artifacts, a line each or as JSON; with `until`, the folder of that step's result
 */
export async function dist(plan: Plan, flags: DistFlags, reporter: Reporter): Promise<string> {
  const release = await takeLock(plan.cacheDir, () => {
    reporter.note(`Another build uses ${plan.cacheDir}: waiting for it to end`);
  });
  try {
    const paths = await distLocked(plan, flags, reporter);
    return flags.json ? JSON.stringify(paths) : paths.join('\n');
  } finally {
    await release();
  }
}

async function distLocked(plan: Plan, flags: DistFlags, reporter: Reporter): Promise<readonly string[]> {
  await removeLeftovers(plan.cacheDir);
  const steps = pipelineSteps(plan);
  const names = steps.map(({ name }) => name);
  const planned = plannedArtifacts(plan);
  const wanted =
    flags.until === undefined ? planned.map(({ step }) => step) : stepsNamed(flags.until, names, plan);
  const keyed = await keySteps(steps, wanted, plan);
  const result = await runSteps(keyed, wanted, plan, { reporter, explain: flags.explain });
  if (flags.until !== undefined) return wanted.map(result);
  const report = reporter.begin('publish');
  const artifacts = planned.map(async ({ step, packager, target, fileName, isShared }) => ({
    source: path.join(result(step), fileName),
    format: packager.format,
    target: isShared ? null : target.id,
    tools: await toolVersions(packager.tools),
  }));
  const paths = await publish(await Promise.all(artifacts), plan.outDir, await manifestRenderer(plan));
  report.end(plan.outDir);
  return paths;
}

/** The steps of a name: `compile-linux-x64` is one, `compile` is that step of every target. */
function stepsNamed(name: string, names: readonly string[], { targets }: Plan): readonly string[] {
  const meant = [name, ...targets.map((target) => stepOf(name, target))].filter((one) => names.includes(one));
  if (meant.length > 0) return meant;
  const words = names.map((step) => targets.reduce((word, { id }) => word.replace(`-${id}`, ''), step));
  const hint = didYouMean(name, [...words, ...names]);
  throw new BuildError(
    'ERR_USAGE',
    `Expected a step out of ${names.join(', ')} for --until, got ${name}${hint}`,
  );
}
