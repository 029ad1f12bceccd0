// Puts the artifacts of a build into the folder of its plan.

import path from 'node:path';
import type { Reporter } from './console.ts';
import { publishLock } from './early-placer.ts';
import { openDigests } from './known-digests.ts';
import { takeLock } from './lock.ts';
import type { PlannedArtifact } from './pipeline/package-steps.ts';
import type { Plan } from './plan.ts';
import { manifestRenderer } from './steps/manifest.ts';
import { type Artifact, findPublished, publish } from './steps/publish.ts';
import { toolVersions } from './steps/tool-versions.ts';

function artifactsOf(
  planned: readonly PlannedArtifact[],
  result: (step: string) => string,
  plan: Plan,
): Promise<readonly Artifact[]> {
  return Promise.all(
    planned.map(async ({ step, packager, target, fileName, isShared }) => ({
      source: path.join(result(step), fileName),
      format: packager.format,
      target: isShared ? null : target.id,
      tools: await toolVersions(packager.tools, plan),
    })),
  );
}

/**
 * Publishes the artifacts; one build at a time writes a folder.
 * @returns the paths of all that was published
 */
export async function publishArtifacts(
  planned: readonly PlannedArtifact[],
  result: (step: string) => string,
  plan: Plan,
  reporter: Reporter,
): Promise<readonly string[]> {
  const report = reporter.begin('publish');
  const artifacts = await artifactsOf(planned, result, plan);
  const manifest = await manifestRenderer(plan);
  const release = await takeLock(plan.cacheDir, publishLock(plan), () =>
    reporter.note(`    Another build writes ${plan.outDir}: waiting for it`),
  );
  try {
    const digests = openDigests(plan.cacheDir);
    const paths = await publish(artifacts, plan.outDir, manifest, digests);
    digests.save();
    report.end(plan.outDir);
    return paths;
  } finally {
    await release();
  }
}

/** The paths of the artifacts where all of them are published already, and undefined otherwise. */
export async function findPublishedArtifacts(
  planned: readonly PlannedArtifact[],
  result: (step: string) => string,
  plan: Plan,
): Promise<readonly string[] | undefined> {
  const digests = openDigests(plan.cacheDir);
  const artifacts = await artifactsOf(planned, result, plan);
  const paths = await findPublished(artifacts, plan.outDir, await manifestRenderer(plan), digests);
  digests.save();
  return paths;
}
