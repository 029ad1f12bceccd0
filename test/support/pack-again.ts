// Packs the artifacts of one target once more, out of the stages that the builder has kept: `pack-again.ts TARGET STAGE
// STAGE-DEVELOPMENT FOLDER`. A program of its own, so that a test can start it in other surroundings than the builder's.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { packagerList } from '../../build/packager-list.ts';
import { readStage } from '../../build/steps/stage.ts';
import type { TargetId } from '../../build/types.ts';
import { release } from '../../recipes/release.ts';
import { releaseInfo } from './artifacts.ts';
import { targetOf } from './target-distribution.ts';

const [id = '', runtime = '', development = '', folder = ''] = process.argv.slice(2);
const target = targetOf(id as TargetId);
const trees = { runtime, development };
await mkdir(folder, { recursive: true });
for (const { packager, stage } of packagerList.filter(({ serves }) => serves(target))) {
  const tree = await readStage(trees[stage], target, release.epochSeconds);
  await packager.pack(tree, releaseInfo, path.join(folder, packager.fileName(releaseInfo, target)));
}
