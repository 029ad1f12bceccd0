// Rules over the development stage: what a compiler and a linker are given.

import { cmakeFiles, developmentArchives, developmentLinks, pkgConfigFiles } from '../development-files.ts';
import { BuildError } from '../errors.ts';
import { type ArchiveMember, readArchive } from '../formats/archive.ts';
import { universalParts } from '../formats/macho-universal.ts';
import { type ObjectMachine, objectMachine, objectMachinesOf } from '../formats/object-file.ts';
import type { FileEntry, Stage, Target } from '../types.ts';
import { buildFolders, pathDeviations } from './build-paths.ts';
import { binaryKind } from './file-rules.ts';
import { type Deviation, listed, type Problem, type RuleInfo } from './rule.ts';

/** A file of the stage with its content. */
interface DevelopmentFile {
  readonly entry: FileEntry;
  readonly bytes: Buffer;
}

/** What surrounds a file. */
interface DevelopmentContext {
  readonly target: Target;
  readonly forbiddenPaths: readonly string[];
  /** All paths of the stage. */
  readonly paths: ReadonlySet<string>;
}

/** A rule over the list of entries. */
interface DevelopmentEntryRule extends RuleInfo {
  check(stage: Stage): readonly Omit<Problem, 'rule'>[];
}

/** A rule over the content of some files. */
interface DevelopmentFileRule extends RuleInfo {
  check(file: DevelopmentFile, context: DevelopmentContext): readonly Deviation[];
}

/** Headers that programs begin with; the others are included by these, or are found missing by `header-includes`. */
export const mainHeaders = [
  'conf',
  'configuration',
  'crypto',
  'err',
  'evp',
  'opensslv',
  'pem',
  'provider',
  'ssl',
  'x509',
];

/** Text of what a compiler or a linker reads by name. */
const isHeader = (path: string) => path.startsWith('include/') && path.endsWith('.h');
const isArchive = (path: string, target: Target) => developmentArchives(target).includes(path);

export const developmentEntryRules: readonly DevelopmentEntryRule[] = [
  {
    id: 'development-required',
    why: 'rules over a file hold vacuously when the file is not there',
    check(stage) {
      const types = new Map(stage.entries.map((entry) => [entry.path, entry.type]));
      const files = [
        ...mainHeaders.map((name) => `include/openssl/${name}.h`),
        ...developmentArchives(stage.target),
        ...pkgConfigFiles,
        ...cmakeFiles,
      ].map((name) => [name, 'file'] as const);
      const links = [...developmentLinks(stage.target).keys()].map((name) => [name, 'symlink'] as const);
      return [...files, ...links]
        .filter(([name, type]) => types.get(name) !== type)
        .map(([name, type]) => ({
          path: name,
          wanted: `a ${type} in the stage`,
          got: types.get(name) ?? 'none',
        }));
    },
  },
  {
    id: 'development-links',
    why: 'a link to another file than the runtime package brings makes the linker take another library, or none',
    check: ({ entries, target }) =>
      entries.flatMap((entry) => {
        if (entry.type !== 'symlink') return [];
        const wanted = developmentLinks(target).get(entry.path);
        if (entry.linkTarget === wanted) return [];
        return [{ path: entry.path, wanted: wanted ?? 'no link', got: entry.linkTarget }];
      }),
  },
];

export const developmentFileRules: readonly DevelopmentFileRule[] = [
  {
    id: 'development-known',
    why: 'the runtime package is unpacked into the same folder: a binary of its name here would replace it, unchecked',
    check({ entry, bytes }, { target }) {
      const kind = binaryKind(bytes);
      if (kind === undefined || isArchive(entry.path, target)) return [];
      return [{ wanted: `no binary beside ${developmentArchives(target).join(', ')}`, got: kind }];
    },
  },
  {
    id: 'archive-build-path',
    why: 'a path in an object is linked into every program, and differs from one build machine to the next',
    check: ({ entry, bytes }, { target }) =>
      isArchive(entry.path, target) ? pathDeviations(bytes, buildFolders) : [],
  },
  {
    id: 'archive-readable',
    why: 'an archive that is cut or holds no objects links until somebody needs what is missing',
    check: (file, { target }) => (isArchive(file.entry.path, target) ? unreadable(file) : []),
  },
  {
    id: 'archive-machine',
    why: 'objects for another processor or another system cannot be linked',
    check: overObjects((objects, { target }) => {
      const allowed = objectMachinesOf(target).map(machineText);
      const wrong = objects
        .map(({ name, content }) => [name, machineText(objectMachine(content))] as const)
        .filter(([, machine]) => !allowed.includes(machine));
      const wanted = `objects for ${allowed.join(' and ')}`;
      if (wrong.length > 0)
        return [{ wanted, got: listed(wrong.map(([name, machine]) => `${name}: ${machine}`)) }];
      const found = objects.map(({ content }) => machineText(objectMachine(content)));
      const missing = allowed.filter((machine) => !found.includes(machine));
      return missing.length === 0 ? [] : [{ wanted, got: `none for ${missing.join(', ')}` }];
    }),
  },
  {
    id: 'archive-deterministic',
    why: 'times and owners in an archive differ from one build to the next',
    check: overMembers((members) => {
      const wrong = members.filter(({ epochSeconds, owner, group }) => epochSeconds + owner + group > 0);
      if (wrong.length === 0) return [];
      const got = wrong.map(
        ({ name, epochSeconds, owner, group }) => `${name}: ${epochSeconds} ${owner}:${group}`,
      );
      return [{ wanted: 'members with time 0 and owner 0:0', got: listed(got) }];
    }),
  },
  {
    id: 'header-includes',
    why: 'a header that includes one that is not there does not compile, or takes the one of another OpenSSL',
    check({ entry, bytes }, { paths }) {
      if (!isHeader(entry.path)) return [];
      const names = [...bytes.toString('latin1').matchAll(/^\s*#\s*include\s*[<"](openssl\/[^>"]+)[>"]/gm)];
      const missing = names.map(([, name = '']) => name).filter((name) => !paths.has(`include/${name}`));
      return missing.length === 0
        ? []
        : [{ wanted: 'only headers of the stage', got: listed([...new Set(missing)]) }];
    },
  },
  {
    id: 'relocatable',
    why: 'a fixed folder in the files for pkg-config or CMake finds another OpenSSL, or none, when the tree lies elsewhere',
    check({ entry, bytes }, { target }) {
      const text = bytes.toString('utf8');
      if (pkgConfigFiles.includes(entry.path))
        return [...prefixDeviations(text), ...fixedFolders(text, target)];
      return cmakeFiles.includes(entry.path) ? fixedFolders(text, target) : [];
    },
  },
];

function prefixDeviations(text: string): readonly Deviation[] {
  const wanted = `prefix=\${pcfiledir}/../..`; // pkg-config(1)
  const got = /^prefix=.*$/m.exec(text)?.[0];
  return got === wanted ? [] : [{ wanted, got: got ?? 'no prefix' }];
}

/** Absolute paths, but for the two folders that are compiled into the libraries. */
function fixedFolders(text: string, target: Target): readonly Deviation[] {
  const { enginesdir, modulesdir } = target.directories;
  const code = [enginesdir, modulesdir].reduce(
    (rest, folder) => rest.replaceAll(folder.replaceAll('\\', '/'), ''),
    text.replaceAll(/^\s*#.*$/gm, ''),
  );
  const folders = /(?<=^|[\s"'=:;(]|-[IL])(?:\/[\w.]|[A-Za-z]:[\\/])[^\s"');]*/gm;
  const found = [...code.matchAll(folders)].map(([name]) => name);
  return found.length === 0 ? [] : [{ wanted: 'no fixed folder', got: listed([...new Set(found)]) }];
}

function machineText(machine: ObjectMachine | undefined): string {
  return machine === undefined ? 'no object' : `${machine.format} 0x${machine.machine.toString(16)}`;
}

function unreadable({ entry, bytes }: DevelopmentFile): readonly Deviation[] {
  const wanted = 'a whole archive of objects';
  try {
    const members = readMembers(bytes, entry.path);
    const isEmpty = !members.some(({ kind }) => kind === 'object');
    return isEmpty ? [{ wanted, got: 'no object' }] : [];
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return [{ wanted, got: error.message.replace(`${entry.path}: `, '') }];
  }
}

/** The members of an archive; a universal one holds an archive for each architecture. */
function readMembers(bytes: Buffer, path: string): readonly ArchiveMember[] {
  const archives = universalParts(bytes, path)?.map(({ content }) => content) ?? [bytes];
  return archives.flatMap((archive) => readArchive(archive, path));
}

type MembersCheck = (members: readonly ArchiveMember[], context: DevelopmentContext) => readonly Deviation[];

/** A check of archives that can be read; `archive-readable` speaks of the others. */
function overMembers(check: MembersCheck): DevelopmentFileRule['check'] {
  return (file, context) => {
    if (!isArchive(file.entry.path, context.target) || unreadable(file).length > 0) return [];
    return check(readMembers(file.bytes, file.entry.path), context);
  };
}

function overObjects(check: MembersCheck): DevelopmentFileRule['check'] {
  return overMembers((members, context) =>
    check(
      members.filter(({ kind }) => kind === 'object'),
      context,
    ),
  );
}
