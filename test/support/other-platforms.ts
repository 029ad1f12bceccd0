// npm's packages of the other platforms, as far as package managers look at them: the real package.json in a tarball of the
// real name, without the binaries, which this machine's tests have no use for. A registry always has them all.

import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { npmPlatform } from '../../build/packagers/npm.ts';
import { run } from '../../build/process.ts';
import { platformManifest } from '../../build/steps/stage-npm.ts';
import { targets } from '../../platform/targets.ts';
import { checkout, releaseInfo } from './artifacts.ts';

/** A package of another platform. */
export interface OtherPlatform {
  /** `@tsopenssl/win32-x64`. */
  readonly name: string;
  /** Absolute path of the tarball. */
  readonly file: string;
}

const host = `${process.platform}-${process.arch}`;

/** Makes the packages of all platforms but this one. */
export async function otherPlatforms(): Promise<readonly OtherPlatform[]> {
  const source = await readFile(path.join(checkout, 'addon/package.json'), 'utf8');
  const work = path.join(checkout, '.cache/test');
  await mkdir(work, { recursive: true });
  const others = targets.filter(({ id, compilers }) => id !== host && compilers.kind !== 'joined');
  return Promise.all(
    others.map(async (target) => {
      const dir = await mkdtemp(path.join(work, 'other-'));
      const file = path.join(work, npmPlatform.fileName(releaseInfo, target));
      await mkdir(path.join(dir, 'package'));
      await writeFile(path.join(dir, 'package/package.json'), platformManifest(source, releaseInfo, target));
      await run(['tar', '-czf', 'made.tgz', 'package'], { cwd: dir });
      await rename(path.join(dir, 'made.tgz'), file);
      await rm(dir, { recursive: true });
      return { name: target.npm.packageName, file };
    }),
  );
}
