// A kill -9 in the middle of what fetches, unpacks and generates.

import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { linkCache } from '../../support/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { registerKills, runStep } from '../../support/killed.ts';
import { treeDigest } from '../../support/tree-digest.ts';

await registerKills('sources');

test.serial('the check of a killed step bites: a half-made result under a key is seen', async (t) => {
  const folder = await temporaryFolder(t);
  const cache = path.join(folder, 'cache');
  await linkCache(cache, ['bundles']);
  const args = ['--until', 'bundles', '--cache', cache];
  const digest = await treeDigest(await runStep(t, args));
  const [key = ''] = await readdir(path.join(cache, 'steps/bundles'));
  await rm(path.join(cache, 'steps/bundles', key, 'result/ca-bundle.json'));
  t.not(
    await treeDigest(await runStep(t, args)),
    digest,
    'a result that is not whole would be used as it is',
  );
});
