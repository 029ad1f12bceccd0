// Both installers, with a small stage in the place of the real one: what they write, refuse, keep and remove.

import {
  access,
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { RunResult } from '../../../build/process.ts';
import type { PackageInfo } from '../../../build/types.ts';
import { fixtureInfo } from '../../support/stage-fixture.ts';
import {
  differences,
  installers,
  packInstaller,
  registryValue,
  snapshot,
} from '../../support/windows-installers.ts';
import { windowsFixtureStage } from '../../support/windows-stage.ts';
import { runWine, type WineRoot, wineRoot, wineSettled } from '../../support/wine.ts';

const prefix = 'Program Files/tsopenssl';
const ownKey = 'HKLM\\SOFTWARE\\tsopenssl';
const opensslKey = 'HKLM\\SOFTWARE\\WOW6432Node\\OpenSSL-3.5-tsopenssl';
const environmentKey = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment';

/** The release after the fixture's. */
const newerInfo: PackageInfo = { ...fixtureInfo, semver: '1.2.5', distributionVersion: '1.2.3.3.5.7.1' };

/** What the exit code is where an installer refuses: Windows Installer has one for everything, of which wine shows 8 bits. */
const refusals = {
  exe: { newerInstalled: 3, foreignFolder: 4, inUse: 5, notWritable: 6, otherInstaller: 7 },
  msi: { newerInstalled: 67, foreignFolder: 67, inUse: 67, otherInstaller: 67 },
} as const;

/** What they say. wine's Windows Installer writes into its log which action refused, and not the text of the refusal. */
const sayings = {
  exe: {
    newerInstalled:
      /^Version 1\.2\.5 is installed, which is newer than 1\.2\.4; \/ALLOWDOWNGRADE replaces it\./,
    otherInstaller: /^tsopenssl was installed by its \.msi package\. Remove it in Apps first/,
  },
  msi: {
    newerInstalled: /Action ended [\d:]+: RefuseDowngrade\. Return value 0/,
    otherInstaller: /Action ended [\d:]+: RefuseOtherInstaller\. Return value 0/,
  },
} as const;

interface Packages {
  readonly old: string;
  readonly newer: string;
}

/** Both packages of each installer, made once. */
const packed = new Map<string, Packages>();
let folder: string;

test.before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-installers-'));
  const old = await windowsFixtureStage(path.join(folder, 'old'), { 'share/doc/old.md': 'old\n' });
  const newer = await windowsFixtureStage(path.join(folder, 'newer'), {
    'share/doc/newer.md': 'newer\n',
    'ssl/ca-bundle.crt': 'newer bundle\n',
  });
  for (const [kind, installer] of Object.entries(installers)) {
    packed.set(kind, {
      old: await packInstaller(installer, old, fixtureInfo, folder),
      newer: await packInstaller(installer, newer, newerInfo, folder),
    });
  }
});
test.after.always(() => rm(folder, { recursive: true, force: true }));

/** The fixture's release, and a newer one that has another file in the place of one. */
function packages(kind: 'exe' | 'msi'): Packages {
  const found = packed.get(kind);
  if (found === undefined) throw new Error(`${kind}: wanted packages, found none`);
  return found;
}

const read = (root: WineRoot, name: string) => readFile(path.join(root.driveC, name), 'utf8');

async function exists(root: WineRoot, name: string): Promise<boolean> {
  return access(path.join(root.driveC, name)).then(
    () => true,
    () => false,
  );
}

/** Where an installer says what is wrong. */
async function saidBy(root: WineRoot, kind: 'exe' | 'msi', result: RunResult): Promise<string> {
  if (kind === 'exe') return result.stderr;
  const log = await readFile(path.join(root.driveC, 'msi.log'));
  return log.toString(log[0] === 0xff ? 'utf16le' : 'utf8');
}

for (const kind of ['exe', 'msi'] as const) {
  const installer = installers[kind];
  const codes = refusals[kind];
  const said = sayings[kind];

  test.serial(
    `.${kind}: installs the files, the configuration and the registry, and takes back just that`,
    async (t) => {
      const { old } = packages(kind);
      const root = await wineRoot(t);
      const before = await snapshot(root);

      const installed = await installer.install(root, old);
      t.is(installed.exitCode, 0, await saidBy(root, kind, installed));
      t.is(await read(root, `${prefix}/share/doc/README.md`), '# tsopenssl\n');
      t.is(await read(root, `${prefix}/node_modules/@tsopenssl/win32-x64/tsopenssl.node`), 'addon\n');
      t.is(await read(root, 'openssl/openssl.cnf'), '# shipped\n');
      t.deepEqual((await readdir(path.join(root.driveC, 'openssl'))).sort(), [
        'certs',
        'openssl.cnf',
        'private',
      ]);
      t.is((await runWine(root, ['C:\\Program Files\\tsopenssl\\bin\\openssl.exe'])).exitCode, 0);
      t.is(await registryValue(root, opensslKey, 'OPENSSLDIR'), 'c:\\openssl');
      t.is(
        await registryValue(root, opensslKey, 'MODULESDIR'),
        'C:\\Program Files\\tsopenssl\\lib\\ossl-modules',
      );
      t.is(
        await registryValue(root, opensslKey, 'ENGINESDIR'),
        'C:\\Program Files\\tsopenssl\\lib\\engines-3',
      );
      t.notRegex((await registryValue(root, environmentKey, 'Path')) ?? '', /tsopenssl/);
      await checkApps(t, root, kind);

      const after = await snapshot(root);
      t.true(differences(before, after).length > 10);
      const removed = await installer.uninstall(root, old);
      t.is(removed.exitCode, 0, await saidBy(root, kind, removed));
      t.deepEqual(differences(before, await snapshot(root)).filter(isNotWines), [
        'HKLM\\Software\\tsopenssl',
        // NSIS has the copy of itself that it went on in removed when Windows starts
        ...(kind === 'exe' ? ['HKLM\\System\\CurrentControlSet\\Control\\Session Manager'] : []),
        'openssl',
        'openssl/openssl.cnf',
      ]);
      t.is(await registryValue(root, ownKey, 'InstalledBy'), undefined);
      t.regex((await registryValue(root, ownKey, 'FolderIdentity')) ?? '', /^[0-9a-f]{8}-[0-9a-f]{16}$/);
    },
  );

  test.serial(`.${kind}: keeps what the administrator changed and what users added`, async (t) => {
    const { old } = packages(kind);
    const root = await wineRoot(t);
    t.is((await installer.install(root, old)).exitCode, 0);
    const added = [
      `${prefix}/bin/mine.txt`,
      `${prefix}/lib/mine.txt`,
      'openssl/certs/a.pem',
      'openssl/private/k.pem',
    ];
    await mkdir(path.join(root.driveC, prefix, 'lib'), { recursive: true });
    for (const name of added) await writeFile(path.join(root.driveC, name), 'mine');
    await appendFile(path.join(root.driveC, 'openssl/openssl.cnf'), '# changed\n');

    t.is((await installer.install(root, old)).exitCode, 0);
    t.is(await read(root, 'openssl/openssl.cnf'), '# shipped\n# changed\n');
    t.is((await installer.uninstall(root, old)).exitCode, 0);

    for (const name of added) t.is(await read(root, name), 'mine', name);
    t.is(await read(root, 'openssl/openssl.cnf'), '# shipped\n# changed\n');
    t.false(await exists(root, `${prefix}/bin/openssl.exe`));
    t.is((await installer.install(root, old)).exitCode, 0, 'the folder is still ours');
    t.is(await read(root, 'openssl/openssl.cnf'), '# shipped\n# changed\n');
  });

  test.serial(`.${kind}: upgrades in place, and goes back only when told to`, async (t) => {
    const { old, newer } = packages(kind);
    const root = await wineRoot(t);
    t.is((await installer.install(root, old, { path: '1' })).exitCode, 0);
    t.is((await installer.install(root, newer)).exitCode, 0);

    t.is(await registryValue(root, ownKey, 'Version'), '1.2.5');
    t.is(await read(root, `${prefix}/share/doc/newer.md`), 'newer\n');
    t.is(await read(root, `${prefix}/ssl/ca-bundle.crt`), 'newer bundle\n');
    t.false(await exists(root, `${prefix}/share/doc/old.md`));
    t.regex(
      (await registryValue(root, environmentKey, 'Path')) ?? '',
      /;C:\\Program Files\\tsopenssl\\bin;?$/,
    );
    t.is((await appsEntries(root)).length, 1);

    const before = await snapshot(root);
    const refused = await installer.install(root, old);
    t.is(refused.exitCode, codes.newerInstalled);
    t.regex(await saidBy(root, kind, refused), said.newerInstalled);
    t.deepEqual(differences(before, await snapshot(root)), []);

    const accepted = await installer.install(root, old, { allowDowngrade: true });
    t.is(accepted.exitCode, 0, await saidBy(root, kind, accepted));
    t.is(await registryValue(root, ownKey, 'Version'), '1.2.4');
    t.is(await read(root, `${prefix}/ssl/ca-bundle.crt`), 'bundle\n');
    t.false(await exists(root, `${prefix}/share/doc/newer.md`));
    t.is((await appsEntries(root)).length, 1);
  });

  test.serial(
    `.${kind}: refuses a folder c:\\openssl that somebody else made, whatever it is, and changes nothing`,
    async (t) => {
      const { old } = packages(kind);
      const root = await wineRoot(t);
      const place = path.join(root.driveC, 'openssl');
      const kinds: Readonly<Record<string, () => Promise<unknown>>> = {
        'one that somebody else made': async () => {
          await mkdir(place);
          await writeFile(path.join(place, 'openssl.cnf'), 'planted');
        },
        'a file': () => writeFile(place, 'planted'),
      };
      for (const [what, make] of Object.entries(kinds)) {
        await make();
        const before = await snapshot(root);
        const refused = await installer.install(root, old);
        t.is(refused.exitCode, codes.foreignFolder, what);
        const reason = await saidBy(root, kind, refused);
        t.regex(
          reason,
          /c:\\openssl: wanted no such folder, or the one of an earlier installation; found /,
          what,
        );
        t.true(reason.includes(what), reason);
        t.deepEqual(differences(before, await snapshot(root)), [], what);
        await rm(place, { recursive: true });
      }
      t.is((await installer.install(root, old)).exitCode, 0);
    },
  );

  test.serial(`.${kind}: refuses a folder that took the place of the one that it made`, async (t) => {
    const { old } = packages(kind);
    const root = await wineRoot(t);
    const place = path.join(root.driveC, 'openssl');
    t.is((await installer.install(root, old)).exitCode, 0);
    await wineSettled(root);
    await rename(place, path.join(root.driveC, 'kept'));
    await mkdir(place);
    await writeFile(path.join(place, 'openssl.cnf'), 'planted');
    const refused = await installer.install(root, old);
    t.is(refused.exitCode, codes.foreignFolder);
    t.regex(await saidBy(root, kind, refused), /found one that somebody else made/);
    await mkdir(path.join(place, 'private'));
    t.is((await installer.uninstall(root, old)).exitCode, 0);
    t.true(await exists(root, 'openssl/private'), 'nothing of it is touched');
    await rm(place, { recursive: true });
    await rename(path.join(root.driveC, 'kept'), place);
    t.is((await installer.install(root, old)).exitCode, 0);
  });

  test.serial(`.${kind}: changes nothing while one of its files is in use`, async (t) => {
    const { old, newer } = packages(kind);
    const root = await wineRoot(t);
    t.is((await installer.install(root, old)).exitCode, 0);
    const before = await snapshot(root);
    const endUse = await use(root);

    const upgrade = await installer.install(root, newer);
    t.is(upgrade.exitCode, codes.inUse);
    t.regex(
      await saidBy(root, kind, upgrade),
      /openssl\.exe is in use, so nothing was changed\. End the programs/,
    );
    const removal = await installer.tryUninstall(root, old);
    t.is(removal.exitCode, codes.inUse);
    t.regex(await saidBy(root, kind, removal), /openssl\.exe is in use/);

    await endUse();
    t.deepEqual(differences(before, await snapshot(root)), []);
    t.is((await installer.install(root, newer)).exitCode, 0);
    t.is(await registryValue(root, ownKey, 'Version'), '1.2.5');
  });

  test.serial(`.${kind}: puts its command into PATH when told to, and cuts no long one`, async (t) => {
    const { old, newer } = packages(kind);
    const root = await wineRoot(t);
    const long = [
      'C:\\tsopenssl\\bin',
      ...Array.from({ length: 400 }, (_, index) => `C:\\some folder ${index}`),
    ].join(';');
    const set = ['reg', 'add', environmentKey, '/v', 'Path', '/t', 'REG_EXPAND_SZ', '/d', long, '/f'];
    t.is((await runWine(root, set)).exitCode, 0);
    t.is((await installer.install(root, old, { path: '1' })).exitCode, 0);
    t.is(await registryValue(root, environmentKey, 'Path'), `${long};C:\\Program Files\\tsopenssl\\bin`);
    t.is((await installer.install(root, old)).exitCode, 0);
    t.is(
      await registryValue(root, environmentKey, 'Path'),
      `${long};C:\\Program Files\\tsopenssl\\bin`,
      'once',
    );
    // wine's own Windows Installer leaves the semicolon
    const withoutOurs = async () => (await registryValue(root, environmentKey, 'Path'))?.replace(/;+$/, '');
    t.is((await installer.install(root, newer, { path: '0' })).exitCode, 0);
    t.is(await withoutOurs(), long, 'no longer wanted');
    t.is((await installer.install(root, newer, { path: '1' })).exitCode, 0);
    t.is((await installer.uninstall(root, newer)).exitCode, 0);
    t.is(await withoutOurs(), long);
  });

  test.serial(`.${kind}: does not install over what the other installer brought`, async (t) => {
    const other = kind === 'exe' ? 'msi' : 'exe';
    const { old } = packages(kind);
    const { old: first } = packages(other);
    const root = await wineRoot(t);
    t.is((await installers[other].install(root, first)).exitCode, 0);
    const before = await snapshot(root);
    const refused = await installer.install(root, old);
    t.is(refused.exitCode, codes.otherInstaller);
    t.regex(await saidBy(root, kind, refused), said.otherInstaller);
    t.deepEqual(differences(before, await snapshot(root)), []);
    t.is((await installers[other].uninstall(root, first)).exitCode, 0);
    t.is((await installer.install(root, old)).exitCode, 0);
  });
}

// wine's own Windows Installer does not end here
test.serial('.exe: says so where it cannot write, and leaves nothing', async (t) => {
  const { old } = packages('exe');
  const root = await wineRoot(t);
  const obstacle = path.join(root.driveC, prefix);
  await writeFile(obstacle, 'a file in the place of the folder');
  const before = await snapshot(root);
  const refused = await installers.exe.install(root, old);
  t.is(refused.exitCode, refusals.exe.notWritable);
  t.regex(refused.stderr, /^C:\\Program Files\\tsopenssl\\[^ ]* could not be written \(error \d+\)\./);
  t.deepEqual(differences(before, await snapshot(root)), []);
  await rm(obstacle);
  t.is((await installers.exe.install(root, old)).exitCode, 0);
});

test.serial(
  '.exe: refuses another folder, since the directories are code paths and named in the registry',
  async (t) => {
    const root = await wineRoot(t);
    const before = await snapshot(root);
    const refused = await runWine(root, [packages('exe').old, '/S', '/D=C:\\elsewhere']);
    t.is(refused.exitCode, 8);
    t.regex(
      refused.stderr,
      /^The folder cannot be chosen: wanted C:\\Program Files\\tsopenssl, got C:\\elsewhere\./,
    );
    t.deepEqual(differences(before, await snapshot(root)), []);
  },
);

/** wine's own Windows Installer keeps empty keys, and the service that it starts writes its own. */
function isNotWines(name: string): boolean {
  return !/^HKLM\\(Software\\Microsoft\\Windows\\CurrentVersion\\Installer|Software\\Classes\\Installer|System\\CurrentControlSet\\Services)/i.test(
    name,
  );
}

/** The names in Apps that are ours. */
async function appsEntries(root: WineRoot): Promise<readonly string[]> {
  const uninstall = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall';
  const { stdout } = await runWine(root, ['reg', 'query', uninstall, '/s']);
  return stdout.split('\r\n').filter((line) => /^ {4}DisplayName .*tsopenssl/.test(line));
}

async function checkApps(t: ExecutionContext, root: WineRoot, kind: 'exe' | 'msi'): Promise<void> {
  const uninstall = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall';
  const { stdout } = await runWine(root, ['reg', 'query', uninstall]);
  const key = stdout
    .split('\r\n')
    .find((line) => (kind === 'exe' ? line.endsWith('\\tsopenssl') : line.endsWith('}')));
  const value = (name: string) => registryValue(root, key ?? '', name);
  t.is(await value('DisplayName'), 'tsopenssl 1.2.3.3.5.7');
  t.is(await value('DisplayVersion'), '1.2.4');
  t.is(await value('Publisher'), 'The tsopenssl project');
  t.is(await value('URLInfoAbout'), 'https://www.example.org/tsopenssl');
  t.is((await value('InstallLocation'))?.replace(/\\$/, ''), 'C:\\Program Files\\tsopenssl');
  if (kind === 'msi') return;
  t.is(await value('UninstallString'), '"C:\\Program Files\\tsopenssl\\uninstall.exe"');
  t.is(await value('QuietUninstallString'), '"C:\\Program Files\\tsopenssl\\uninstall.exe" /S');
  t.regex((await value('EstimatedSize')) ?? '', /^0x[1-9a-f]/);
}

/** Starts the installed program and waits until it runs. @returns a function that ends it */
async function use(root: WineRoot): Promise<() => Promise<unknown>> {
  const mark = path.join(root.driveC, 'running');
  const running = runWine(root, ['C:\\Program Files\\tsopenssl\\bin\\openssl.exe', 'C:\\running']);
  while (!(await exists(root, 'running'))) await setTimeout(50);
  return async () => {
    await rm(mark);
    await running;
  };
}
