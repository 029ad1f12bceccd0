// `npm run dist -- list`: what can be built.

import { floorOf, targets } from '../platform/targets.ts';
import { release } from '../recipes/release.ts';
import { lines } from './make-plan.ts';
import { packagerList } from './packager-list.ts';
import { pipelineSteps } from './pipeline.ts';
import type { Plan } from './plan.ts';
import type { Format, Target } from './types.ts';

/** Lines, targets, formats and steps, as text or JSON. */
export function listText(plan: Plan, { json }: { readonly json: boolean }): string {
  const listed = {
    distributionVersion: plan.info.distributionVersion,
    lines: Object.entries(lines).map(([line, { version }]) => ({
      line,
      version,
      default: line === release.defaultLine,
    })),
    targets: targets.map((target) => ({
      id: target.id,
      floor: floorOf(target),
      formats: formatsOf(target),
    })),
    steps: pipelineSteps(plan).map(({ name, needs }) => ({ name, needs })),
  };
  if (json) return JSON.stringify(listed);
  return [
    `tsopenssl ${listed.distributionVersion}`,
    `lines    ${listed.lines.map((one) => `${one.line} (OpenSSL ${one.version})${one.default ? ', default' : ''}`).join('; ')}`,
    ...listed.targets.map((one) => `target   ${one.id} (${one.floor}): ${one.formats.join(', ')}`),
    `steps    ${listed.steps.map((one) => one.name).join(', ')}`,
  ].join('\n');
}

/** The formats that a target has. */
function formatsOf(target: Target): readonly Format[] {
  return [
    ...new Set(packagerList.filter(({ serves }) => serves(target)).map(({ packager }) => packager.format)),
  ];
}
