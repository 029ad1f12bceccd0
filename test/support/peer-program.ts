// Other people's clients and servers, as programs that run beside a test.

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { start } from '../../build/process.ts';
import { connected } from './tls-socket.ts';

export interface PeerProgram {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything that it has printed. */
  readonly said: () => string;
}

/** Starts a program that ends with the test. */
export function runPeer(t: ExecutionContext, argv: readonly string[]): PeerProgram {
  const child = start([...argv] as [string, ...string[]]);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece) => {
      text += piece;
    });
  }
  child.stdin.on('error', () => {});
  t.teardown(() => child.kill('SIGKILL'));
  return { child, said: () => text };
}

/** Waits until a program has printed something. @returns all that it has printed */
export async function saying(peer: PeerProgram, words: RegExp): Promise<string> {
  for (let tries = 0; tries < 400; tries++) {
    if (words.test(peer.said())) return peer.said();
    await sleep(50);
  }
  throw new Error(`wanted ${words}, got\n${peer.said()}`);
}

/** Connects to a program as soon as it listens. */
export async function connectedTo(t: ExecutionContext, peer: PeerProgram, port: number): Promise<Socket> {
  for (let tries = 0; ; tries++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await connected(socket);
      t.teardown(() => socket.destroy());
      return socket;
    } catch (error) {
      if (tries === 200 || peer.child.exitCode !== null) throw new Error(`${error}\n${peer.said()}`);
      await sleep(50);
    }
  }
}
