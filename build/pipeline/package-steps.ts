// The steps that make the artifacts, and which there are.

import path from 'node:path';
import { type NamedPackager, packagerList } from '../packager-list.ts';
import type { Plan, Step } from '../plan.ts';
import { readStage } from '../steps/stage.ts';
import { toolVersions } from '../steps/tool-versions.ts';
import { asJson } from '../store.ts';
import type { Target } from '../types.ts';
import { stepOf } from './compile-steps.ts';
import { stageNames } from './stage-steps.ts';

/** An artifact that a plan makes. */
export interface PlannedArtifact extends NamedPackager {
  readonly target: Target;
  /** Name of the step that makes it; the artifact is the one file of its result. */
  readonly step: string;
  /** Name in dist/. */
  readonly fileName: string;
}

/** Every artifact of a plan. One that is the same on every target is made out of the first target's tree. */
export function plannedArtifacts(plan: Plan): readonly PlannedArtifact[] {
  const [first] = plan.targets;
  return plan.targets.flatMap((target) =>
    packagerList
      .filter(({ packager }) => plan.formats.includes(packager.format))
      .filter(({ serves, isShared }) => (isShared ? target === first : serves(target)))
      .map((row) => ({
        ...row,
        target,
        step: row.isShared ? row.step : stepOf(row.step, target),
        fileName: row.packager.fileName(plan.info, target),
      })),
  );
}

/** The step that makes an artifact. */
export function packageStep({ step, stage, packager, target, fileName }: PlannedArtifact): Step {
  const names = stageNames[stage];
  const source = stepOf(names.stage, target);
  return {
    name: step,
    needs: [source, stepOf(names.validate, target)],
    inputs: async (plan) => ({
      info: asJson(plan.info),
      target: asJson(target),
      epochSeconds: plan.epochSeconds,
      tools: await toolVersions(packager.tools, plan),
      settings: packager.settings ?? {},
    }),
    programs: () => packager.tools,
    definition: 'build/pipeline/package-steps.ts#packageStep',
    code: ['build/packagers', 'build/formats', 'platform'],
    async run({ plan, dir, result }) {
      const finished = await readStage(result(source), target, plan.epochSeconds);
      await packager.pack(finished, plan.info, path.join(dir, fileName));
    },
  };
}
