// Puts the artifacts of each target into the folder of the plan as soon as they are all made, while other targets are still
// compiled. The manifest and the checksums come at the end (steps/publish.ts).

import path from 'node:path';
import type { KeyedStep } from './engine.ts';
import { takeLock } from './lock.ts';
import type { PlannedArtifact } from './pipeline/package-steps.ts';
import type { Plan } from './plan.ts';
import { placeArtifacts } from './steps/publish.ts';
import { contentKey, resultDir } from './store.ts';
import type { TargetId } from './types.ts';

/** What a caller in the same process may order and watch. */
export interface DistWatch {
  /** The targets, the first to be finished first; one that is not named comes last. */
  readonly order: readonly TargetId[];
  /** Called when the artifacts of a target lie in the plan's folder. The manifest is written when those of all do. */
  onTarget(id: TargetId): void;
}

export interface EarlyPlacer {
  /** Place of a step in the order of targets; what several targets need comes first. */
  rank(step: string): number;
  /** Takes note of a step whose result is there. */
  onStep(step: string): void;
  /** Waits for what is being placed. */
  end(): Promise<void>;
}

/** Name of the lock that a build holds while it writes the folder of artifacts. */
export const publishLock = ({ outDir }: Plan): string => `publish-${contentKey(outDir)}`;

/** Makes what `runSteps` tells of its steps. */
export function earlyPlacer(
  planned: readonly PlannedArtifact[],
  keyed: ReadonlyMap<string, KeyedStep>,
  plan: Plan,
  { order, onTarget }: DistWatch,
): EarlyPlacer {
  const ids = [...new Set([...order, ...plan.targets.map(({ id }) => id)])];
  const missing = new Map(
    plan.targets.map(({ id }) => [
      id,
      new Set(planned.filter(({ target }) => target.id === id).map(({ step }) => step)),
    ]),
  );
  let placing = Promise.resolve();

  async function placeTarget(id: TargetId): Promise<void> {
    const sources = planned
      .filter(({ target }) => target.id === id)
      .map(({ step, fileName }) =>
        path.join(resultDir(plan.cacheDir, step, keyed.get(step)?.key ?? ''), fileName),
      );
    const release = await takeLock(plan.cacheDir, publishLock(plan), () => {});
    await placeArtifacts(sources, plan.outDir).finally(release);
    onTarget(id);
  }

  return {
    rank: (step) => ids.findIndex((id) => step.endsWith(`-${id}`)),
    onStep(step) {
      for (const [id, steps] of missing) {
        if (!steps.delete(step) || steps.size > 0) continue;
        placing = placing.then(() => placeTarget(id));
        // the failure is end()'s to report
        placing.catch(() => {});
      }
    },
    end: () => placing,
  };
}
