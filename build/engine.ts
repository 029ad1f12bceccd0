// Decides which steps have to run, and runs them. A step's key is made of its inputs, its code and the keys of what it needs; a
// step whose result lies in the store does not run, and neither does anything that only it needed. What can run is started in
// the order of the longest path to the end of the build.

import path from 'node:path';
import type { Reporter } from './console.ts';
import { BuildError } from './errors.ts';
import { explainMiss } from './explain-miss.ts';
import { type ModuleKeys, openModuleKeys } from './module-text.ts';
import type { Plan, Step } from './plan.ts';
import { withProcessorTime } from './processor-time.ts';
import { prune } from './prune.ts';
import {
  checkResult,
  contentKey,
  digestTree,
  ensureResult,
  type Json,
  resultDir,
  touchResult,
} from './store.ts';
import type { Slice } from './trace.ts';

/** Results of a step that stay in the cache when a newer one is made. */
const keptPerStep = 4;

/** A step with its key. */
export interface KeyedStep {
  readonly step: Step;
  readonly key: string;
  readonly inputs: Json;
}

/**
 * Computes the keys of the wanted steps and of all that they need; the order of the list is one in which every need comes
 * first.
 */
export async function keySteps(
  steps: readonly Step[],
  wanted: readonly string[],
  plan: Plan,
): Promise<ReadonlyMap<string, KeyedStep>> {
  const keyed = new Map<string, KeyedStep>();
  const closure = closureOf(steps, wanted);
  const modules = openModuleKeys(plan.root, plan.cacheDir);
  const digestCode = codeDigests(plan.root, modules);
  for (const step of steps.filter(({ name }) => closure.has(name))) {
    const needs = Object.fromEntries(
      await Promise.all(
        step.needs.map(async (name) => {
          const { step: other, key } = need(keyed, name);
          return [name, (await other.identity?.(plan)) ?? key] as const;
        }),
      ),
    );
    const own = await step.inputs(plan);
    const { definition } = step;
    const run = definition === undefined ? contentKey(step.run.toString()) : await modules.runKey(definition);
    const code = { ...sortedCode(await Promise.all(step.code.map(digestCode))), run };
    const inputs = { ...own, code, needs };
    keyed.set(step.name, { step, inputs, key: contentKey({ step: step.name, inputs }) });
  }
  modules.save();
  return keyed;
}

/**
 * Looks at each file or folder once: most of them are the code of several steps. Of a module, comments do not count; in a
 * folder they do, since a comment of the addon's library is shipped in its declarations.
 */
function codeDigests(
  root: string,
  modules: ModuleKeys,
): (item: string) => Promise<Readonly<Record<string, string>>> {
  const known = new Map<string, Promise<Readonly<Record<string, string>>>>();
  const look = async (item: string) =>
    isModule(item) ? { [item]: await modules.wholeKey(item) } : digestTree(root, [item]);
  return (item) => {
    const found = known.get(item) ?? look(item);
    known.set(item, found);
    return found;
  };
}

function isModule(item: string): boolean {
  return item.endsWith('.ts');
}

/** The digests of all items together, in the order of their paths. */
function sortedCode(digests: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const pairs = digests.flatMap((one) => Object.entries(one));
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function closureOf(steps: readonly Step[], wanted: readonly string[]): ReadonlySet<string> {
  const closure = new Set(wanted);
  for (const { name, needs } of [...steps].reverse()) {
    if (closure.has(name)) for (const other of needs) closure.add(other);
  }
  return closure;
}

/** What a build does about one step. */
export interface Decision {
  readonly name: string;
  readonly key: string;
  /** Whether the step has to run. */
  readonly runs: boolean;
  /** Why it runs or does not, for people to read. */
  readonly why: string;
}

/**
 * Decides which steps run: the wanted ones without a whole result, and of what they need the same. What only a step with a
 * result needed is not looked at.
 * @returns the steps that were looked at, each after what it needs
 */
export async function decideSteps(
  keyed: ReadonlyMap<string, KeyedStep>,
  wanted: readonly string[],
  plan: Plan,
): Promise<readonly Decision[]> {
  const decided = new Map<string, Decision>();
  async function decide(name: string): Promise<void> {
    if (decided.has(name)) return;
    const { step, key, inputs } = need(keyed, name);
    const state = await checkResult(plan.cacheDir, name, key);
    if (state !== 'whole') for (const other of step.needs) await decide(other);
    const runs = state !== 'whole';
    let why = `nothing of its inputs changed (${key.slice(0, 8)})`;
    if (state === 'missing') why = await explainMiss(plan.cacheDir, name, inputs);
    else if (state !== 'whole') why = `its result in the cache is damaged: ${state.damage}`;
    decided.set(name, { name, key, runs, why });
  }
  for (const name of wanted) await decide(name);
  return [...decided.values()];
}

export interface RunOptions {
  readonly reporter: Reporter;
  /** Say of every step why it runs or does not. */
  readonly explain: boolean;
  /** Called for each step that has ended. */
  onSlice?(slice: Slice): void;
  /** Steps of a lower rank start before others that are ready too; without it, the longest path alone decides. */
  rank?(name: string): number;
}

/**
 * Makes the results of `wanted` and of whatever they need, as many at a time as the plan has jobs. When one fails, those
 * that run already are awaited, and none is started.
 * @returns the folder of a step's result, by name
 */
export async function runSteps(
  keyed: ReadonlyMap<string, KeyedStep>,
  wanted: readonly string[],
  plan: Plan,
  options: RunOptions,
): Promise<(step: string) => string> {
  const result = (name: string) => resultDir(plan.cacheDir, name, need(keyed, name).key);
  const clock = startClock();
  const decisions = await decideSteps(keyed, wanted, plan);
  await reportKept(decisions, plan, options, clock);
  const toRun = new Map(decisions.filter(({ runs }) => runs).map((decision) => [decision.name, decision]));
  const rank = (name: string) => options.rank?.(name) ?? 0;
  const work = (name: string, lane: number) =>
    runStep(need(keyed, name), lane, toRun.get(name)?.why ?? '', plan, options, { result, clock });
  await inOrder([...toRun.keys()], keyed, plan.jobs, rank, work);
  if (toRun.size > 0) await prune(plan.cacheDir, { keptPerStep });
  return result;
}

/** Marks the results of steps that do not run as used, and says that they are kept. */
export async function reportKept(
  decisions: readonly Decision[],
  plan: Plan,
  options: RunOptions,
  clock = startClock(),
): Promise<void> {
  for (const { name, key, why, runs } of decisions) {
    if (runs) continue;
    await touchResult(plan.cacheDir, name, key);
    options.reporter.begin(name).end(options.explain ? `kept: ${why}` : 'kept');
    const looked = { startMs: clock(), durationMs: 0, processorMs: 0, cached: true, failed: false, lane: 0 };
    options.onSlice?.({ name, key, ...looked });
  }
}

/** Runs each step when all that it needs has run, in `lanes` lanes: by rank, then the one with the longest path to the end first. */
async function inOrder(
  names: readonly string[],
  keyed: ReadonlyMap<string, KeyedStep>,
  lanes: number,
  rank: (name: string) => number,
  work: (name: string, lane: number) => Promise<void>,
): Promise<void> {
  const length = pathLengths(names, keyed);
  const later = (a: string, b: string) => rank(a) - rank(b) || (length.get(b) ?? 0) - (length.get(a) ?? 0);
  const waiting = new Set([...names].sort(later));
  const unfinished = new Set(names);
  const free = Array.from({ length: lanes }, (_, index) => index + 1);
  const running = new Set<Promise<void>>();
  let failure: { readonly reason: unknown } | undefined;
  const onAllCores = new Set<string>();
  const isReady = (name: string) => {
    const { needs, usesAllCores = false } = need(keyed, name).step;
    return !(usesAllCores && onAllCores.size > 0) && !needs.some((other) => unfinished.has(other));
  };
  while (waiting.size + running.size > 0) {
    const next = failure === undefined ? [...waiting].find(isReady) : undefined;
    const [lane] = free;
    if (next !== undefined && lane !== undefined) {
      waiting.delete(next);
      free.shift();
      if (need(keyed, next).step.usesAllCores) onAllCores.add(next);
      const one: Promise<void> = work(next, lane)
        .then(() => void unfinished.delete(next))
        .catch((reason: unknown) => {
          failure ??= { reason };
        })
        .finally(() => {
          running.delete(one);
          onAllCores.delete(next);
          free.push(lane);
          free.sort((a, b) => a - b);
        });
      running.add(one);
    } else if (running.size > 0) {
      await Promise.race(running);
    } else {
      break;
    }
  }
  if (failure !== undefined) throw failure.reason;
}

/** For each step, the nominal seconds from its start to the end of all that needs it. */
function pathLengths(
  names: readonly string[],
  keyed: ReadonlyMap<string, KeyedStep>,
): ReadonlyMap<string, number> {
  const length = new Map<string, number>();
  for (const name of [...names].reverse()) {
    const after = names.filter((other) => need(keyed, other).step.needs.includes(name));
    const longest = Math.max(0, ...after.map((other) => length.get(other) ?? 0));
    length.set(name, longest + (need(keyed, name).step.costSeconds ?? 1));
  }
  return length;
}

async function runStep(
  { step, key, inputs }: KeyedStep,
  lane: number,
  why: string,
  plan: Plan,
  options: RunOptions,
  { result, clock }: { result: (name: string) => string; clock: () => number },
): Promise<void> {
  const { name } = step;
  const report = options.reporter.begin(name);
  const log = path.join(plan.cacheDir, 'logs', `${name}-${key.slice(0, 8)}.log`);
  const { progress } = report;
  const { note } = options.reporter;
  const startMs = clock();
  const end = (outcome: string, processorMs: number, cached: boolean) => {
    report.end(outcome);
    const failed = outcome === 'failed';
    options.onSlice?.({
      name,
      key,
      cached,
      lane,
      startMs,
      durationMs: clock() - startMs,
      processorMs,
      failed,
    });
  };
  const measured = await withProcessorTime(() =>
    ensureResult({
      cacheDir: plan.cacheDir,
      name,
      key,
      inputs,
      async make(dir, scratchDir) {
        await step.run({ plan, dir, scratchDir, log, result, progress, note });
        requireUnchanged(step, inputs, plan.root);
      },
      onWait: () => note(`    Another build makes ${name}: waiting for it`),
      onDamage: (damage) =>
        note(`    ${name}: the result in the cache is damaged and is made again: ${damage}`),
    }),
  );
  if ('error' in measured) {
    end('failed', measured.processorMs, false);
    throw measured.error;
  }
  const outcome = measured.value ? 'done' : 'made by another build';
  end(options.explain && measured.value ? `run: ${why}` : outcome, measured.processorMs, !measured.value);
}

/**
 * Requires the files that a step has read to be those of its key. Modules need no look: they were loaded before it began.
 * @throws {BuildError} ERR_INTEGRITY one was changed meanwhile
 */
function requireUnchanged({ name, code: items }: Step, inputs: Json, root: string): void {
  const { code: before } = inputs as { readonly code: Readonly<Record<string, string>> };
  const folders = items.filter((item) => !isModule(item));
  const after = digestTree(root, folders);
  const isOurs = (file: string) => folders.some((item) => file === item || file.startsWith(`${item}/`));
  const files = [...new Set([...Object.keys(before).filter(isOurs), ...Object.keys(after)])].sort();
  const changed = files.find((file) => before[file] !== after[file]);
  if (changed === undefined) return;
  throw new BuildError(
    'ERR_INTEGRITY',
    `${name}: ${path.join(root, changed)} was changed while the step ran; its result is not kept: build again`,
  );
}

/** Milliseconds since now. */
function startClock(): () => number {
  const start = process.hrtime.bigint();
  return () => Number(process.hrtime.bigint() - start) / 1e6;
}

function need(keyed: ReadonlyMap<string, KeyedStep>, name: string): KeyedStep {
  const found = keyed.get(name);
  if (found === undefined) throw new Error(`step ${name} is needed before it is listed`);
  return found;
}
