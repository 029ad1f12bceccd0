import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { npmMain, npmPlatform } from '../../build/packagers/npm.ts';
import { run } from '../../build/process.ts';
import type { Packager } from '../../build/types.ts';
import { artifact, releaseInfo } from '../support/artifacts.ts';
import { temporaryFolder } from '../support/folder.ts';

const attwManifest = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json');

/** A copy of a tarball with another package.json. */
async function spoilt(
  t: ExecutionContext,
  packager: Packager,
  spoil: (manifest: Record<string, unknown>) => void,
): Promise<string> {
  const dir = await temporaryFolder(t);
  await run(['tar', '-xzf', artifact(packager), '-C', dir]);
  const file = path.join(dir, 'package/package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  spoil(manifest);
  await writeFile(file, JSON.stringify(manifest));
  await run(['tar', '-czf', 'spoilt.tgz', 'package'], { cwd: dir });
  return path.join(dir, 'spoilt.tgz');
}

/** What publint says about a tarball, one line a message. */
async function publintOf(file: string): Promise<string[]> {
  const bytes = new Uint8Array(await readFile(file)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

test('publint finds nothing in either npm package', async (t) => {
  t.deepEqual(await publintOf(artifact(npmMain)), []);
  t.deepEqual(await publintOf(artifact(npmPlatform)), []);

  const bad = await spoilt(t, npmMain, (manifest) => {
    manifest.exports = { '.': './lib/nowhere.js' };
  });
  t.regex((await publintOf(bad)).join('\n'), /nowhere\.js/);
});

test('the types of the main package are found in every way of importing it', async (t) => {
  const attw = (file: string) =>
    run(['node', path.join(path.dirname(attwManifest), 'dist/index.js'), file], {
      allowFailure: true,
    });

  const { exitCode, stdout } = await attw(artifact(npmMain));
  t.is(exitCode, 0, stdout);

  const bad = await spoilt(t, npmMain, (manifest) => {
    manifest.exports = { '.': { types: './lib/nowhere.d.ts', default: './lib/index.js' } };
  });
  t.is((await attw(bad)).exitCode, 1);
});

test('npm reads both packages and lists every file of theirs', async (t) => {
  for (const packager of [npmMain, npmPlatform]) {
    const { stdout } = await run(['npm', 'pack', '--dry-run', '--json', artifact(packager)]);
    const [seen] = JSON.parse(stdout);
    const listed = (await run(['tar', '-tzf', artifact(packager)])).stdout.trimEnd().split('\n');
    t.deepEqual(
      seen.files.map((file: { path: string }) => `package/${file.path}`).sort(),
      [...listed].sort(),
    );
    t.is(seen.version, releaseInfo.semver);
    t.is(seen.name, packager === npmMain ? 'tsopenssl' : '@tsopenssl/linux-x64');
  }
});
