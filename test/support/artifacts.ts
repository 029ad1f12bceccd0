// The artifacts under test, and the release that they were made for.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageInfo } from '../../build/make-plan.ts';
import type { Packager, Target } from '../../build/types.ts';
import { linuxX64 } from '../../platform/linux/targets.ts';
import { openssl35 } from '../../recipes/openssl-3.5.ts';

/** The checkout, absolute. */
export const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** What the packages of this release say of themselves. */
export const releaseInfo = packageInfo(openssl35);

/**
 * The artifact that `npm run dist` made with a packager.
 * @returns its absolute path
 */
export function artifact(packager: Packager, target: Target = linuxX64): string {
  const file = path.join(checkout, 'dist', packager.fileName(releaseInfo, target));
  if (existsSync(file)) return file;
  throw new Error(`${file}: found none; run \`npm run dist -- --target ${target.id}\` first`);
}
