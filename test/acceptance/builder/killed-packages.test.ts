// A kill -9 in the middle of what stages, validates, packs and publishes.

import { randomInt } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { builder, checkout, linkCache } from '../../support/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { killAfter, registerKills, rounds } from '../../support/killed.ts';
import { treeDigest } from '../../support/tree-digest.ts';

await registerKills('packages');

test.serial(
  'a kill -9 while dist/ is being written leaves whole files alone, and the next run completes it',
  async (t) => {
    const folder = await temporaryFolder(t);
    const cache = path.join(folder, 'cache');
    await linkCache(cache, []);
    const out = path.join(folder, 'dist');
    const args = ['--cache', cache, '--out', out];
    const whole = await builder(args);
    t.is(whole.code, 0, whole.stderr);
    const digest = await treeDigest(out);
    for (let round = 1; round <= rounds; round++) {
      await rm(out, { recursive: true });
      await killAfter(args, randomInt(100, 1500));
      const { code, stderr } = await builder(args);
      t.is(code, 0, stderr);
      t.is(await treeDigest(out), digest);
    }
    t.deepEqual(await readdir(out), await readdir(path.join(checkout, 'dist')));
  },
);
