// A small stage for macOS, laid out as a real one is, whose files hold their own paths.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LinkEntry, MacTarget, Stage } from '../../build/types.ts';
import { darwinArm64 } from '../../platform/macos/targets.ts';
import { fileEntry, stageEntries } from './staged-files.ts';

/** Writes the files below `dir`. @param epochSeconds - time stamp of everything */
export async function macStage(
  dir: string,
  epochSeconds: number,
  target: MacTarget = darwinArm64,
): Promise<Stage & { readonly target: MacTarget }> {
  const platform = `node_modules/${target.npm.packageName}`;
  const files = [
    'bin/openssl',
    'bin/tsopenssl',
    'lib/libcrypto.3.dylib',
    'lib/libssl.3.dylib',
    'node_modules/tsopenssl/ca-bundles/ca-bundle.crt',
    'node_modules/tsopenssl/lib/cli.js',
    'node_modules/tsopenssl/openssl.cnf',
    'node_modules/tsopenssl/package.json',
    `${platform}/LICENSE`,
    `${platform}/package.json`,
    `${platform}/tsopenssl.node`,
    'share/doc/README.md',
    'share/doc/licences/mozilla.txt',
  ];
  const entries = files.map(async (name) => {
    const source = path.join(dir, name);
    await mkdir(path.dirname(source), { recursive: true });
    await writeFile(source, `${name}\n`);
    return fileEntry(name, source);
  });
  const link: LinkEntry = {
    type: 'symlink',
    path: 'ssl/openssl.cnf',
    mode: 0o755,
    linkTarget: '../node_modules/tsopenssl/openssl.cnf',
  };
  return { target, entries: stageEntries([...(await Promise.all(entries)), link]), epochSeconds };
}
