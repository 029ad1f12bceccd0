// The pipeline: every step in order. What all targets share comes first, then the steps of each target, then the artifacts.

import { targets } from '../platform/targets.ts';
import { compileSteps } from './pipeline/compile-steps.ts';
import { packageStep, plannedArtifacts } from './pipeline/package-steps.ts';
import { sharedSteps } from './pipeline/shared-steps.ts';
import { stageSteps } from './pipeline/stage-steps.ts';
import type { Plan, Step } from './plan.ts';
import type { Target } from './types.ts';

/** All steps of one build; each comes after what it needs. */
export function pipelineSteps(plan: Plan): readonly Step[] {
  return [
    ...sharedSteps,
    ...withParts(plan.targets).flatMap(compileSteps),
    ...plan.targets.flatMap(stageSteps),
    ...plannedArtifacts(plan).map(packageStep),
  ];
}

/** The targets, and before each the ones that it is joined out of. */
function withParts(wanted: readonly Target[]): readonly Target[] {
  const all = wanted.flatMap((target) => {
    const { compilers } = target;
    if (compilers.kind !== 'joined') return [target];
    return [...targets.filter(({ id }) => compilers.parts.includes(id)), target];
  });
  return [...new Set(all)];
}
