// Where two files first differ: for archives, the member; for everything, the offset and the bytes around it.

import { readFile } from 'node:fs/promises';
import { run } from './process.ts';

/** Describes the first difference of two files in one line. */
export async function firstDifference(first: string, second: string): Promise<string> {
  const [a, b] = await Promise.all([first, second].map((file) => readFile(file)));
  if (a === undefined || b === undefined) return 'unreadable';
  const member = await firstMember(first, second);
  const length = Math.min(a.length, b.length);
  let offset = 0;
  while (offset < length && a[offset] === b[offset]) offset++;
  if (offset === length && a.length === b.length) return 'nowhere';
  const around = [a, b].map((bytes) => bytes.subarray(offset, offset + 16).toString('hex')).join(' and ');
  return `${member}at byte ${offset} of ${a.length} and ${b.length}: ${around}`;
}

async function firstMember(first: string, second: string): Promise<string> {
  if (!/\.(tar\.xz|tgz)$/.test(first)) return '';
  const [a = [], b = []] = await Promise.all([first, second].map(members));
  const index = a.findIndex((line, at) => line !== b[at]);
  return index === -1 ? '' : `member ${a[index] ?? 'none'} against ${b[index] ?? 'none'}, `;
}

/** A line for each member: its listing and its checksum. */
async function members(file: string): Promise<string[]> {
  const { stdout } = await run(['tar', '--list', '--verbose', '--full-time', '--file', file]);
  const sums = await run([
    'tar',
    '--extract',
    '--file',
    file,
    '--to-command',
    'printf "%s " "$TAR_FILENAME"; sha256sum',
  ]);
  return [...stdout.split('\n'), ...sums.stdout.split('\n')];
}
