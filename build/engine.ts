// Runs the steps that are wanted and not yet done. A step's key is made of its inputs, its code and the keys of what it
// needs; a step whose result lies in the store does not run, and neither does anything that only it needed.

import path from 'node:path';
import type { Reporter } from './console.ts';
import type { Plan, Step } from './plan.ts';
import {
  contentKey,
  digestTree,
  explainMiss,
  hasResult,
  type Json,
  makeResult,
  resultDir,
  touchResult,
} from './store.ts';

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
    const code = { ...(await digestTree(plan.root, step.code)), run: contentKey(step.run.toString()) };
    const inputs = { ...own, code, needs };
    keyed.set(step.name, { step, inputs, key: contentKey({ step: step.name, inputs }) });
  }
  return keyed;
}

function closureOf(steps: readonly Step[], wanted: readonly string[]): ReadonlySet<string> {
  const closure = new Set(wanted);
  for (const { name, needs } of [...steps].reverse()) {
    if (closure.has(name)) for (const other of needs) closure.add(other);
  }
  return closure;
}

export interface RunOptions {
  readonly reporter: Reporter;
  /** Say of every step why it runs or does not. */
  readonly explain: boolean;
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
  const started = new Map<string, Promise<void>>();
  const inTurn = limiter(plan.jobs);
  const result = (name: string) => resultDir(plan.cacheDir, name, need(keyed, name).key);

  function ensure(name: string): Promise<void> {
    const running = started.get(name) ?? make(need(keyed, name));
    started.set(name, running);
    return running;
  }

  async function make(one: KeyedStep): Promise<void> {
    const { name, needs } = one.step;
    if (hasResult(plan.cacheDir, name, one.key)) {
      await touchResult(plan.cacheDir, name, one.key);
      const why = options.explain ? `kept: nothing of its inputs changed (${one.key.slice(0, 8)})` : 'kept';
      options.reporter.begin(name).end(why);
      return;
    }
    await allOf(needs.map(ensure));
    await inTurn(() => runStep(one, plan, options, result));
  }

  await allOf(wanted.map(ensure));
  return result;
}

/** Waits for all, and then throws what the first that failed threw. */
async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(promises);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Runs at most `limit` at a time, and none after one has failed. */
function limiter(limit: number): (work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let running = 0;
  let failure: { readonly reason: unknown } | undefined;
  return async (work) => {
    while (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    if (failure !== undefined) {
      // nobody else would wake the one behind
      waiting.shift()?.();
      throw failure.reason;
    }
    running++;
    try {
      await work();
    } catch (reason) {
      failure ??= { reason };
      throw reason;
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}

async function runStep(
  { step, key, inputs }: KeyedStep,
  plan: Plan,
  options: RunOptions,
  result: (name: string) => string,
): Promise<void> {
  const why = options.explain ? `run: ${await explainMiss(plan.cacheDir, step.name, inputs)}` : 'done';
  const report = options.reporter.begin(step.name);
  const log = path.join(plan.cacheDir, 'logs', `${step.name}-${key.slice(0, 8)}.log`);
  try {
    await makeResult(plan.cacheDir, step.name, key, inputs, (dir, scratchDir) =>
      step.run({
        plan,
        dir,
        scratchDir,
        log,
        result,
        progress: report.progress,
        note: options.reporter.note,
      }),
    );
  } catch (error) {
    report.end('failed');
    throw error;
  }
  report.end(why);
}

function need(keyed: ReadonlyMap<string, KeyedStep>, name: string): KeyedStep {
  const found = keyed.get(name);
  if (found === undefined) throw new Error(`step ${name} is needed before it is listed`);
  return found;
}
