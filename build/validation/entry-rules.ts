// Rules over the list of entries: what packagers may take for granted.

import path from 'node:path';
import type { Entry, LinkEntry, Stage } from '../types.ts';
import { binaryPaths, type EntryRule, type Problem } from './rule.ts';

type Found = readonly Omit<Problem, 'rule'>[];

const portableName = /^[A-Za-z0-9_@+.][A-Za-z0-9_@+.-]*$/;

export const entryRules: readonly EntryRule[] = [
  {
    id: 'entry-required',
    why: 'rules over a file hold vacuously when the file is not there',
    check(stage) {
      const files = new Set(stage.entries.filter(({ type }) => type === 'file').map((entry) => entry.path));
      return Object.values(binaryPaths(stage.target))
        .filter((wanted) => !files.has(wanted))
        .map((missing) => ({ path: missing, wanted: 'this file in the stage', got: 'none' }));
    },
  },
  {
    id: 'entry-order',
    why: 'the order of entries is the order in archives: any other than by bytes would depend on the machine',
    check: (stage) => stage.entries.flatMap((entry, index) => orderOf(entry, stage.entries[index - 1])),
  },
  {
    id: 'entry-name',
    why: 'a name that leaves the prefix, or that a locale reads differently, installs where nobody expects it',
    check: (stage) =>
      stage.entries
        .filter((entry) => !isPortable(entry.path))
        .map((entry) => ({
          path: entry.path,
          wanted: 'a relative path of letters, digits and _@+.- without . and .. in it',
          got: JSON.stringify(entry.path),
        })),
  },
  {
    id: 'entry-mode',
    why: 'a file that others may write, or that runs with its owner’s rights, hands the machine to any user',
    check: (stage) => stage.entries.flatMap(modeOf),
  },
  {
    id: 'entry-parent',
    why: 'a folder that no entry names gets whatever mode the unpacker gives, and below a link it lies elsewhere',
    check(stage) {
      const types = new Map(stage.entries.map((entry) => [entry.path, entry.type]));
      const named = stage.entries.filter((entry) => isPortable(entry.path));
      return named.flatMap((entry) =>
        ancestors(entry.path)
          .filter((folder) => types.get(folder) !== 'directory')
          .map((folder) => ({
            path: entry.path,
            wanted: `a folder ${folder} in the stage`,
            got: types.get(folder) ?? 'none',
          })),
      );
    },
  },
  {
    id: 'entry-link',
    why: 'a link that is absolute, dangles or leaves the prefix breaks when the tree is unpacked elsewhere',
    check: (stage) =>
      stage.entries
        .filter((entry) => entry.type === 'symlink')
        .flatMap((link) => {
          const got = linkProblem(link, stage);
          const wanted = 'a relative link to something in the stage';
          return got === undefined ? [] : [{ path: link.path, wanted, got }];
        }),
  },
];

function orderOf(entry: Entry, previous: Entry | undefined): Found {
  if (previous === undefined) return [];
  const order = Buffer.compare(Buffer.from(previous.path), Buffer.from(entry.path));
  if (order < 0) return [];
  const wanted = 'entries sorted by the bytes of their paths, each once';
  return [{ path: entry.path, wanted, got: order === 0 ? 'it twice' : `it after ${previous.path}` }];
}

function isPortable(name: string): boolean {
  return name.split('/').every((part) => portableName.test(part) && part !== '.' && part !== '..');
}

function modeOf(entry: Entry): Found {
  if (entry.type === 'symlink') return []; // a link has no mode of its own
  const mustRun = entry.type === 'directory' || entry.path.startsWith('bin/');
  const allowed = mustRun ? [0o755] : [0o644, 0o755];
  if (allowed.includes(entry.mode)) return [];
  return [{ path: entry.path, wanted: allowed.map(octal).join(' or '), got: octal(entry.mode) }];
}

function octal(mode: number): string {
  return `0${mode.toString(8)}`;
}

function ancestors(name: string): readonly string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function linkProblem(link: LinkEntry, stage: Stage): string | undefined {
  const entries = new Map(stage.entries.map((entry) => [entry.path, entry]));
  let from: Entry = link;
  for (let hop = 0; hop <= entries.size; hop += 1) {
    if (from.type !== 'symlink') return undefined;
    if (from.linkTarget === '' || path.posix.isAbsolute(from.linkTarget)) {
      return JSON.stringify(from.linkTarget);
    }
    const to: string = path.posix.join(path.posix.dirname(from.path), from.linkTarget).replace(/\/$/, '');
    if (to === '..' || to.startsWith('../')) return `${from.linkTarget}, which leaves the prefix`;
    const next = entries.get(to);
    if (next === undefined) return `${from.linkTarget}, which is not there`;
    from = next;
  }
  return `${link.linkTarget}, which leads back to itself`;
}
