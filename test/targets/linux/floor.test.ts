// The floor of glibc, as readelf sees it: the validator's own reader is not asked here. There is no system as old as the floor
// among the tests.

import path from 'node:path';
import test from 'ava';
import { run } from '../../../build/process.ts';
import { targetDistribution } from '../../support/target-distribution.ts';

/** Versions of glibc that a file asks for, by readelf. */
async function glibcVersions(file: string): Promise<readonly string[]> {
  const { stdout } = await run(['readelf', '--version-info', '--wide', file]);
  const needs = stdout.slice(stdout.indexOf('Version needs section'));
  return [...new Set([...needs.matchAll(/Name: GLIBC_(\S+)/g)].map(([, version = '']) => version))];
}

const isNewer = (version: string) => Number(version.split('.')[1]) > 17;

for (const [id, oldest] of [
  ['linux-x64', '2.2.5'],
  ['linux-arm64', '2.17'],
] as const) {
  test(`no binary of ${id} asks for a glibc after 2.17, where one of this machine does`, async (t) => {
    const { target, prefix, addon } = await targetDistribution(id);
    const files = [...Object.values(target.binaries).map((file) => path.join(prefix, file)), addon];
    t.is(files.length, 4);
    for (const file of files) {
      const versions = await glibcVersions(file);
      t.true(versions.includes(oldest), file);
      t.deepEqual(versions.filter(isNewer), [], file);
    }
    t.true((await glibcVersions('/usr/bin/readelf')).some(isNewer));
  });
}

test('no binary of linuxmusl-x64 asks for any glibc', async (t) => {
  const { target, prefix, addon } = await targetDistribution('linuxmusl-x64');
  for (const file of [...Object.values(target.binaries).map((name) => path.join(prefix, name)), addon]) {
    t.deepEqual(await glibcVersions(file), [], file);
  }
});
