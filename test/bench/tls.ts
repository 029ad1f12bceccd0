// TLS of this package against node:tls, and against plain C over the same OpenSSL: client and server in processes of their own on
// loopback, all kinds by turns.

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../build/process.ts';
import { makeCertificate } from '../support/certificates.ts';
import { builderCompiler } from '../support/compiler.ts';
import { installPackage } from './install-package.ts';
import { ended, told } from './peer.ts';
import { machine, median, replaceReport } from './report.ts';

/** `memory`: ours without the socket's descriptor; `c`: a plain C program. */
type Library = 'ours' | 'node' | 'memory' | 'c';

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
  /** The same in files, for the C program. */
  readonly certFile: string;
  readonly keyFile: string;
  /** The C program. */
  readonly program: string;
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
    const certFile = path.join(dir, 'peer-certificate.pem');
    await writeFile(certFile, leaf.pem);
    const program = await compilePeer(dir);
    const credential = { ca: leaf.pem, cert: leaf.pem, key };
    const text = await report({ dir, credential, program, certFile, keyFile: leaf.keyFile }, rounds);
    await replaceReport('tls', text);
    return text;
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Compiles the C program with the builder's compiler, against the OpenSSL that the addon holds. */
async function compilePeer(dir: string): Promise<string> {
  const { openssl, compile } = await builderCompiler();
  const source = fileURLToPath(new URL('programs/tls-peer.c', import.meta.url));
  const archives = ['libssl.a', 'libcrypto.a'].map((name) => path.join(openssl, 'lib', name));
  const program = path.join(dir, 'tls-peer');
  const words = [
    '-O3',
    '-s',
    `-I${openssl}/include`,
    source,
    '-o',
    program,
    ...archives,
    '-lpthread',
    '-ldl',
  ];
  await compile('zig-cc', words, dir);
  return program;
}

/** A task of the C program against its own server. */
async function againstC(bench: Bench, { role, total = 0, count = 0 }: Task): Promise<number> {
  const { program, certFile, keyFile } = bench;
  const server = spawn(program, ['server', certFile, keyFile, String(role === 'bulk' ? total : 0)]);
  try {
    const [line] = await once(server.stdout, 'data');
    const numbers = role === 'bulk' ? [total] : [count, total];
    const { stdout } = await run([program, role, String(line).trim(), certFile, ...numbers.map(String)]);
    return Number(stdout);
  } finally {
    server.kill();
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
  if (server === 'c') return { value: await againstC(bench, task), serverRss: 0 };
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
const inC: Pair = ['c', 'c'];
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
const withoutDescriptor = ([node = 0, , , , memory = 0]: readonly number[]) => ({ node, ours: memory });

const allFigures = ([node = 0, ours = 0, toNode = 0, toOurs = 0, , c = 0]: readonly number[]) => ({
  node,
  ours,
  c,
  mixed: [toNode, toOurs],
});
const ownFigures = ([node = 0, ours = 0]: readonly number[]) => ({ node, ours });

interface Figures {
  readonly node: number;
  readonly ours: number;
  readonly c?: number;
  /** Ours to node, node to ours. */
  readonly mixed?: readonly number[];
}

const times = (value: number) => `${value.toFixed(2)} ×`;

async function report(bench: Bench, rounds: number): Promise<string> {
  const pairs = [...own, ...mixed, overMemory, inC];
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
    { node, ours, c, mixed: mixedPairs = [] }: Figures,
    digits: number,
    goal: string,
    isLess = false,
  ) =>
    `| ${[
      what,
      ...[node, ours].map((value) => value.toFixed(digits)),
      times(isLess ? node / ours : ours / node),
      goal,
      c === undefined ? '' : c.toFixed(digits),
      c === undefined ? '' : times(ours / c),
      mixedPairs.map((value) => value.toFixed(digits)).join(', '),
    ].join(' | ')} |`;
  return [
    `Machine: ${machine()}. Command: \`npm run bench -- tls --rounds ${rounds}\`; medians of ${rounds}, memory once.`,
    '',
    '| what | node:tls | tsopenssl | ratio | goal | plain C | of plain C | ours to node, node to ours |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    row('2 GiB one way over one connection, GB/s', allFigures(bulk), 2, '2 ×'),
    row('full handshakes a second, P-256 and X25519, 8 at once', allFigures(full), 0, '1.5 ×'),
    row('resumed handshakes a second, 8 at once', allFigures(resumed), 0, '1.5 ×'),
    row('one way, without the descriptor of the socket, GB/s', withoutDescriptor(bulk), 2, '0.9 ×'),
    row('full handshakes a second, without it', withoutDescriptor(full), 0, '0.9 ×'),
    row('resumed handshakes a second, without it', withoutDescriptor(resumed), 0, '0.9 ×'),
    row('a context with the embedded CA bundle, ms', ownFigures(context), 3, '100 ×', true),
    row('a fresh context and the first verification, ms', ownFigures(first), 1, '', true),
    row('memory of 10,000 idle connections, two processes a side, MiB', ownFigures(idle), 0, 'no more', true),
  ].join('\n');
}
