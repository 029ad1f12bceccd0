// What is known of files, remembered from one run to the next. A value is remembered together with the file's size, its inode and
// the times of its last change; while all four are the same, the file need not be looked at again.
//
// A line a file after the first one, which names what is remembered:
//   value sizeBytes mtimeNs ctimeNs inode path

import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A clock of a file system may be this coarse: two changes within that time can leave the same times. */
const coarsestClockMs = 2000;

interface Known {
  readonly identity: string;
  readonly value: string;
}

export interface FileMemo {
  /**
   * The value of a file: the remembered one, or what `find` returns. Follows symbolic links.
   * @param file - absolute path
   * @throws what the file system says of a file that is not there
   */
  valueOf(file: string, find: () => Promise<string>): Promise<string>;
  /** Keeps what this process has learned for later ones. A folder that is missing or cannot be written costs time and is no error. */
  save(): void;
}

/**
 * Opens what is remembered.
 * @param list - the file that holds it
 * @param firstLine - what is remembered, and the version of its form; a list with another first line is empty
 * @param now - milliseconds since 1970, by the clock that also sets the times of files
 */
export function openMemo(list: string, firstLine: string, now: () => number = Date.now): FileMemo {
  const known = readList(list, firstLine);
  const learned = new Map<string, Known>();
  return {
    async valueOf(file, find) {
      const before = identify(file);
      const found = known.get(file);
      if (found?.identity === before.identity) return found.value;
      const value = await find();
      const after = identify(file);
      // a change that comes after the look but within the same tick of the clock would never be seen
      const isSettled = now() - after.changedMs >= coarsestClockMs;
      if (isSettled && before.identity === after.identity && !file.includes('\n')) {
        learned.set(file, { identity: after.identity, value });
        known.set(file, { identity: after.identity, value });
      }
      return value;
    },
    save() {
      if (learned.size > 0) writeList(list, firstLine, learned);
      learned.clear();
    },
  };
}

function identify(file: string): { readonly identity: string; readonly changedMs: number } {
  const { size, mtimeNs, ctimeNs, ino } = statSync(file, { bigint: true });
  const changedNs = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  return { identity: `${size} ${mtimeNs} ${ctimeNs} ${ino}`, changedMs: Number(changedNs / 1_000_000n) };
}

/** Reads the list; one that is missing, or of another form, is empty. */
function readList(list: string, firstLine: string): Map<string, Known> {
  const known = new Map<string, Known>();
  const [first, ...lines] = readText(list).split('\n');
  if (first !== firstLine) return known;
  for (const line of lines) {
    const [, value = '', identity = '', file = ''] = /^(\S+) (\d+ -?\d+ -?\d+ \d+) (.+)$/.exec(line) ?? [];
    if (file !== '') known.set(file, { identity, value: decodeURIComponent(value) });
  }
  return known;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Writes the list beside its place and renames it. It is read anew before, so that two processes lose nothing but what they
 * learn in the same moment; files that are gone are left out.
 */
function writeList(list: string, firstLine: string, learned: ReadonlyMap<string, Known>): void {
  const lines = [...new Map([...readList(list, firstLine), ...learned])]
    .filter(([file]) => existsSync(file))
    .map(([file, { value, identity }]) => `${encodeURIComponent(value)} ${identity} ${file}\n`);
  const part = `${list}.${randomUUID()}`;
  try {
    if (!existsSync(path.dirname(list))) return;
    try {
      writeFileSync(part, `${firstLine}\n${lines.join('')}`, { mode: 0o600 });
      renameSync(part, list);
    } finally {
      rmSync(part, { force: true });
    }
  } catch {
    // the next run looks at the files again
  }
}
