// The script that makensis compiles into the .exe installer.
//
// The new files are written into a folder beside the old ones first. Only when all are there, and nothing that they would
// replace is in use, do the old ones go and the new ones take their place: whatever fails before leaves the system as it was.

import type { PackageInfo } from '../../build/types.ts';
import {
  backslashed,
  displayNames,
  exitCodes,
  installedKilobytes,
  opensslRegistry,
  ownKey,
  uninstallKey,
  type WindowsStage,
} from './installation.ts';
import { nsisFunctions, nsisMacros } from './nsis-functions.ts';

/** Files that makensis reads, relative to the folder that it is started in. */
export interface ScriptFiles {
  /** Folder that holds the stage. */
  readonly tree: string;
  /** The compiled `setup.dll`. */
  readonly library: string;
  /** A text file to be agreed to. */
  readonly licence: string;
  /** What makensis writes. */
  readonly output: string;
  /** Words of a command that signs the uninstaller, which makensis appends the path to. */
  readonly signUninstaller?: string | undefined;
}

/** Writes the script. */
export function nsisScript(stage: WindowsStage, info: PackageInfo, files: ScriptFiles): string {
  return [
    header(stage, info, files),
    pages(files),
    nsisMacros(files.library),
    installSection(stage, info, files),
    pathSection(),
    removal(stage, info),
    uninstallSection(),
    nsisFunctions(),
  ].join('\n');
}

/** A string of the script: `$` and quotes are its own characters. */
function quoted(text: string): string {
  return `"${text.replaceAll('$', '$$$$').replaceAll('"', '$\\"')}"`;
}

function header(
  { target }: WindowsStage,
  info: PackageInfo,
  { output, signUninstaller }: ScriptFiles,
): string {
  const names = displayNames(info);
  const codes = Object.entries(exitCodes).map(([name, code]) => `!define EXIT_${name} ${code}`);
  return `Target amd64-unicode
Unicode true
SetCompressor /SOLID lzma
SetDateSave on
RequestExecutionLevel admin
ManifestSupportedOS Win10
ManifestDPIAware true
Name ${quoted(names.name)}
OutFile ${quoted(output)}
InstallDir ${quoted(target.prefix)}
BrandingText ${quoted(names.publisher)}
VIProductVersion ${info.semver}.0
VIAddVersionKey ProductName ${quoted(info.name)}
VIAddVersionKey ProductVersion ${quoted(info.distributionVersion)}
VIAddVersionKey FileVersion ${quoted(info.semver)}
VIAddVersionKey FileDescription ${quoted(info.summary)}
VIAddVersionKey CompanyName ${quoted(names.publisher)}
VIAddVersionKey LegalCopyright ${quoted(info.licence)}
${signUninstaller === undefined ? '' : `!uninstfinalize '${signUninstaller} "%1"'`}
!define PREFIX ${quoted(target.prefix)}
!define VERSION ${quoted(info.semver)}
!define OWN_KEY ${quoted(ownKey)}
!define UNINSTALL_KEY ${quoted(uninstallKey)}
${codes.join('\n')}
!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
`;
}

function pages({ licence }: ScriptFiles): string {
  return `!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE ${quoted(licence)}
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English
`;
}

function installSection(stage: WindowsStage, info: PackageInfo, { tree }: ScriptFiles): string {
  const names = displayNames(info);
  const openssl = opensslRegistry(stage.target, info);
  const strings = {
    DisplayName: names.name,
    DisplayVersion: names.version,
    Publisher: names.publisher,
    URLInfoAbout: info.homepage,
    InstallLocation: stage.target.prefix,
    DisplayIcon: `${stage.target.prefix}\\uninstall.exe`,
    UninstallString: `"${stage.target.prefix}\\uninstall.exe"`,
    QuietUninstallString: `"${stage.target.prefix}\\uninstall.exe" /S`,
  };
  const numbers = { EstimatedSize: installedKilobytes(stage), NoModify: 1, NoRepair: 1 };
  return `Section "-files" SectionFiles
  SectionIn RO
  RMDir /r "$INSTDIR.new"
  ClearErrors
${extraction(stage, tree)}
  Call CheckUse
  Call RemoveInstalled
  System::Call '$PLUGINSDIR\\setup.dll::MoveTree(w "$INSTDIR.new", w "$INSTDIR", w .r1) i .r0 ? u'
  \${If} $0 <> 0
    Call RemoveFiles
    RMDir /r "$INSTDIR.new"
    !insertmacro Refuse \${EXIT_notWritable} $1
  \${EndIf}
  SetOutPath "$INSTDIR"
  ClearErrors
  WriteUninstaller "$INSTDIR\\uninstall.exe"
  \${If} \${Errors}
    Call RemoveFiles
    !insertmacro Refuse \${EXIT_notWritable} "$INSTDIR\\uninstall.exe could not be written. Nothing was installed."
  \${EndIf}
  System::Call '$PLUGINSDIR\\setup.dll::MakeFolder(w "$INSTDIR\\ssl\\openssl.cnf", w .r1) i .r0 ? u'
  \${If} $0 <> 0
    Call RemoveFiles
    Delete "$INSTDIR\\uninstall.exe"
    RMDir "$INSTDIR"
    !insertmacro Refuse \${EXIT_foreignFolder} $1
  \${EndIf}
${registryLines(openssl.key, openssl.values)}
  WriteRegStr HKLM "\${OWN_KEY}" "InstalledBy" "exe"
  WriteRegStr HKLM "\${OWN_KEY}" "Version" "\${VERSION}"
${registryLines(uninstallKey, strings)}
${Object.entries(numbers)
  .map(([name, value]) => `  WriteRegDWORD HKLM "\${UNINSTALL_KEY}" "${name}" ${value}`)
  .join('\n')}
  Call LeavePath
SectionEnd
`;
}

function registryLines(key: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `  WriteRegStr HKLM ${quoted(key)} "${name}" ${quoted(value)}`)
    .join('\n');
}

/** Writes every file below `$INSTDIR.new`, folder by folder. */
function extraction(stage: WindowsStage, tree: string): string {
  let folder = '';
  const lines = ['  SetOverwrite try'];
  for (const entry of stage.entries) {
    if (entry.type !== 'file') continue;
    const path = backslashed(entry.path);
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('\\')));
    if (folder !== parent || lines.length === 1) lines.push(`  SetOutPath ${quoted(`@${parent}`)}`);
    folder = parent;
    lines.push(`  File ${quoted(`${tree}/${entry.path}`)}`);
  }
  const written = lines.join('\n').replaceAll('SetOutPath "@', 'SetOutPath "$INSTDIR.new\\');
  return `${written}
  SetOutPath "$TEMP"
  \${If} \${Errors}
    RMDir /r "$INSTDIR.new"
    !insertmacro Refuse \${EXIT_notWritable} "$INSTDIR.new could not be written. Nothing was installed."
  \${EndIf}`;
}

/** Off unless the user chooses it: programs of the same name come from elsewhere as well. */
function pathSection(): string {
  return `Section /o "Add the command to PATH" SectionPath
  System::Call '$PLUGINSDIR\\setup.dll::AddToPath(w "$INSTDIR\\bin", w .r1) i .r0 ? u'
  \${If} $0 <> 0
    DetailPrint "$1"
    MessageBox MB_ICONEXCLAMATION|MB_OK "$1" /SD IDOK
  \${EndIf}
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT \${SectionPath} "Puts $INSTDIR\\bin at the end of the system's PATH."
!insertmacro MUI_FUNCTION_DESCRIPTION_END
`;
}

/** Removes what the stage holds, and no file that somebody added; a folder goes when nothing is left in it. */
function removal(stage: WindowsStage, info: PackageInfo): string {
  const files = stage.entries.filter((entry) => entry.type !== 'directory');
  const folders = stage.entries.filter((entry) => entry.type === 'directory').reverse();
  const lines = [
    ...files.map((entry) => `  Delete "$INSTDIR\\${backslashed(entry.path)}"`),
    ...folders.map((entry) => `  RMDir "$INSTDIR\\${backslashed(entry.path)}"`),
    `  DeleteRegKey HKLM ${quoted(opensslRegistry(stage.target, info).key)}`,
  ].join('\n');
  return ['', 'un.']
    .map(
      (scope) => `Function ${scope}RemoveFiles
${lines}
${scope === '' ? '  RMDir "$INSTDIR"\n' : ''}FunctionEnd
`,
    )
    .join('\n');
}

function uninstallSection(): string {
  return `Section Uninstall
  System::Call '$PLUGINSDIR\\setup.dll::CheckUse(w "$INSTDIR", w .r1) i .r0 ? u'
  \${If} $0 <> 0
    !insertmacro Refuse \${EXIT_inUse} $1
  \${EndIf}
  Call un.RemoveFiles
  Delete "$INSTDIR\\uninstall.exe"
  SetOutPath "$TEMP"
  RMDir "$INSTDIR"
  DeleteRegKey HKLM "\${UNINSTALL_KEY}"
  DeleteRegValue HKLM "\${OWN_KEY}" "InstalledBy"
  DeleteRegValue HKLM "\${OWN_KEY}" "Version"
  \${If} $Upgrading == ""
    System::Call '$PLUGINSDIR\\setup.dll::RemoveFromPath(w .r1) i .r0 ? u'
    System::Call '$PLUGINSDIR\\setup.dll::LeaveFolder() i .r0 ? u'
  \${EndIf}
  DeleteRegKey /ifempty HKLM "\${OWN_KEY}"
SectionEnd
`;
}
