// `npm run dist -- --explain`: what a build would do and why, without doing it.

import type { Decision, KeyedStep } from './engine.ts';
import { missingPackagesOf } from './ensure-packages.ts';
import type { Plan } from './plan.ts';

/** What a build would do, as text or JSON. */
export function explainText(
  decisions: readonly Decision[],
  keyed: ReadonlyMap<string, KeyedStep>,
  plan: Plan,
  { json }: { readonly json: boolean },
): string {
  const missingPackages = missingPackagesOf(stepsToRun(decisions, keyed), plan);
  if (json) return JSON.stringify({ steps: decisions, missingPackages });
  const width = Math.max(...decisions.map(({ name }) => name.length));
  const missing = missingPackages.length > 0 ? [`install  ${missingPackages.join(', ')}`] : [];
  const lines = decisions.map(
    ({ name, runs, why }) => `${(runs ? 'run' : 'keep').padEnd(9)}${name.padEnd(width)}  ${why}`,
  );
  return [...missing, ...lines].join('\n');
}

/** The steps that have to run. */
export function stepsToRun(decisions: readonly Decision[], keyed: ReadonlyMap<string, KeyedStep>) {
  return decisions.flatMap(({ name, runs }) => {
    const one = keyed.get(name);
    return runs && one !== undefined ? [one.step] : [];
  });
}
