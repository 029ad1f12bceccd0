// `npm run dist`: runs the pipeline and publishes what it made.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { didYouMean } from '../addon/lib/nearest.ts';
import { openCacheFolder } from './cache-folder.ts';
import type { Reporter } from './console.ts';
import { type DistWatch, type EarlyPlacer, earlyPlacer, publishLock } from './early-placer.ts';
import { type KeyedStep, keySteps, runSteps } from './engine.ts';
import { BuildError } from './errors.ts';
import { takeLock } from './lock.ts';
import { stepOf } from './pipeline/compile-steps.ts';
import { type PlannedArtifact, plannedArtifacts } from './pipeline/package-steps.ts';
import { pipelineSteps } from './pipeline.ts';
import type { Plan, Step } from './plan.ts';
import { entryId } from './prune.ts';
import { manifestRenderer } from './steps/manifest.ts';
import { publish } from './steps/publish.ts';
import { toolVersions } from './steps/tool-versions.ts';
import { removeLeftovers } from './store.ts';
import { renderTrace, type Slice } from './trace.ts';
import { renderTracePicture } from './trace-picture.ts';
import { registerUses } from './uses.ts';

export interface DistFlags {
  readonly explain: boolean;
  readonly json: boolean;
  /** Name of the last step to run. */
  readonly until: string | undefined;
  /** File for a trace of the build. */
  readonly trace: string | undefined;
}

/**
 * Builds what the plan says. Builds that share a cache run at once, and wait for each other only where they make the same result
 * or write the same folder of artifacts.
 * @returns the paths of the artifacts, a line each or as JSON; with `until`, the folder of that step's result
 */
export async function dist(
  plan: Plan,
  flags: DistFlags,
  reporter: Reporter,
  watch?: DistWatch,
): Promise<string> {
  // a build takes too long to fail at its end
  if (flags.trace !== undefined) await writeTrace(flags.trace, []);
  await openCacheFolder(plan.cacheDir);
  await removeLeftovers(plan.cacheDir);
  const steps = pipelineSteps(plan);
  const planned = plannedArtifacts(plan);
  const wanted =
    flags.until === undefined ? planned.map(({ step }) => step) : stepsNamed(flags.until, steps, plan);
  const keyed = await keySteps(steps, wanted, plan);
  const ids = [...keyed].map(([name, { key }]) => entryId({ name, key }));
  const endUse = await registerUses(plan.cacheDir, ids);
  try {
    const early = watch && earlyPlacer(planned, keyed, plan, watch);
    const result = await runTraced(keyed, wanted, plan, flags, reporter, early);
    await early?.end();
    const paths =
      flags.until === undefined ? await publishAll(planned, result, plan, reporter) : wanted.map(result);
    return flags.json ? JSON.stringify(paths) : paths.join('\n');
  } finally {
    await endUse();
  }
}

/** Runs the steps and writes the trace, also when one fails. */
async function runTraced(
  keyed: ReadonlyMap<string, KeyedStep>,
  wanted: readonly string[],
  plan: Plan,
  { explain, trace }: DistFlags,
  reporter: Reporter,
  early?: EarlyPlacer,
): Promise<(step: string) => string> {
  const slices: Slice[] = [];
  const onSlice = (slice: Slice) => {
    slices.push(slice);
    if (!slice.failed) early?.onStep(slice.name);
  };
  try {
    return await runSteps(keyed, wanted, plan, { reporter, explain, onSlice, ...early });
  } finally {
    if (trace !== undefined) await writeTrace(trace, slices);
  }
}

async function writeTrace(file: string, slices: readonly Slice[]): Promise<void> {
  const { user, system } = process.cpuUsage();
  const text = file.endsWith('.svg')
    ? renderTracePicture(slices)
    : renderTrace(slices, (user + system) / 1000);
  await writeFile(file, text).catch((cause: unknown) => {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new BuildError('ERR_NOT_WRITABLE', `Expected a file that can be written for --trace: ${found}`, {
      cause,
    });
  });
}

/** Puts the artifacts into the folder of the plan; one build at a time. */
async function publishAll(
  planned: readonly PlannedArtifact[],
  result: (step: string) => string,
  plan: Plan,
  reporter: Reporter,
): Promise<readonly string[]> {
  const report = reporter.begin('publish');
  const artifacts = planned.map(async ({ step, packager, target, fileName, isShared }) => ({
    source: path.join(result(step), fileName),
    format: packager.format,
    target: isShared ? null : target.id,
    tools: await toolVersions(packager.tools),
  }));
  const release = await takeLock(plan.cacheDir, publishLock(plan), () =>
    reporter.note(`    Another build writes ${plan.outDir}: waiting for it`),
  );
  try {
    const paths = await publish(await Promise.all(artifacts), plan.outDir, await manifestRenderer(plan));
    report.end(plan.outDir);
    return paths;
  } finally {
    await release();
  }
}

/** The steps of a name: `compile-linux-x64` is one, `compile` is that step of every target. */
function stepsNamed(name: string, steps: readonly Step[], { targets }: Plan): readonly string[] {
  const names = steps.map((step) => step.name);
  const meant = [name, ...targets.map((target) => stepOf(name, target))].filter((one) => names.includes(one));
  if (meant.length > 0) return meant;
  const words = names.map((step) => targets.reduce((word, { id }) => word.replace(`-${id}`, ''), step));
  const hint = didYouMean(name, [...words, ...names]);
  throw new BuildError(
    'ERR_USAGE',
    `Expected a step out of ${names.join(', ')} for --until, got ${name}${hint}`,
  );
}
