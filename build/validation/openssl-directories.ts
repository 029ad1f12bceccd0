// OpenSSL keeps each default directory as the text that `openssl version -a` prints, such as `OPENSSLDIR: "/etc/ssl"`.

import type { Target } from '../types.ts';
import type { Deviation, RuleInfo } from './rule.ts';

/** What every platform calls the rule over them, where they are compiled in. */
export const opensslDirectoriesRule: RuleInfo = {
  id: 'openssl-directories',
  why: 'OPENSSLDIR, MODULESDIR and ENGINESDIR are code paths: another value loads code from another place',
};

/** Directories in a binary that are not the target's, or that stand there more than once or not at all. */
export function directoryDeviations(bytes: Buffer, { directories }: Target): readonly Deviation[] {
  const wanted = {
    OPENSSLDIR: directories.openssldir,
    MODULESDIR: directories.modulesdir,
    ENGINESDIR: directories.enginesdir,
  };
  return Object.entries(wanted).flatMap(([name, directory]) => {
    const got = textsAfter(bytes, `${name}: "`);
    if (got.length === 1 && got[0] === `${directory}"`) return [];
    return [
      { wanted: `${name}: "${directory}"`, got: got.map((text) => `${name}: "${text}`).join(', ') || 'none' },
    ];
  });
}

/** What follows each occurrence of a prefix, up to the next NUL. */
function textsAfter(bytes: Buffer, prefix: string): readonly string[] {
  const found: string[] = [];
  for (let at = bytes.indexOf(prefix); at >= 0; at = bytes.indexOf(prefix, at + 1)) {
    const start = at + prefix.length;
    const end = bytes.indexOf(0, start);
    found.push(bytes.toString('latin1', start, Math.min(end < 0 ? bytes.length : end, start + 4096)));
  }
  return found;
}
