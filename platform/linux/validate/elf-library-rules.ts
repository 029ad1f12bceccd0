// Rules over what an ELF file is loaded with: other libraries, their versions, and where they are looked for.

import path from 'node:path';
import { binaryPaths, type Deviation, everyRole, listed } from '../../../build/validation/rule.ts';
import type { ElfContext, ElfRule, StagedElf } from './elf-rule.ts';

export const elfLibraryRules: readonly ElfRule[] = [
  {
    id: 'needed-libraries',
    why: 'a library that not every system has keeps the file from loading; the addon must not need our own either',
    applies: everyRole,
    check({ role, dynamic }, { target }) {
      const own = role === 'addon' ? [] : ownLibraries({ target });
      const allowed = [...target.allowedLibraries, ...own];
      const wrong = dynamic.needed.filter((name) => !allowed.includes(name));
      const found = [...wrong, ...dynamic.alsoLoaded];
      return found.length === 0 ? [] : [{ wanted: `only ${allowed.join(', ')}`, got: listed(found) }];
    },
  },
  {
    id: 'soname',
    why: 'programs are bound to the name in DT_SONAME: it must be the name of the file',
    applies: ['libcrypto', 'libssl'],
    check({ entry, dynamic }) {
      const wanted = path.posix.basename(entry.path);
      return dynamic.soname === wanted ? [] : [{ wanted, got: dynamic.soname ?? 'none' }];
    },
  },
  {
    id: 'glibc-floor',
    why: 'a symbol of a newer C library keeps the file from loading on the oldest system that is promised',
    applies: everyRole,
    check({ dynamic }, { target }) {
      const names = versionNames(dynamic).filter((name) => name.startsWith('GLIBC_'));
      const floor = target.glibcFloor;
      const wrong = names.filter(
        (name) => floor === undefined || !isAtMost(name.slice('GLIBC_'.length), floor),
      );
      const wanted = floor === undefined ? 'no version of glibc' : `GLIBC_${floor} or older`;
      return wrong.length === 0 ? [] : [{ wanted, got: listed(wrong) }];
    },
  },
  {
    id: 'version-families',
    why: 'versions of libstdc++ or libgcc mean that the C++ library is not inside the file',
    applies: everyRole,
    check({ dynamic }, { target }) {
      const wrong = versionNames(dynamic).filter((name) => !/^(GLIBC_|OPENSSL_3\.)/.test(name));
      const wanted =
        target.glibcFloor === undefined
          ? 'versions of OPENSSL_3 alone'
          : 'versions of GLIBC and OPENSSL_3 alone';
      return wrong.length === 0 ? [] : [{ wanted, got: listed(wrong) }];
    },
  },
  {
    id: 'run-path',
    why: 'a run path outside the installed tree loads what somebody else put there',
    applies: everyRole,
    check: (file) =>
      [file.dynamic.rpath, file.dynamic.runpath]
        .filter((list) => list !== undefined)
        .flatMap((list) => list.split(':'))
        .flatMap((element) => runPathDeviations(file, element)),
  },
  {
    id: 'own-libraries-found',
    why: 'without a run path to our own library the system’s is loaded, silently and in another version',
    applies: ['command', 'libssl', 'libcrypto'],
    check: missingOwnLibraries,
  },
];

function ownLibraries({ target }: Pick<ElfContext, 'target'>): readonly string[] {
  const { libcrypto, libssl } = binaryPaths(target);
  return [libcrypto, libssl].map((file) => path.posix.basename(file));
}

function versionNames(dynamic: StagedElf['dynamic']): readonly string[] {
  return [...new Set(dynamic.versionNeeds.map(({ name }) => name))].sort();
}

/** Versions without a number, by the C library that brought them; GLIBC_PRIVATE is for the C library itself alone. */
const markers: Readonly<Record<string, string>> = {
  ABI_DT_RELR: '2.36', // relative relocations in their short form: ld -z pack-relative-relocs
};

/** Whether a version of glibc, without its prefix, is not newer than another. */
function isAtMost(name: string, floor: string): boolean {
  const version = markers[name] ?? name;
  if (!/^\d+(\.\d+)*$/.test(version)) return false;
  const [left, right] = [version, floor].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let part = 0; part < Math.max(left.length, right.length); part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

/** The folder in the stage that an element of a run path means, or undefined when it means none. */
function runPathFolder({ entry }: StagedElf, element: string): string | undefined {
  const rest = /^(?:\$ORIGIN|\$\{ORIGIN\})(\/[^$]*)?$/.exec(element);
  if (rest === null) return undefined;
  const folder = path.posix.join(path.posix.dirname(entry.path), rest[1] ?? '');
  return folder === '..' || folder.startsWith('../') ? undefined : folder.replace(/\/$/, '');
}

function runPathDeviations(file: StagedElf, element: string): readonly Deviation[] {
  // npm may put the addon into any project: a folder above it is the user's
  if (file.role === 'addon') return [{ wanted: 'no run path', got: JSON.stringify(element) }];
  if (runPathFolder(file, element) !== undefined) return [];
  return [{ wanted: 'a run path below $ORIGIN and inside the prefix', got: JSON.stringify(element) }];
}

function missingOwnLibraries(file: StagedElf, context: ElfContext): readonly Deviation[] {
  const elements = (file.dynamic.runpath ?? file.dynamic.rpath ?? '').split(':');
  const folders = elements.map((element) => runPathFolder(file, element));
  return file.dynamic.needed
    .filter((name) => ownLibraries(context).includes(name))
    .filter(
      (name) => !folders.some((folder) => folder !== undefined && context.paths.has(`${folder}/${name}`)),
    )
    .map((name) => ({ wanted: `a run path that leads to ${name}`, got: elements.join(':') || 'none' }));
}
