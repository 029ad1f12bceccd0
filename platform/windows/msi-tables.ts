// Rows of the .msi package that wixl has no words for, as the queries that msibuild runs: upgrades, conditions, the option
// for PATH, and the calls of setup.dll.

import type { PackageInfo } from '../../build/types.ts';
import { ownKey } from './installation.ts';
import { dialogQueries } from './msi-dialogs.ts';
import { insert } from './msi-query.ts';
import { installFolder, pathComponent, setupLibrary, upgradeCode } from './msi-source.ts';

/** Bits of `CustomAction.Type`. */
const ACTION = { LIBRARY: 1, ERROR: 19, SET_PROPERTY: 51, IN_SCRIPT: 1024, AS_SYSTEM: 2048 } as const;
const libraryCall = ACTION.LIBRARY;
const deferredCall = ACTION.LIBRARY + ACTION.IN_SCRIPT + ACTION.AS_SYSTEM;

/** `RegLocator.Type`: a value, in the 64-bit registry. */
const rawValue64 = 2 + 16;
const localMachine = 2;

const installs = 'NOT (REMOVE="ALL")';
const removes = 'REMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE';

/** Name, type, source, target, place among the others, condition. */
type Action = readonly [
  name: string,
  type: number,
  source: string,
  target: string,
  sequence: number,
  when: string,
];

const actions = ({ semver }: PackageInfo): readonly Action[] => [
  [
    'RefuseDowngrade',
    ACTION.ERROR,
    '',
    `A newer version is installed; ALLOWDOWNGRADE=1 on the command line of msiexec replaces it by ${semver}. Nothing was installed.`,
    105,
    'NEWERFOUND AND NOT (ALLOWDOWNGRADE="1") AND NOT Installed',
  ],
  [
    'RefuseOtherInstaller',
    ACTION.ERROR,
    '',
    'tsopenssl was installed by its .exe installer. Remove it in Apps first, or update it with a newer .exe. Nothing was installed.',
    110,
    'INSTALLEDBY="exe" AND NOT Installed',
  ],
  ['CheckFolder', libraryCall, setupLibrary, 'MsiCheckFolder', 120, installs],
  ['CheckUseFirst', libraryCall, setupLibrary, 'MsiCheckUse', 1410, ''],
  ['SetInstallLocation', ACTION.SET_PROPERTY, 'ARPINSTALLLOCATION', `[${installFolder}]`, 1479, installs],
  ['SetCheckUse', ACTION.SET_PROPERTY, 'CheckUse', `[${installFolder}]`, 1480, ''],
  ['CheckUse', deferredCall, setupLibrary, 'MsiCheckUse', 1510, ''],
  ['SetMakeFolder', ACTION.SET_PROPERTY, 'MakeFolder', `[${installFolder}]ssl\\openssl.cnf`, 1481, installs],
  ['MakeFolder', deferredCall, setupLibrary, 'MsiMakeFolder', 6500, installs],
  ['LeaveFolder', deferredCall, setupLibrary, 'MsiLeaveFolder', 6510, removes],
];

/** Actions of Windows Installer itself that wixl puts nowhere. The old product goes inside the transaction of the new one. */
const standardActions = [
  ['FindRelatedProducts', 25],
  ['AppSearch', 50],
  ['LaunchConditions', 100],
  ['RemoveExistingProducts', 1520],
  ['RemoveEnvironmentStrings', 3300],
  ['WriteEnvironmentStrings', 5200],
] as const;

/** Answers the queries, in the order that they must run in. */
export function msiQueries(info: PackageInfo): string[] {
  return [
    insert('Upgrade', {
      UpgradeCode: upgradeCode,
      VersionMin: null,
      VersionMax: info.semver,
      Language: null,
      Attributes: 0,
      Remove: null,
      ActionProperty: 'OLDERFOUND',
    }),
    insert('Upgrade', {
      UpgradeCode: upgradeCode,
      VersionMin: info.semver,
      VersionMax: null,
      Language: null,
      Attributes: 0,
      Remove: null,
      ActionProperty: 'NEWERFOUND',
    }),
    ...search('INSTALLEDBY', 'InstalledBy'),
    ...search('REMEMBEREDPATH', 'PathOption'),
    condition('VersionNT64 >= 603', 'Wanted Windows 10 or later, 64 bits. Nothing was installed.'),
    'CREATE TABLE `Environment` (`Environment` CHAR(72) NOT NULL, `Name` CHAR(255) NOT NULL LOCALIZABLE, `Value` CHAR(255) LOCALIZABLE, `Component_` CHAR(72) NOT NULL PRIMARY KEY `Environment`)',
    // = set, - remove when the component goes, * the system's; [~] stands for what is there
    insert('Environment', {
      Environment: 'PathElement',
      Name: '=-*PATH',
      Value: `[~];[${installFolder}]bin`,
      Component_: pathComponent,
    }),
    `UPDATE \`Component\` SET \`Condition\`='ADDTOPATH="1" OR (REMEMBEREDPATH AND NOT (ADDTOPATH="0"))' WHERE \`Component\`='${pathComponent}'`,
    ...actions(info).flatMap(([name, type, source, target, sequence, when]) => [
      insert('CustomAction', { Action: name, Type: type, Source: source, Target: target }),
      insert('InstallExecuteSequence', { Action: name, Condition: when, Sequence: sequence }),
    ]),
    insert('CustomAction', {
      ...{ Action: 'RememberPath', Type: ACTION.SET_PROPERTY, Source: 'ADDTOPATH', Target: '1' },
    }),
    ...dialogQueries(info),
    ...standardActions.map(([Action, Sequence]) => insert('InstallExecuteSequence', { Action, Sequence })),
  ];
}

/** Looks for one of our own registry values before the conditions are asked. */
function search(property: string, name: string): readonly string[] {
  return [
    insert('AppSearch', { Property: property, Signature_: property }),
    insert('RegLocator', {
      Signature_: property,
      Root: localMachine,
      Key: ownKey,
      Name: name,
      Type: rawValue64,
    }),
  ];
}

function condition(when: string, otherwise: string): string {
  return insert('LaunchCondition', { Condition: when, Description: otherwise });
}
