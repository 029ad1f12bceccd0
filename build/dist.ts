// `npm run dist`: runs the pipeline and publishes what it made.

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { didYouMean } from '../addon/lib/nearest.ts';
import { openCacheFolder } from './cache-folder.ts';
import type { Reporter } from './console.ts';
import { type DistWatch, earlyPlacer } from './early-placer.ts';
import { type Decision, decideSteps, type KeyedStep, keySteps, reportKept, runSteps } from './engine.ts';
import { ensurePackages } from './ensure-packages.ts';
import { BuildError } from './errors.ts';
import { explainText, stepsToRun } from './explain.ts';
import { stepOf } from './pipeline/compile-steps.ts';
import { type PlannedArtifact, plannedArtifacts } from './pipeline/package-steps.ts';
import { pipelineSteps } from './pipeline.ts';
import type { Plan, Step } from './plan.ts';
import { entryId } from './prune.ts';
import { findPublishedArtifacts, publishArtifacts } from './publish-artifacts.ts';
import { removeLeftovers, resultDir } from './store.ts';
import { renderTrace, type Slice } from './trace.ts';
import { renderTracePicture } from './trace-picture.ts';
import { registerUses } from './uses.ts';

export interface DistFlags {
  /** Say what would be done, and do nothing. */
  readonly explain: boolean;
  /** Say of every step why it runs or does not. */
  readonly verbose: boolean;
  readonly json: boolean;
  /** Name of the last step to run. */
  readonly until: string | undefined;
  /** File for a trace of the build. */
  readonly trace: string | undefined;
}

/** What one call of {@link dist} works on. */
interface Build {
  readonly plan: Plan;
  readonly flags: DistFlags;
  readonly reporter: Reporter;
  readonly watch: DistWatch | undefined;
  readonly steps: readonly Step[];
  /** The steps whose results are wanted. */
  readonly wanted: readonly string[];
  /** The artifacts to publish; none with `--until`. */
  readonly planned: readonly PlannedArtifact[];
}

/**
 * Builds what the plan says. Builds that share a cache run at once, and wait for each other only where they make the same result
 * or write the same folder of artifacts.
 * @returns the paths of the artifacts, a line each or as JSON; with `until`, the folder of that step's result; with `explain`,
 *   what would be done
 */
export async function dist(
  plan: Plan,
  flags: DistFlags,
  reporter: Reporter,
  watch?: DistWatch,
): Promise<string> {
  const steps = pipelineSteps(plan);
  const planned = flags.until === undefined ? plannedArtifacts(plan) : [];
  const wanted =
    flags.until === undefined ? planned.map(({ step }) => step) : stepsNamed(flags.until, steps, plan);
  const build: Build = { plan, flags, reporter, watch, steps, wanted, planned };
  if (flags.explain) return explain(build);
  // a build takes too long to fail at its end
  if (flags.trace !== undefined) await writeTrace(flags.trace, []);
  await openCacheFolder(plan.cacheDir);
  await removeLeftovers(plan.cacheDir);
  const { keyed, decisions } = await keyInstalled(build);
  const paths = (await takeKept(build, keyed, decisions)) ?? (await make(build, keyed));
  return flags.json ? JSON.stringify(paths) : paths.join('\n');
}

/** Returns what a build would do. Runs no step, and makes no cache folder. */
async function explain({ plan, flags, steps, wanted }: Build): Promise<string> {
  if (existsSync(plan.cacheDir)) await openCacheFolder(plan.cacheDir);
  const keyed = await keySteps(steps, wanted, plan);
  return explainText(await decideSteps(keyed, wanted, plan), keyed, plan, flags);
}

/** Computes the keys, and installs what the steps that have to run need: the versions of programs are part of the keys. */
async function keyInstalled({ plan, steps, wanted }: Build) {
  const keyed = await keySteps(steps, wanted, plan);
  const decisions = await decideSteps(keyed, wanted, plan);
  if (!ensurePackages(stepsToRun(decisions, keyed), plan)) return { keyed, decisions };
  const again = await keySteps(steps, wanted, plan);
  return { keyed: again, decisions: await decideSteps(again, wanted, plan) };
}

function resultOf({ plan }: Build, keyed: ReadonlyMap<string, KeyedStep>): (step: string) => string {
  return (step) => resultDir(plan.cacheDir, step, keyed.get(step)?.key ?? '');
}

/**
 * Takes results and artifacts as they are. Needs no lock and starts no program, so that a build with nothing to do is quick.
 * @returns the paths; undefined where a step has to run or a file of the artifacts has to be written
 */
async function takeKept(
  build: Build,
  keyed: ReadonlyMap<string, KeyedStep>,
  decisions: readonly Decision[],
): Promise<readonly string[] | undefined> {
  if (decisions.some(({ runs }) => runs)) return undefined;
  const { plan, flags, reporter, wanted, planned } = build;
  const result = resultOf(build, keyed);
  const paths =
    flags.until === undefined ? await findPublishedArtifacts(planned, result, plan) : wanted.map(result);
  if (paths === undefined) return undefined;
  await traced(build, (onSlice) =>
    reportKept(decisions, plan, { reporter, explain: flags.verbose, onSlice }),
  );
  if (flags.until === undefined) reporter.begin('publish').end(`${plan.outDir} is up to date`);
  for (const { id } of plan.targets) build.watch?.onTarget(id);
  return paths;
}

/** Runs the steps and publishes the artifacts; meanwhile `cache prune` removes none of the results. */
async function make(build: Build, keyed: ReadonlyMap<string, KeyedStep>): Promise<readonly string[]> {
  const { plan, flags, reporter, watch, wanted, planned } = build;
  const ids = [...keyed].map(([name, { key }]) => entryId({ name, key }));
  const endUse = await registerUses(plan.cacheDir, ids);
  try {
    const early = watch && earlyPlacer(planned, keyed, plan, watch);
    const result = await traced(build, (addSlice) => {
      const onSlice = (slice: Slice) => {
        addSlice(slice);
        if (!slice.failed) early?.onStep(slice.name);
      };
      return runSteps(keyed, wanted, plan, { reporter, explain: flags.verbose, onSlice, ...early });
    });
    await early?.end();
    return flags.until === undefined
      ? await publishArtifacts(planned, result, plan, reporter)
      : wanted.map(result);
  } finally {
    await endUse();
  }
}

/** Writes the trace of some work, also when it fails. */
async function traced<Result>(
  { flags: { trace } }: Build,
  work: (onSlice: (slice: Slice) => void) => Promise<Result>,
): Promise<Result> {
  const slices: Slice[] = [];
  try {
    return await work((slice) => slices.push(slice));
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
