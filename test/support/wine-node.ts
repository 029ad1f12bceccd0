// A node for Windows as a node that tests run: a script that starts it in wine, with files in the place of pipes.

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestedNode } from './nodes.ts';
import { startServices, type WineRoot, wine64, wineEnvironment } from './wine.ts';

/** @param node - its executable is a program for Windows, as a path of Linux or of Windows */
export async function wineNode(root: WineRoot, { version, node }: TestedNode): Promise<TestedNode> {
  const folder = path.join(root.dir, 'nodes', createHash('sha256').update(node).digest('hex').slice(0, 16));
  const script = path.join(folder, 'node');
  const variables = Object.entries(wineEnvironment(root.dir)).map(([name, value]) => `${name}='${value}'`);
  const lines = [
    '#!/bin/sh',
    `export ${variables.join(' ')}`,
    startServices(root.dir),
    `streams=$(mktemp -d '${folder}/streams-XXXXXX')`,
    `'${wine64}' '${node}' "$@" </dev/null >"$streams/out" 2>"$streams/err"`,
    'code=$?',
    'cat "$streams/out"',
    'cat "$streams/err" >&2',
    'exit $code',
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(script, `${lines.join('\n')}\n`, { mode: 0o755 });
  return { version, node: script };
}
