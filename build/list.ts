// `npm run dist -- list`: what can be built.

import { release } from '../recipes/release.ts';
import { formats, lines, targets } from './make-plan.ts';
import { pipelineSteps } from './pipeline.ts';
import type { Plan } from './plan.ts';

/** Lines, targets, formats and steps, as text or JSON. */
export function listText(plan: Plan, { json }: { readonly json: boolean }): string {
  const listed = {
    distributionVersion: plan.info.distributionVersion,
    lines: Object.entries(lines).map(([line, { version }]) => ({
      line,
      version,
      default: line === release.defaultLine,
    })),
    targets: targets.map(({ id, glibcFloor }) => ({ id, glibcFloor })),
    formats,
    steps: pipelineSteps(plan).map(({ name, needs }) => ({ name, needs })),
  };
  if (json) return JSON.stringify(listed);
  return [
    `tsopenssl ${listed.distributionVersion}`,
    `lines    ${listed.lines.map((one) => `${one.line} (OpenSSL ${one.version})${one.default ? ', default' : ''}`).join('; ')}`,
    `targets  ${listed.targets.map((one) => `${one.id} (glibc ${one.glibcFloor})`).join(', ')}`,
    `formats  ${formats.join(', ')}`,
    `steps    ${listed.steps.map((one) => one.name).join(', ')}`,
  ].join('\n');
}
