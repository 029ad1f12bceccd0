import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { fetchNpmPackage, tarballName } from '../../../build/steps/fetch-npm.ts';
import { temporaryFolder } from '../../support/folder.ts';

const content = Buffer.from('the archive of a package');
const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
const pin = { name: '@scope/tool', version: '1.2.3', integrity };

test('takes an archive from the mirror folder under the name that npm pack gives it', async (t) => {
  const root = await temporaryFolder(t);
  t.is(tarballName(pin), 'scope-tool-1.2.3.tgz');
  await writeFile(path.join(root, tarballName(pin)), content);
  await mkdir(path.join(root, 'out'));
  t.deepEqual(await readFile(await fetchNpmPackage(pin, path.join(root, 'out'), root)), content);
  t.deepEqual(await readdir(path.join(root, 'out')), ['scope-tool-1.2.3.tgz']);
});

test('rejects an archive with a flipped byte, and leaves nothing', async (t) => {
  const root = await temporaryFolder(t);
  const flipped = Buffer.from(content);
  flipped[3] = (flipped[3] ?? 0) ^ 1;
  await writeFile(path.join(root, tarballName(pin)), flipped);
  await mkdir(path.join(root, 'out'));
  const error = await t.throwsAsync(fetchNpmPackage(pin, path.join(root, 'out'), root), {
    instanceOf: BuildError,
    message: /^scope-tool-1\.2\.3\.tgz: wanted sha512-.*, got sha512-.*; the file was deleted$/,
  });
  t.is(error?.code, 'ERR_INTEGRITY');
  t.deepEqual(await readdir(path.join(root, 'out')), []);
});

test('says what to do when npm cannot fetch a package', async (t) => {
  const root = await temporaryFolder(t);
  const missing = { ...pin, name: '@tsopenssl/there-is-no-such-package' };
  const error = await t.throwsAsync(fetchNpmPackage(missing, root, undefined), {
    instanceOf: BuildError,
    message:
      /npm could not fetch it; check the network and the settings of npm, or name a folder .* --mirror DIR/,
  });
  t.is(error?.code, 'ERR_NETWORK');
  t.deepEqual(await readdir(root), []);
});
