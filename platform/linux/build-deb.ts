// Builds a .deb with dpkg-deb. Packages have no maintainer scripts: nothing runs when they come or go.

import { createHash } from 'node:crypto';
import path from 'node:path';
import { contentOf, isFile, type Member, moved } from '../../build/packagers/members.ts';
import { writeTree } from '../../build/packagers/tree.ts';
import { run } from '../../build/process.ts';
import type { Stage } from '../../build/types.ts';

/** Programs that {@link buildDeb} and its callers start. */
export const debTools = ['dpkg-deb', 'gzip'] as const;

/**
 * Writes a package.
 * @param control - text of DEBIAN/control
 * @param members - everything that it installs, with its folders, paths relative to the root folder
 * @param dir - folder for what is needed on the way
 */
export async function buildDeb(
  control: string,
  members: readonly Member[],
  epochSeconds: number,
  dir: string,
  file: string,
): Promise<void> {
  const controlFiles = [made('DEBIAN/control', control), made('DEBIAN/md5sums', await md5sums(members))];
  const tree = path.join(dir, 'tree');
  await writeTree([...controlFiles, ...members], epochSeconds, tree);
  // -Zxz: Ubuntu's dpkg-deb would take zstd, which Debian 11 cannot read. Two threads would write other bytes.
  await run(['dpkg-deb', '--root-owner-group', '-Zxz', '-z5', '--build', tree, file], {
    env: { SOURCE_DATE_EPOCH: String(epochSeconds), DPKG_DEB_THREADS_MAX: '1' },
  });
}

/** A file that a packager makes. */
export function made(file: string, content: string | Uint8Array): Member {
  return { type: 'made', path: file, mode: 0o644, content };
}

/**
 * The whole text of each licence of a stage, by its name.
 * @param folder - where they lie in the stage
 */
export async function licenceTexts(stage: Stage, folder: string): Promise<Map<string, string>> {
  const files = moved(stage.entries, folder, '.').filter(isFile);
  const texts = await Promise.all(files.map((file) => contentOf(file)));
  return new Map(files.map((file, index) => [file.path, Buffer.from(texts[index] ?? []).toString('utf8')]));
}

async function md5sums(members: readonly Member[]): Promise<string> {
  const lines = await Promise.all(
    members.filter(isFile).map(async (file) => {
      const digest = createHash('md5').update(await contentOf(file));
      return `${digest.digest('hex')}  ${file.path}\n`;
    }),
  );
  return lines.join('');
}
