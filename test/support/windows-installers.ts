// The two installers for Windows as an administrator uses them, silently, and what they leave in a Windows.

import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunResult } from '../../build/process.ts';
import type { PackageInfo, Packager } from '../../build/types.ts';
import { exe } from '../../platform/windows/exe.ts';
import type { WindowsStage } from '../../platform/windows/installation.ts';
import { msi } from '../../platform/windows/msi.ts';
import { runWine, type WineRoot, windowsPath, wineSettled } from './wine.ts';

/** How one of the installers is told what to do. */
export interface Installer {
  readonly packager: Packager;
  /** Installs a package. */
  install(root: WineRoot, file: string, options?: InstallOptions): Promise<RunResult>;
  /** Removes what `file` installed, and waits until it is done. */
  uninstall(root: WineRoot, file: string): Promise<RunResult>;
  /** The same where it must fail: answers the exit code of what does the work. */
  tryUninstall(root: WineRoot, file: string): Promise<RunResult>;
}

export interface InstallOptions {
  readonly path?: '1' | '0';
  readonly allowDowngrade?: boolean;
}

export const installers: Readonly<Record<'exe' | 'msi', Installer>> = {
  exe: {
    packager: exe,
    install: (root, file, { path: choice, allowDowngrade = false } = {}) =>
      runWine(root, [
        file,
        '/S',
        ...(choice === undefined ? [] : [`/PATH=${choice}`]),
        ...(allowDowngrade ? ['/ALLOWDOWNGRADE'] : []),
      ]),
    async uninstall(root) {
      const result = await runWine(root, ['C:\\Program Files\\tsopenssl\\uninstall.exe', '/S']);
      await wineSettled(root); // it copies itself elsewhere and goes on there
      return result;
    },
    async tryUninstall(root) {
      // told where it is, it goes on where it is, and its exit code can be seen
      const place = 'C:\\Program Files\\tsopenssl';
      const command = path.join(root.driveC, 'uninstall.cmd');
      await writeFile(command, `@"${place}\\uninstall.exe" /S _?=${place}\r\n@exit /b %errorlevel%\r\n`);
      const result = await runWine(root, ['cmd', '/c', 'C:\\uninstall.cmd']);
      await rm(command);
      return result;
    },
  },
  msi: {
    packager: msi,
    install: (root, file, { path: choice, allowDowngrade = false } = {}) =>
      runWine(root, [
        ...['msiexec', '/i', windowsPath(root, file), '/qn', '/l*v', 'C:\\msi.log'],
        ...(choice === undefined ? [] : [`ADDTOPATH=${choice}`]),
        ...(allowDowngrade ? ['ALLOWDOWNGRADE=1'] : []),
      ]),
    async uninstall(root, file) {
      const result = await removeMsi(root, file);
      await wineSettled(root);
      return result;
    },
    tryUninstall: removeMsi,
  },
};

function removeMsi(root: WineRoot, file: string): Promise<RunResult> {
  return runWine(root, ['msiexec', '/x', windowsPath(root, file), '/qn', '/l*v', 'C:\\msi.log']);
}

/** Packs a stage in a folder and answers the file. */
export async function packInstaller(
  { packager }: Installer,
  stage: WindowsStage,
  info: PackageInfo,
  dir: string,
): Promise<string> {
  const file = path.join(dir, packager.fileName(info, stage.target));
  await packager.pack(stage, info, file);
  return file;
}

/** Reads a value of the registry: its text, or undefined where there is none. */
export async function registryValue(root: WineRoot, key: string, name: string): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await runWine(root, ['reg', 'query', key, '/v', name]);
  if (exitCode !== 0) {
    // any other failure is not the answer that there is no such value
    if (/unable to find/i.test(stdout + stderr)) return undefined;
    throw new Error(`reg query ${key} /v ${name}: exit code ${exitCode}\n${stdout}\n${stderr}`);
  }
  return /^ {4}.*? {4}REG_\w+ {4}(.*)\r$/m.exec(stdout)?.[1];
}

/** What wine and Windows Installer write for themselves, and the log that these tests ask for. */
const ignoredFiles =
  /^(windows\/(Installer|temp|inf|logs)(\/|$)|users\/[^/]+\/(AppData\/Local\/)?Temp(\/|$)|msi\.log$)/i;

/** What wine writes when a program shows a window or asks for the network, and when its services start and end. */
const ignoredKeys =
  /^(System\\CurrentControlSet\\(Control\\(Class|Video|DeviceClasses)|Enum|Services|Hardware)|Hardware|Software\\Microsoft\\Windows NT\\CurrentVersion\\NetworkCards)(\\|$)/i;

/** Every file and folder of drive C with its digest, and every key of HKLM with its values. */
export async function snapshot(root: WineRoot): Promise<ReadonlyMap<string, string>> {
  await wineSettled(root);
  const found = new Map<string, string>();
  const entries = await readdir(root.driveC, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(root.driveC, file);
    if (ignoredFiles.test(name)) continue;
    found.set(
      name,
      entry.isFile()
        ? createHash('sha256')
            .update(await readFile(file))
            .digest('hex')
        : 'folder',
    );
  }
  for (const [key, values] of registryKeys(await readFile(path.join(root.dir, 'system.reg'), 'latin1'))) {
    if (!ignoredKeys.test(key)) found.set(`HKLM\\${key}`, values);
  }
  return found;
}

/** Keys and values of one of wine's files, without the times that it notes. */
function registryKeys(text: string): (readonly [key: string, values: string])[] {
  return text
    .split(/^(?=\[)/m)
    .slice(1)
    .map((part) => {
      const [first = '', ...lines] = part.split('\n').filter((line) => !line.startsWith('#time='));
      return [first.replace(/^\[(.*)\].*$/, '$1').replaceAll('\\\\', '\\'), lines.join('\n').trim()] as const;
    });
}

/** The names under which two snapshots differ, sorted. */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}
