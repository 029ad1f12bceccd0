// What both installers write beside the files, and how they end: names, registry keys, exit codes. docs/windows.md shows them.

import type { PackageInfo, Stage, WindowsTarget } from '../../build/types.ts';

/** A stage for Windows. */
export type WindowsStage = Stage & { readonly target: WindowsTarget };

/** Our own key below HKLM, which only administrators may write. */
export const ownKey = 'SOFTWARE\\tsopenssl';

/** Where Apps finds what was installed by the .exe; Windows Installer names its own. */
export const uninstallKey = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\tsopenssl';

/** File name of what the .exe leaves for its removal, in the folder of the program. */
export const uninstaller = 'uninstall.exe';

/** Exit codes of the .exe and its uninstaller, beside 0 (done), 1 (the user cancelled) and 2 (NSIS could not go on). */
export const exitCodes = {
  newerInstalled: 3,
  foreignFolder: 4,
  inUse: 5,
  notWritable: 6,
  otherInstaller: 7,
  unsupported: 8,
} as const;

/** The registry values that OpenSSL compiled with OSSL_WINCTX=tsopenssl reads, and their key below HKLM. */
export function opensslRegistry(target: WindowsTarget, info: PackageInfo) {
  const [major, minor] = info.opensslVersion.split('.');
  return {
    key: `SOFTWARE\\WOW6432Node\\OpenSSL-${major}.${minor}-tsopenssl`,
    values: {
      OPENSSLDIR: target.directories.openssldir,
      MODULESDIR: target.directories.modulesdir,
      ENGINESDIR: target.directories.enginesdir,
    },
  };
}

/** What Apps shows. */
export function displayNames(info: PackageInfo) {
  return {
    name: `${info.name} ${info.distributionVersion}`,
    version: info.semver,
    publisher: info.maintainer.replace(/ <.*$/, ''),
  };
}

/** The size of what is installed, in units of 1024 bytes, rounded up. */
export function installedKilobytes(stage: Stage): number {
  const sizes = stage.entries.map((entry) => (entry.type === 'file' ? entry.sizeBytes : 0));
  return Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 1024);
}

/** A path of the stage as Windows writes it. */
export function backslashed(file: string): string {
  return file.replaceAll('/', '\\');
}
