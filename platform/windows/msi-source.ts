// What wixl compiles into the .msi package: the product, its files and registry values. What wixl has no words for is added
// afterwards (msi-tables.ts).

import { createHash } from 'node:crypto';
import type { DirectoryEntry, Entry, FileEntry, PackageInfo } from '../../build/types.ts';
import { displayNames, opensslRegistry, ownKey, type WindowsStage } from './installation.ts';
import { uuidOf } from './uuid.ts';

/** The same for every version: what makes one an upgrade of the other. */
export const upgradeCode = uuidOf('upgrade code');

/** The folder that everything is installed in, as the tables call it; in mixed case, so that no caller can change it. */
export const installFolder = 'InstallFolder';

/** The library that the package's own actions call. */
export const setupLibrary = 'SetupLibrary';

/** The component that comes and goes with the option. */
export const pathComponent = 'PathComponent';

/** What wixl reads, relative to the folder that it is started in. */
export interface SourceFiles {
  /** Folder that holds the stage. */
  readonly tree: string;
  /** The compiled `setup.dll`. */
  readonly library: string;
}

/** Writes the source. */
export function msiSource(stage: WindowsStage, info: PackageInfo, { tree, library }: SourceFiles): string {
  const names = displayNames(info);
  const files = stage.entries.filter((entry) => entry.type === 'file');
  const components = [...files.map(componentId), 'RegistryComponent', pathComponent];
  return `<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="${productCode(info)}" UpgradeCode="${upgradeCode}" Name="${text(names.name)}"
    Version="${info.semver}" Manufacturer="${text(names.publisher)}" Language="1033">
    <Package Compressed="yes" InstallerVersion="500" InstallScope="perMachine" />
    <Media Id="1" Cabinet="tsopenssl.cab" EmbedCab="yes" />
${properties(info)}
    <Binary Id="${setupLibrary}" SourceFile="${text(library)}" />
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramFiles64Folder">
        <Directory Id="${installFolder}" Name="${text(stage.target.prefix.replace(/^.*\\/, ''))}">
${folder(stage.entries, '', tree, '          ')}
${registry(stage, info)}
        </Directory>
      </Directory>
    </Directory>
    <Feature Id="Main" Title="${text(info.name)}" Level="1">
${components.map((id) => `      <ComponentRef Id="${id}" />`).join('\n')}
    </Feature>
  </Product>
</Wix>
`;
}

/** One for each version: Windows Installer upgrades from one product to another, never within one. */
function productCode(info: PackageInfo): string {
  return uuidOf(`product ${info.name} ${info.semver} ${info.distributionVersion}`);
}

function properties(info: PackageInfo): string {
  const values = {
    ARPNOMODIFY: '1',
    ARPURLINFOABOUT: info.homepage,
    ARPCOMMENTS: info.summary,
    // Windows Installer would end programs that use our files; setup.dll asks for it instead
    MSIRESTARTMANAGERCONTROL: 'Disable',
    // every file is written, whatever version it says it has: those of the old product go after the decision was made
    REINSTALLMODE: 'amus',
    SecureCustomProperties: 'OLDERFOUND;NEWERFOUND;ADDTOPATH;ALLOWDOWNGRADE',
  };
  return Object.entries(values)
    .map(([name, value]) => `    <Property Id="${name}" Value="${text(value)}" />`)
    .join('\n');
}

/** What lies directly in a folder, and below it. */
function folder(entries: readonly Entry[], path: string, tree: string, indent: string): string {
  const inside = entries.filter((entry) => parentOf(entry) === path);
  const files = inside.filter((entry): entry is FileEntry => entry.type === 'file');
  const folders = inside.filter((entry): entry is DirectoryEntry => entry.type === 'directory');
  return [
    ...files.map((entry) => component(entry, tree, indent)),
    ...folders.map(
      (entry) => `${indent}<Directory Id="${identifier('d', entry.path)}" Name="${text(nameOf(entry))}">
${folder(entries, entry.path, tree, `${indent}  `)}
${indent}</Directory>`,
    ),
  ].join('\n');
}

function component(entry: FileEntry, tree: string, indent: string): string {
  return `${indent}<Component Id="${componentId(entry)}" Guid="${uuidOf(`file ${entry.path}`)}" Win64="yes">
${indent}  <File Id="${identifier('f', entry.path)}" Name="${text(nameOf(entry))}" Source="${text(`${tree}/${entry.path}`)}" KeyPath="yes" />
${indent}</Component>`;
}

function registry(stage: WindowsStage, info: PackageInfo): string {
  const openssl = opensslRegistry(stage.target, info);
  const own = { InstalledBy: 'msi', Version: info.semver };
  const value = (key: string, name: string, content: string, isKeyPath: boolean) =>
    `            <RegistryValue Root="HKLM" Key="${text(key)}" Name="${name}" Type="string" Value="${text(content)}"${isKeyPath ? ' KeyPath="yes"' : ''} />`;
  const values = [
    ...Object.entries(openssl.values).map(([name, content], index) =>
      value(openssl.key, name, content, index === 0),
    ),
    ...Object.entries(own).map(([name, content]) => value(ownKey, name, content, false)),
  ];
  return `          <Component Id="RegistryComponent" Guid="${uuidOf('registry')}" Win64="yes">
${values.join('\n')}
          </Component>
          <Component Id="${pathComponent}" Guid="${uuidOf('path')}" Win64="yes">
${value(ownKey, 'PathOption', '1', true)}
          </Component>`;
}

function componentId(entry: Entry): string {
  return identifier('c', entry.path);
}

/** Windows Installer's names may be 72 characters long, and hold no hyphens. */
function identifier(kind: string, path: string): string {
  return `${kind}${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;
}

function parentOf({ path }: Entry): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function nameOf({ path }: Entry): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function text(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
