import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../../build/process.ts';
import { fixtureEpoch } from '../../support/stage-fixture.ts';

const program = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../support/pack-fixture.ts');

/** Packs in a process of its own and answers the digest of every artifact. */
async function packed(
  t: ExecutionContext,
  surroundings: { readonly umask: string; readonly cores: string; readonly env: Record<string, string> },
  prefix: string,
  epochSeconds = fixtureEpoch,
): Promise<Record<string, string>> {
  const dir = await mkdtemp(path.join(os.tmpdir(), prefix));
  t.teardown(() => rm(dir, { recursive: true }));
  const start = `umask ${surroundings.umask}; exec taskset -c ${surroundings.cores} "$@"`;
  await run(['sh', '-c', start, 'sh', process.execPath, '--import=tsx', program, dir, String(epochSeconds)], {
    env: surroundings.env,
  });
  const names = await readdir(path.join(dir, 'dist'));
  const digests = names.sort().map(async (name) => {
    const bytes = await readFile(path.join(dir, 'dist', name));
    return [name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

test('packs the same bytes under another umask, zone, locale, home, folder and number of processors', async (t) => {
  const home = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-home-'));
  t.teardown(() => rm(home, { recursive: true }));
  await writeFile(path.join(home, '.rpmmacros'), '%_binary_payload w1.gzdio\n%packager Somebody else\n');
  const plain = { umask: '022', cores: '0-1023', env: {} };
  const other = {
    umask: '077',
    cores: '0',
    env: {
      TZ: 'Pacific/Kiritimati',
      LC_ALL: 'tr_TR.UTF-8',
      HOME: home,
      XZ_DEFAULTS: '--threads=2 -1',
      XZ_OPT: '-1',
      GZIP: '-1',
      SOURCE_DATE_EPOCH: '1',
      DPKG_DEB_COMPRESSOR_TYPE: 'gzip',
    },
  };

  const first = await packed(t, plain, 'tsopenssl-one-');
  const second = await packed(t, other, 'tsopenssl two % ');

  t.deepEqual(Object.keys(first), [
    'tsopenssl-1.2.3.3.5.7-1.x86_64.rpm',
    'tsopenssl-1.2.3.3.5.7-linux-x64-dev.tar.xz',
    'tsopenssl-1.2.3.3.5.7-linux-x64-npm.tgz',
    'tsopenssl-1.2.3.3.5.7-linux-x64.tar.xz',
    'tsopenssl-1.2.3.3.5.7-npm.tgz',
    'tsopenssl-ca-bundles-2.74.tar.xz',
    'tsopenssl-dev_1.2.3.3.5.7_amd64.deb',
    'tsopenssl-devel-1.2.3.3.5.7-1.x86_64.rpm',
    'tsopenssl_1.2.3.3.5.7_amd64.deb',
  ]);
  t.deepEqual(second, first);

  const later = await packed(t, plain, 'tsopenssl-later-', fixtureEpoch + 1);
  for (const [name, digest] of Object.entries(first)) {
    t.not(later[name], digest, `the comparison sees no difference in ${name}`);
  }
});
