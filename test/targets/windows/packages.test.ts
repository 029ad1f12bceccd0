// What can be seen of the installers without running them, and what wine would not show: rights, conditions, processors.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { readPe } from '../../../build/formats/pe.ts';
import { run } from '../../../build/process.ts';
import type { PackageInfo } from '../../../build/types.ts';
import { exe } from '../../../platform/windows/exe.ts';
import { msi } from '../../../platform/windows/msi.ts';
import { compileSetupLibrary } from '../../../platform/windows/setup-library.ts';
import { win32X64 } from '../../../platform/windows/targets.ts';
import { uuidOf } from '../../../platform/windows/uuid.ts';
import { zip } from '../../../platform/windows/zip.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { fixtureInfo } from '../../support/stage-fixture.ts';
import { windowsFixtureStage } from '../../support/windows-stage.ts';

/** Rows of a table of an .msi, each as an object. */
async function rowsOf(file: string, table: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const { stdout } = await run(['msiinfo', 'export', file, table]);
  const [names = '', , , ...rows] = stdout.split(/\r?\n/);
  const columns = names.split('\t');
  return rows
    .filter((row) => row !== '')
    .map((row) => Object.fromEntries(row.split('\t').map((value, index) => [columns[index] ?? '', value])));
}

async function packedMsi(dir: string, info: PackageInfo = fixtureInfo): Promise<string> {
  const file = path.join(dir, `${info.semver}.msi`);
  await msi.pack(await windowsFixtureStage(path.join(dir, info.semver)), info, file);
  return file;
}

test('the folder of the configuration is made with rights of its own, for administrators alone to change', async (t) => {
  const library = await compileSetupLibrary(win32X64, await temporaryFolder(t));
  const text =
    (await readFile(library)).toString('utf16le') + (await readFile(library)).subarray(1).toString('utf16le');
  const rights = [...text.matchAll(/O:BAG:BA[^\0]*/g)].map(([found]) => found).sort();
  t.deepEqual(rights, [
    // protected: nothing is inherited; users may read and run what is in the folder, and see nothing of private
    'O:BAG:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)',
    'O:BAG:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)',
  ]);
  const { imports } = readPe(await readFile(library), 'setup.dll');
  const used = imports.flatMap(({ symbols }) => symbols);
  t.true(used.includes('ConvertStringSecurityDescriptorToSecurityDescriptorW'));
  t.true(used.includes('CreateDirectoryW'));
});

test('the setup library is hardened as what it installs, and the same twice', async (t) => {
  const [first, second] = [await temporaryFolder(t), await temporaryFolder(t)];
  const bytes = await readFile(await compileSetupLibrary(win32X64, first));
  t.deepEqual(await readFile(await compileSetupLibrary(win32X64, second)), bytes);
  const pe = readPe(bytes, 'setup.dll');
  t.is(pe.dllCharacteristics & 0x160, 0x160);
  t.true(pe.timeStamps.every(({ value }) => value === 0));
  const system = ['advapi32.dll', 'kernel32.dll', 'msi.dll', 'msvcrt.dll', 'shlwapi.dll', 'user32.dll'];
  t.deepEqual(pe.imports.map(({ library }) => library.toLowerCase()).sort(), system);
});

test('the .msi is for 64-bit Windows, and its checks come before the first change', async (t) => {
  const file = await packedMsi(await temporaryFolder(t));
  const { stdout: summary } = await run(['msiinfo', 'suminfo', file]);
  t.regex(summary, /^Template: x64;1033$/m);
  t.regex(summary, /^Author: The tsopenssl project$/m);
  t.regex(summary, /^Created: Mon Nov 23 12:34:56 2026$/m);
  t.true((await rowsOf(file, 'Component')).every(({ Attributes }) => (Number(Attributes) & 256) !== 0));

  const places = Object.fromEntries(
    (await rowsOf(file, 'InstallExecuteSequence')).map(({ Action = '', Sequence }) => [
      Action,
      Number(Sequence),
    ]),
  );
  const order = Object.keys(places).sort((left, right) => (places[left] ?? 0) - (places[right] ?? 0));
  const before = order.slice(0, order.indexOf('InstallInitialize'));
  for (const name of [
    'FindRelatedProducts',
    'RefuseDowngrade',
    'RefuseOtherInstaller',
    'CheckFolder',
    'CheckUseFirst',
  ]) {
    t.true(before.includes(name), name);
  }
  t.true(
    order.indexOf('RemoveExistingProducts') > order.indexOf('InstallInitialize'),
    'inside the transaction',
  );
  t.true(order.indexOf('MakeFolder') > order.indexOf('InstallFiles'));
  t.is(order.at(-1), 'InstallFinalize');
});

test('the .msi says why it refuses, and calls its library as the system', async (t) => {
  const file = await packedMsi(await temporaryFolder(t));
  const actions = Object.fromEntries(
    (await rowsOf(file, 'CustomAction')).map((row) => [row.Action ?? '', row]),
  );
  t.regex(actions.RefuseDowngrade?.Target ?? '', /^A newer version is installed; ALLOWDOWNGRADE=1 /);
  t.regex(actions.RefuseOtherInstaller?.Target ?? '', /^tsopenssl was installed by its \.exe installer\./);
  for (const name of ['CheckUse', 'MakeFolder', 'LeaveFolder'])
    t.is(actions[name]?.Type, String(1 + 1024 + 2048), name);
  t.deepEqual(await rowsOf(file, 'LaunchCondition'), [
    {
      Condition: 'VersionNT64 >= 603',
      Description: 'Wanted Windows 10 or later, 64 bits. Nothing was installed.',
    },
  ]);
});

test('the .msi asks before a downgrade, and neither Enter nor Escape is a yes', async (t) => {
  const file = await packedMsi(await temporaryFolder(t));
  const dialogs = await rowsOf(file, 'Dialog');
  const asking = dialogs.find(({ Dialog }) => Dialog === 'DowngradeDialog');
  t.deepEqual([asking?.Control_First, asking?.Control_Default, asking?.Control_Cancel], ['No', 'No', 'No']);
  const controls = await rowsOf(file, 'Control');
  const known = new Set(controls.map(({ Dialog_, Control }) => `${Dialog_} ${Control}`));
  const named = [
    ...dialogs.flatMap((row) =>
      [row.Control_First, row.Control_Cancel].map((name) => `${row.Dialog} ${name}`),
    ),
    ...controls.filter((row) => row.Control_Next !== '').map((row) => `${row.Dialog_} ${row.Control_Next}`),
    ...(await rowsOf(file, 'ControlEvent')).map((row) => `${row.Dialog_} ${row.Control_}`),
    ...(await rowsOf(file, 'EventMapping')).map((row) => `${row.Dialog_} ${row.Control_}`),
  ];
  t.true(named.length > 20);
  t.deepEqual(
    named.filter((name) => !known.has(name)),
    [],
  );
});

test('a newer .msi is another product of the same line, whose files are the same components', async (t) => {
  const dir = await temporaryFolder(t);
  const [old, newer] = [await packedMsi(dir), await packedMsi(dir, { ...fixtureInfo, semver: '1.2.5' })];
  const property = async (file: string, name: string) =>
    (await rowsOf(file, 'Property')).find((row) => row.Property === name)?.Value;
  t.is(await property(old, 'ProductVersion'), '1.2.4');
  t.is(await property(newer, 'ProductVersion'), '1.2.5');
  t.is(await property(newer, 'UpgradeCode'), await property(old, 'UpgradeCode'));
  t.is(await property(old, 'UpgradeCode'), '{42E162DA-2C3C-5F03-AD88-F5798D2A725D}');
  t.not(await property(newer, 'ProductCode'), await property(old, 'ProductCode'));
  t.deepEqual(await rowsOf(newer, 'Component'), await rowsOf(old, 'Component'));
});

test('the .exe starts on 64-bit Windows alone', async (t) => {
  const dir = await temporaryFolder(t);
  const file = path.join(dir, 'a.exe');
  await exe.pack(await windowsFixtureStage(dir), fixtureInfo, file);
  const pe = readPe(await readFile(file), 'a.exe');
  t.is(pe.machine, 0x8664);
  t.true((await readFile(file)).includes('requestedExecutionLevel level="requireAdministrator"'));
});

test('makes identifiers as RFC 9562 has them, of version 5', (t) => {
  const known = uuidOf('upgrade code');
  t.regex(known, /^\{[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}\}$/);
  t.is(uuidOf('upgrade code'), known);
  t.not(uuidOf('upgrade codf'), known);
});

test('the .zip holds the stage, deflated, as other programs read it, and the same twice', async (t) => {
  const dir = await temporaryFolder(t);
  const stage = await windowsFixtureStage(dir, {
    'share/doc/empty.md': '',
    'share/doc/long.md': 'long\n'.repeat(1000),
  });
  const [first, second] = [path.join(dir, 'one.zip'), path.join(dir, 'two.zip')];
  await zip.pack(stage, fixtureInfo, first);
  await zip.pack(stage, fixtureInfo, second);
  t.deepEqual(await readFile(second), await readFile(first));

  t.regex((await run(['7z', 't', first])).stdout, /Everything is Ok/);
  await run(['bsdtar', '-xf', first, '-C', dir]);
  const folder = path.join(dir, 'tsopenssl-1.2.3.3.5.7-win32-x64');
  for (const entry of stage.entries) {
    if (entry.type === 'file')
      t.deepEqual(await readFile(path.join(folder, entry.path)), await readFile(entry.source));
  }
  const listing = (await run(['7z', 'l', '-slt', first])).stdout;
  t.deepEqual([...new Set(listing.match(/^Method = .*$/gm))].sort(), ['Method = Deflate', 'Method = Store']);
  t.deepEqual([...new Set(listing.match(/^Modified = .*$/gm))], ['Modified = 2026-11-23 12:34:56']);

  const bytes = await readFile(first);
  const at = bytes.indexOf('long.md') + 'long.md'.length + 20;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
  await writeFile(second, bytes);
  t.not((await run(['7z', 't', second], { allowFailure: true })).exitCode, 0);
});
