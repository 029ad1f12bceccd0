// Digests of files, remembered from one run to the next. A digest is remembered together with the file's size, its inode
// and the times of its last change; while all four are the same, the file is not read again.
//
// <cache>/digests, a line a file after the first one, which names the format:
//   sha256 sizeBytes mtimeNs ctimeNs inode path

import { createHash, randomUUID } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const firstLine = 'tsopenssl digests 1';
const fileName = 'digests';

/** A clock of a file system may be this coarse: two changes within that time can leave the same times. */
const coarsestClockMs = 2000;

interface Known {
  readonly identity: string;
  readonly sha256: string;
}

export interface Digests {
  /**
   * The SHA-256 of a file, lower-case hex. Follows symbolic links.
   * @param file - absolute path
   * @throws what the file system says of a file that cannot be read
   */
  digestFile(file: string): Promise<string>;
  /** Keeps what this process has learned for later ones. A cache that cannot be written costs time and is no error. */
  save(): void;
}

/**
 * Opens the digests of a cache.
 * @param now - milliseconds since 1970, by the clock that also sets the times of files
 */
export function openDigests(cacheDir: string, now: () => number = Date.now): Digests {
  const list = path.join(cacheDir, fileName);
  const known = readList(list);
  const learned = new Map<string, Known>();
  return {
    async digestFile(file) {
      const before = identify(file);
      const found = known.get(file);
      if (found?.identity === before.identity) return found.sha256;
      const sha256 = await hash(file);
      const after = identify(file);
      // a change that comes after the reading but within the same tick of the clock would never be seen
      const isSettled = now() - after.changedMs >= coarsestClockMs;
      if (isSettled && before.identity === after.identity && !file.includes('\n')) {
        learned.set(file, { identity: after.identity, sha256 });
        known.set(file, { identity: after.identity, sha256 });
      }
      return sha256;
    },
    save() {
      if (learned.size > 0) writeList(list, learned);
      learned.clear();
    },
  };
}

function identify(file: string): { readonly identity: string; readonly changedMs: number } {
  const { size, mtimeNs, ctimeNs, ino } = statSync(file, { bigint: true });
  const changedNs = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  return { identity: `${size} ${mtimeNs} ${ctimeNs} ${ino}`, changedMs: Number(changedNs / 1_000_000n) };
}

async function hash(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }))
    digest.update(chunk as Buffer);
  return digest.digest('hex');
}

/** Reads the list; one that is missing, or of another format, is empty. */
function readList(list: string): Map<string, Known> {
  const known = new Map<string, Known>();
  const [first, ...lines] = readText(list).split('\n');
  if (first !== firstLine) return known;
  for (const line of lines) {
    const [, sha256 = '', identity = '', file = ''] =
      /^([0-9a-f]{64}) (\d+ -?\d+ -?\d+ \d+) (.+)$/.exec(line) ?? [];
    if (file !== '') known.set(file, { identity, sha256 });
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
function writeList(list: string, learned: ReadonlyMap<string, Known>): void {
  const all = new Map([...readList(list), ...learned]);
  const lines = [...all]
    .filter(([file]) => existsSync(file))
    .map(([file, { sha256, identity }]) => `${sha256} ${identity} ${file}\n`);
  const part = `${list}.${randomUUID()}`;
  try {
    mkdirSync(path.dirname(list), { recursive: true });
    try {
      writeFileSync(part, `${firstLine}\n${lines.join('')}`, { mode: 0o600 });
      renameSync(part, list);
    } finally {
      rmSync(part, { force: true });
    }
  } catch {
    // the next run reads the files again
  }
}
