// Packs the small stage in every format: `pack-fixture.ts FOLDER EPOCH`. A program of its own, so that a test can start it
// under another umask, time zone, locale, home, and number of processors.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { caBundles } from '../../build/packagers/ca-bundles.ts';
import { npmMain, npmPlatform } from '../../build/packagers/npm.ts';
import { tarXz, tarXzDevelopment } from '../../build/packagers/tar-xz.ts';
import { deb } from '../../platform/linux/deb.ts';
import { debDevelopment } from '../../platform/linux/deb-development.ts';
import { rpm } from '../../platform/linux/rpm.ts';
import { rpmDevelopment } from '../../platform/linux/rpm-development.ts';
import { developmentFixture } from './development-fixture.ts';
import { fixtureInfo, fixtureStage } from './stage-fixture.ts';

const [folder = '', epochSeconds = ''] = process.argv.slice(2);
const stage = { ...(await fixtureStage(folder)), epochSeconds: Number(epochSeconds) };
await mkdir(path.join(folder, 'dist'));
for (const packager of [tarXz, deb, rpm, npmMain, npmPlatform, caBundles]) {
  const file = path.join(folder, 'dist', packager.fileName(fixtureInfo, stage.target));
  await packager.pack(stage, fixtureInfo, file);
}
const development = { ...(await developmentFixture(folder)), epochSeconds: Number(epochSeconds) };
for (const packager of [tarXzDevelopment, debDevelopment, rpmDevelopment]) {
  const file = path.join(folder, 'dist', packager.fileName(fixtureInfo, development.target));
  await packager.pack(development, fixtureInfo, file);
}
