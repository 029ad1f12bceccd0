// A program for Windows as a command line of Linux: a script that starts it in wine, passes its output on while it runs,
// and gives lines the ends that they have on Linux.

import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommandLine } from './handshake.ts';
import { startServices, type WineRoot, wine64, wineEnvironment } from './wine.ts';

/** @param program - its path in Windows' notation */
export async function wineCommand(root: WineRoot, program: string): Promise<CommandLine> {
  const name = createHash('sha256').update(program).digest('hex').slice(0, 16);
  const script = path.join(root.dir, `command-${name}`);
  const variables = Object.entries(wineEnvironment(root.dir)).map(([key, value]) => `${key}='${value}'`);
  const lines = [
    '#!/bin/sh',
    `export ${variables.join(' ')}`,
    startServices(root.dir),
    `streams=$(mktemp -d '${root.dir}/streams-XXXXXX')`,
    ': >"$streams/in"',
    // a server is given nothing, and its standard input is never closed
    '[ "$1" = s_server ] || cat >"$streams/in"',
    ': >"$streams/out"',
    `'${wine64}' '${program}' "$@" <"$streams/in" >"$streams/out" 2>"$streams/err" &`,
    'pid=$!',
    "trap 'kill $pid' TERM",
    `tail -n +1 -f -s 0.1 --pid="$pid" "$streams/out" | sed -u 's/\\r$//'`,
    'wait "$pid"',
    'code=$?',
    `sed 's/\\r$//' "$streams/err" >&2`,
    'exit "$code"',
  ];
  await writeFile(script, `${lines.join('\n')}\n`, { mode: 0o755 });
  return [script];
}
