// Rules over what a Mach-O file is loaded with: other libraries, the names they have, and where they are looked for.

import path from 'node:path';
import { LC } from '../../../build/formats/macho-constants.ts';
import type { MacTarget } from '../../../build/types.ts';
import { binaryPaths, type Deviation, everyRole, listed } from '../../../build/validation/rule.ts';
import { eachPart, type MachContext, type MachPart, type MachRule, type StagedMach } from './macho-rule.ts';

export const machoLibraryRules: readonly MachRule[] = [
  {
    id: 'needed-libraries',
    why: 'a library that not every system has keeps the file from loading; the addon must not need our own either',
    applies: everyRole,
    check: eachPart(({ macho }, { role }, { target }) => {
      const own = role === 'addon' ? [] : ownInstallNames(target);
      const allowed = [...target.allowedLibraries, ...own];
      const wrong = [
        ...macho.dylibs.filter(({ name }) => !allowed.includes(name)).map(({ name }) => name),
        ...macho.dylibs
          .filter(({ command }) => command === LC.REEXPORT_DYLIB)
          .map(({ name }) => `${name}, offered as its own`),
        ...macho.loaderEnvironment.map((text) => `LC_DYLD_ENVIRONMENT ${text}`),
      ];
      return wrong.length === 0 ? [] : [{ wanted: `only ${allowed.join(', ')}`, got: listed(wrong) }];
    }),
  },
  {
    id: 'install-name',
    why: 'what is linked to a library asks for its install name: it must be one that a run path completes',
    applies: everyRole,
    check: eachPart(({ macho: { installName } }, { role, entry }) => {
      const isLibrary = role === 'libcrypto' || role === 'libssl';
      const wanted = isLibrary ? `@rpath/${path.posix.basename(entry.path)}` : undefined;
      if (installName === wanted) return [];
      return [{ wanted: wanted ?? 'no install name', got: installName ?? 'none' }];
    }),
  },
  {
    id: 'run-path',
    why: 'a run path outside the installed tree loads what somebody else put there',
    applies: everyRole,
    check: eachPart(({ macho }, file) =>
      macho.runPaths.flatMap((element) => runPathDeviations(file, element)),
    ),
  },
  {
    id: 'own-libraries-found',
    why: 'a program that does not find its own libraries does not start, or starts with those of somebody else',
    applies: ['command', 'libcrypto', 'libssl'],
    check: eachPart(missingOwnLibraries),
  },
];

/** The names that our own libraries are asked for. */
export function ownInstallNames(target: MacTarget): readonly string[] {
  const { libcrypto, libssl } = binaryPaths(target);
  return [libcrypto, libssl].map((file) => `@rpath/${path.posix.basename(file)}`);
}

/** The folder in the stage that a run path means, or undefined when it means none. */
function runPathFolder({ entry }: StagedMach, element: string): string | undefined {
  const rest = /^@loader_path(\/.*)?$/.exec(element);
  if (rest === null) return undefined;
  const folder = path.posix.join(path.posix.dirname(entry.path), rest[1] ?? '');
  return folder === '..' || folder.startsWith('../') ? undefined : folder.replace(/\/$/, '');
}

function runPathDeviations(file: StagedMach, element: string): readonly Deviation[] {
  // npm may put the addon into any project: a folder above it is the user's
  if (file.role === 'addon') return [{ wanted: 'no run path', got: JSON.stringify(element) }];
  if (runPathFolder(file, element) !== undefined) return [];
  return [{ wanted: 'a run path below @loader_path and inside the prefix', got: JSON.stringify(element) }];
}

function missingOwnLibraries(
  { macho }: MachPart,
  file: StagedMach,
  { target, paths }: MachContext,
): readonly Deviation[] {
  const folders = macho.runPaths.map((element) => runPathFolder(file, element));
  return macho.dylibs
    .filter(({ name }) => ownInstallNames(target).includes(name))
    .map(({ name }) => name.slice('@rpath/'.length))
    .filter((name) => !folders.some((folder) => folder !== undefined && paths.has(`${folder}/${name}`)))
    .map((name) => ({
      wanted: `a run path that leads to ${name}`,
      got: macho.runPaths.join(', ') || 'none',
    }));
}
