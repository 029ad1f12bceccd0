// Both installers as a user sees them, on a screen of wine: the keys that he presses, and what comes of it.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { desktop, useWindows } from '../../support/desktop.ts';
import { fixtureInfo } from '../../support/stage-fixture.ts';
import {
  differences,
  installers,
  packInstaller,
  registryValue,
  snapshot,
} from '../../support/windows-installers.ts';
import { windowsFixtureStage } from '../../support/windows-stage.ts';
import { type WineRoot, windowsPath, wineRoot, wineSettled } from '../../support/wine.ts';

const ownKey = 'HKLM\\SOFTWARE\\tsopenssl';
const environmentKey = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment';
const newerInfo = { ...fixtureInfo, semver: '1.2.5', distributionVersion: '1.2.3.3.5.7.1' };

let folder: string;
const files = new Map<string, string>();
test.before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-interactive-'));
  const stage = await windowsFixtureStage(folder);
  for (const [kind, installer] of Object.entries(installers)) {
    files.set(`old ${kind}`, await packInstaller(installer, stage, fixtureInfo, folder));
    files.set(`newer ${kind}`, await packInstaller(installer, stage, newerInfo, folder));
  }
});
test.after.always(() => rm(folder, { recursive: true, force: true }));

const file = (name: string) => files.get(name) ?? '';

/** The words that start an installer with its windows. */
function words(root: WineRoot, kind: 'exe' | 'msi', name: string): readonly string[] {
  return kind === 'exe'
    ? [file(name)]
    : ['msiexec', '/i', windowsPath(root, file(name)), '/l*v', 'C:\\msi.log'];
}

/** Adds what Windows Installer wrote to what a failed test says. */
async function logOfMsi(t: ExecutionContext, { driveC }: WineRoot): Promise<void> {
  const bytes = await readFile(path.join(driveC, 'msi.log'));
  t.log(bytes.toString(bytes[1] === 0 || bytes[0] === 0xff ? 'utf16le' : 'utf8').slice(-6000));
}

/** Next, I Agree, Install, Finish; of the .msi Install and Finish. */
const accepting = { exe: ['alt+n', 'alt+a', 'alt+i', 'alt+f'], msi: ['alt+i', 'alt+f'] } as const;

for (const kind of ['exe', 'msi'] as const) {
  test.serial(`.${kind}: installs for a user who accepts what it proposes, without PATH`, async (t) => {
    const root = await wineRoot(t);
    const display = await desktop(t);
    const { exitCode } = await useWindows(root, display, words(root, kind, `old ${kind}`), accepting[kind]);
    t.is(exitCode, 0);
    t.is(await registryValue(root, ownKey, 'InstalledBy'), kind);
    t.is(await readFile(path.join(root.driveC, 'openssl/openssl.cnf'), 'utf8'), '# shipped\n');
    t.notRegex((await registryValue(root, environmentKey, 'Path')) ?? '', /tsopenssl/);
  });

  test.serial(
    `.${kind}: asks before it replaces a newer version, and changes nothing when the answer is no`,
    async (t) => {
      const root = await wineRoot(t);
      const display = await desktop(t);
      t.is((await installers[kind].install(root, file(`newer ${kind}`))).exitCode, 0);
      const before = await snapshot(root);
      const { exitCode } = await useWindows(root, display, words(root, kind, `old ${kind}`), [
        'alt+n',
        'alt+f',
      ]);
      // 1602, cancelled by the user, of which wine shows 8 bits
      t.is(exitCode, kind === 'exe' ? 3 : 66);
      const changed = differences(before, await snapshot(root));
      t.deepEqual(
        changed.filter((name) => !name.startsWith('HKLM\\System\\')),
        [],
      );
      t.is(await registryValue(root, ownKey, 'Version'), '1.2.5');
    },
  );
}

test.serial('.msi: replaces a newer version when the answer is yes', async (t) => {
  const root = await wineRoot(t);
  const display = await desktop(t);
  t.is((await installers.msi.install(root, file('newer msi'))).exitCode, 0);
  // the services that installed it end a while after it
  await wineSettled(root);
  const keys = ['alt+y', ...accepting.msi];
  const { exitCode } = await useWindows(root, display, words(root, 'msi', 'old msi'), keys);
  if (exitCode !== 0) await logOfMsi(t, root);
  t.is(exitCode, 0);
  t.is(await registryValue(root, ownKey, 'Version'), '1.2.4');
});

test.serial('.msi: puts the command into PATH for a user who chooses that', async (t) => {
  const root = await wineRoot(t);
  const display = await desktop(t);
  const argv = words(root, 'msi', 'old msi');
  t.is((await useWindows(root, display, argv, accepting.msi, ['alt+a'])).exitCode, 0);
  t.regex((await registryValue(root, environmentKey, 'Path')) ?? '', /;C:\\Program Files\\tsopenssl\\bin;?$/);
});
