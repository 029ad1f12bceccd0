// TLS of this package against node:tls: client and server in processes of their own on loopback, both kinds by turns.

import { type ChildProcess, fork } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makeCertificate } from '../support/certificates.ts';
import { installPackage } from './install-package.ts';
import { ended, told } from './peer.ts';
import { machine, median, replaceReport } from './report.ts';

/** `memory`: ours without the socket's descriptor. */
type Library = 'ours' | 'node' | 'memory';

interface Task {
  readonly role: string;
  readonly lib: Library;
  readonly port?: number;
  readonly total?: number;
  readonly count?: number;
}

const bulkBytes = 2 ** 31;
const handshakes = 3000;
const idleConnections = 10_000;
// each of ours has two descriptors, and many systems let a process have no more than 20,000
const idleServers = 2;
const contexts = 200;

interface Bench {
  readonly dir: string;
  readonly credential: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Runs the benchmark and writes its table into docs/benchmarks.md. */
export async function benchTls(rounds: number): Promise<string> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-bench-'));
  try {
    await installPackage(dir);
    await copyFile(new URL('programs/tls-peer.mjs', import.meta.url), path.join(dir, 'tls-peer.mjs'));
    const leaf = await makeCertificate(dir, {
      subject: '/CN=localhost',
      extensions: ['basicConstraints=critical,CA:TRUE', 'subjectAltName=DNS:localhost'],
    });
    const key = await readFile(leaf.keyFile, 'utf8');
    const text = await report({ dir, credential: { ca: leaf.pem, cert: leaf.pem, key } }, rounds);
    await replaceReport('tls', text);
    return text;
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

function begin(bench: Bench, task: Task): ChildProcess {
  const words = [JSON.stringify({ ...task, ...bench.credential })];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  return fork(path.join(bench.dir, 'tls-peer.mjs'), words, {
    execArgv: ['--expose-gc'],
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** A task against a server of a kind; and what that server then weighs. */
async function against(
  bench: Bench,
  server: Library,
  task: Task,
): Promise<{ value: number; serverRss: number }> {
  const listening = begin(bench, { role: 'server', lib: server, total: task.total ?? 0 });
  const port = await told<number>(listening);
  const client = begin(bench, { ...task, port });
  const value = await told<number>(client);
  listening.send('weigh');
  const serverRss = await told<number>(listening);
  await Promise.all([ended(client), ended(listening)]);
  return { value, serverRss };
}

async function alone(bench: Bench, task: Task): Promise<number[]> {
  const child = begin(bench, task);
  const value = await told<number[]>(child);
  await ended(child);
  return value;
}

type Pair = readonly [client: Library, server: Library];
const own: readonly Pair[] = [
  ['node', 'node'],
  ['ours', 'ours'],
];
const overMemory: Pair = ['memory', 'memory'];
const mixed: readonly Pair[] = [
  ['ours', 'node'],
  ['node', 'ours'],
];

/** Each round measures every pair once; who goes first changes. */
async function byTurns(pairs: readonly Pair[], rounds: number, one: (pair: Pair) => Promise<number>) {
  const values = pairs.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < pairs.length; turn++) {
      const index = (round + turn) % pairs.length;
      values[index]?.push(await one(pairs[index] as Pair));
    }
  return values.map(median);
}

/** Of the figures of every pair: node's own, and ours over memory. */
const withoutDescriptor = ([node = 0, ...others]: readonly number[]) => [node, others.at(-1) ?? 0];

const times = (value: number) => `${value.toFixed(2)} ×`;

async function report(bench: Bench, rounds: number): Promise<string> {
  const pairs = [...own, ...mixed, overMemory];
  const bulk = await byTurns(pairs, rounds, async ([client, server]) => {
    const { value } = await against(bench, server, { role: 'bulk', lib: client, total: bulkBytes });
    return bulkBytes / 1e9 / value;
  });
  const shake = (isResumed: boolean) =>
    byTurns(pairs, rounds, async ([client, server]) => {
      const task = { role: 'handshakes', lib: client, count: handshakes, total: isResumed ? 1 : 0 };
      return (await against(bench, server, task)).value;
    });
  const [full, resumed] = [await shake(false), await shake(true)];
  const context = await byTurns(
    own,
    rounds,
    async ([lib]) => (await alone(bench, { role: 'context', lib, count: contexts }))[0] as number,
  );
  const first = await byTurns(
    own,
    rounds,
    async ([client, server]) => (await against(bench, server, { role: 'first', lib: client })).value,
  );
  const idle = await byTurns(own, 1, async ([client, server]) => {
    const task = { role: 'idle', lib: client, count: idleConnections / idleServers };
    const each = Array.from({ length: idleServers }, () => against(bench, server, task));
    const sizes = (await Promise.all(each)).map(({ value, serverRss }) => value + serverRss);
    return sizes.reduce((sum, size) => sum + size) / 2 ** 20;
  });
  const row = (
    what: string,
    [node = 0, ours = 0, ...mixedPairs]: readonly number[],
    digits: number,
    goal: string,
    isLess = false,
  ) =>
    `| ${[
      what,
      ...[node, ours].map((value) => value.toFixed(digits)),
      times(isLess ? node / ours : ours / node),
      goal,
      mixedPairs.map((value) => value.toFixed(digits)).join(', '),
    ].join(' | ')} |`;
  return [
    `Machine: ${machine()}. Command: \`npm run bench -- tls --rounds ${rounds}\`; medians of ${rounds}, memory once.`,
    '',
    '| what | node:tls | tsopenssl | ratio | goal | ours to node, node to ours |',
    '| --- | --- | --- | --- | --- | --- |',
    row('2 GiB one way over one connection, GB/s', bulk.slice(0, 4), 2, '2 ×'),
    row('full handshakes a second, P-256 and X25519, 8 at once', full.slice(0, 4), 0, '1.5 ×'),
    row('resumed handshakes a second, 8 at once', resumed.slice(0, 4), 0, '1.5 ×'),
    row('one way, without the descriptor of the socket, GB/s', withoutDescriptor(bulk), 2, '0.9 ×'),
    row('full handshakes a second, without it', withoutDescriptor(full), 0, '0.9 ×'),
    row('resumed handshakes a second, without it', withoutDescriptor(resumed), 0, '0.9 ×'),
    row('a context with the embedded CA bundle, ms', context, 3, '100 ×', true),
    row('a fresh context and the first verification, ms', first, 1, '', true),
    row('memory of 10,000 idle connections, both sides, two processes each, MiB', idle, 0, 'no more', true),
  ].join('\n');
}
