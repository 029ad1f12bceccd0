// npm's packages of the other platforms, as far as package managers look at them: the real package.json in a tarball of the
// real name, without the binaries, which this machine's tests have no use for. A registry always has them all.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { npmPlatform } from '../../build/packagers/npm.ts';
import { run } from '../../build/process.ts';
import { platformManifest } from '../../build/steps/stage-npm.ts';
import { asJson } from '../../build/store.ts';
import { targets } from '../../platform/targets.ts';

import { checkout, releaseInfo } from './artifacts.ts';
import { kept } from './kept.ts';

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
  const packages = targets
    .filter(({ id, compilers }) => id !== host && compilers.kind !== 'joined')
    .map((target) => ({
      name: target.npm.packageName,
      fileName: npmPlatform.fileName(releaseInfo, target),
      manifest: platformManifest(source, releaseInfo, target),
    }));
  const folder = await kept(
    'npm-other-platforms',
    { packages: packages.map(asJson) },
    async (dir, scratchDir) => {
      for (const { name, fileName, manifest } of packages) {
        const work = path.join(scratchDir, path.basename(name));
        await mkdir(path.join(work, 'package'), { recursive: true });
        await writeFile(path.join(work, 'package/package.json'), manifest);
        await run(['tar', '-czf', path.join(dir, fileName), 'package'], { cwd: work });
      }
    },
  );
  return packages.map(({ name, fileName }) => ({ name, file: path.join(folder, fileName) }));
}
