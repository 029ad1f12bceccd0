// A kill -9 in the middle of what stages, validates, packs and publishes.

import { randomInt } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { checkout, linkCache } from '../../support/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { registerKills, rounds } from '../../support/killed.ts';
import { digestOf } from '../../support/result-digest.ts';

const builder = await registerKills('packages');

test.serial(
  'a kill -9 while dist/ is being written leaves whole files alone, and the next run completes it',
  async (t) => {
    const folder = await temporaryFolder(t);
    const cache = path.join(folder, 'cache');
    await linkCache(cache, [], builder.cache);
    const out = path.join(folder, 'dist');
    const args = ['--cache', cache, '--out', out];
    const begin = performance.now();
    const whole = await builder.start(args).finished;
    const elapsedMs = Math.round(performance.now() - begin);
    t.is(whole.code, 0, whole.stderr);
    const digest = await digestOf(out);
    for (let round = 1; round <= rounds; round++) {
      await rm(out, { recursive: true });
      const { child, finished } = builder.start(args);
      await Promise.race([sleep(randomInt(Math.round(elapsedMs / 4), elapsedMs)), finished]);
      child.kill('SIGKILL');
      await finished;
      const { code, stderr } = await builder.start(args).finished;
      t.is(code, 0, stderr);
      t.is(await digestOf(out), digest);
    }
    t.deepEqual(await readdir(out), await readdir(path.join(checkout, 'dist')));
  },
);
