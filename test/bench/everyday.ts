// Everyday work over TLS: first replies, small writes, requests, and what else a busy server does meanwhile. Every row runs this package
// and node:tls by turns, client and server in processes of their own.

import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeCertificate } from '../support/certificates.ts';
import { installPackage } from './install-package.ts';
import { ended, told } from './peer.ts';
import { machine, median, replaceReport } from './report.ts';

type Library = 'node' | 'ours';

interface Task {
  readonly role: 'server' | 'web' | 'writes' | 'pingpong' | 'firstReply' | 'requests' | 'flood' | 'pings';
  readonly size?: number;
  readonly count?: number;
  readonly noDelay?: boolean;
  readonly isKept?: boolean;
}

interface Bench {
  readonly dir: string;
  readonly credential: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** One row of the table, or several that one run measures: a figure for each of `names`. */
interface Row {
  readonly names: readonly string[];
  readonly digits: number;
  /** Whether less is better. */
  readonly isLatency?: boolean;
  readonly measure: (bench: Bench, library: Library) => Promise<readonly number[]>;
}

const megabyte = 1e6;

/** Client and server of a kind; the figure that the client tells. */
async function between(
  bench: Bench,
  [client, server]: readonly [Library, Library],
  serverTask: Task,
  clientTask: Task,
): Promise<number> {
  const listening = begin(bench, server, serverTask);
  const asking = begin(bench, client, { ...clientTask, port: await told<number>(listening) });
  const value = await told<number>(asking);
  await Promise.all([ended(asking), ended(listening)]);
  return value;
}

/** wrk asks as often as it can for three seconds. */
async function wrk(bench: Bench, library: Library, words: readonly string[]): Promise<number> {
  const server = begin(bench, library, { role: 'web', size: 100 });
  const port = await told<number>(server);
  const { stdout } = await promisify(execFile)('wrk', [
    '-t1',
    '-d3s',
    ...words,
    `https://127.0.0.1:${port}/`,
  ]);
  await ended(server);
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? [];
  if (rate === undefined) throw new Error(`wrk told no rate: ${stdout}`);
  return Number(rate);
}

/** The calls of the kernel that carry bytes and wait for them. */
const traced = '%network,read,write,readv,writev,close,epoll_wait,epoll_pwait,epoll_ctl';

/** Segments of TCP that this machine has sent. */
async function segmentsSent(): Promise<number> {
  const [names = '', values = ''] = (await readFile('/proc/net/snmp', 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'));
  return Number(values.split(' ')[names.split(' ').indexOf('OutSegs')]);
}

/** What `count` of a client's tasks cost: segments of both sides, and system calls of the server. */
async function costOf(
  bench: Bench,
  library: Library,
  serverTask: Task,
  clientTask: Task,
): Promise<readonly [segments: number, calls: number]> {
  const before = await segmentsSent();
  const file = path.join(bench.dir, 'system-calls');
  const server = begin(bench, library, serverTask, ['strace', '-f', '-c', `-e${traced}`, '-o', file]);
  const client = begin(bench, library, { ...clientTask, port: await told<number>(server) });
  await told(client);
  await ended(client);
  const exit = once(server, 'exit');
  server.send('end');
  await exit;
  const [, calls] =
    /^\s*100\.00\s+\S+\s+(?:\d+\s+)?(\d+)\s/m.exec((await readFile(file, 'utf8')).slice(-200)) ?? [];
  if (calls === undefined) throw new Error(`${file}: strace told no total`);
  return [(await segmentsSent()) - before, Number(calls)];
}

/**
 * What one of a client's tasks costs: many of them without what few cost, so that starting does not count.
 * @param timesEach - how many a client does for one that is counted
 */
function cost(what: string, serverTask: Task, clientTask: Task, few: number, timesEach = 1): Row {
  return {
    names: [`segments of TCP for ${what}`, `system calls of the server for ${what}`],
    digits: 1,
    isLatency: true,
    measure: async (bench, library) => {
      const [small, large] = [
        await costOf(bench, library, serverTask, { ...clientTask, count: few }),
        await costOf(bench, library, serverTask, { ...clientTask, count: few * 4 }),
      ];
      return [0, 1].map((index) => ((large[index] ?? 0) - (small[index] ?? 0)) / (few * 3 * timesEach));
    },
  };
}

/** One client sends as fast as it can, another one pings; the server's timers are watched. Both clients are node's. */
async function besideBusy(bench: Bench, library: Library): Promise<readonly number[]> {
  const server = begin(bench, library, { role: 'server', size: -1 });
  const port = await told<number>(server);
  const flood = begin(bench, 'node', { role: 'flood', port });
  await told(flood);
  server.send('begin');
  const pinging = begin(bench, 'node', { role: 'pings', port, count: 400 });
  const pings = await told<{ p99: number; max: number }>(pinging);
  server.send('report');
  const timers = await told<{ p99: number; max: number }>(server);
  await Promise.all([flood, pinging, server].map(ended));
  return [pings.p99, pings.max, timers.p99, timers.max];
}

function firstReply(name: string, noDelay: { readonly noDelay?: boolean }): Row {
  return {
    names: [name],
    digits: 2,
    isLatency: true,
    measure: async (bench, library) => [
      await between(
        bench,
        [library, library],
        { role: 'server', ...noDelay },
        { role: 'firstReply', count: 30, ...noDelay },
      ),
    ],
  };
}

function writes(name: string, size: number, count: number, unit: number, digits: number): Row {
  return {
    names: [name],
    digits,
    measure: async (bench, library) => {
      const pieces = await between(
        bench,
        [library, library],
        { role: 'server', size: size * count },
        { role: 'writes', size, count },
      );
      return [pieces * unit];
    },
  };
}

function requests(
  name: string,
  task: { readonly count: number; readonly isKept: boolean },
  server?: Library,
): Row {
  return {
    names: [name],
    digits: 0,
    measure: async (bench, library) => [
      await between(
        bench,
        [library, server ?? library],
        { role: 'web', size: 100 },
        { role: 'requests', ...task },
      ),
    ],
  };
}

const kept = { count: 6000, isKept: true };
const notKept = { count: 1500, isKept: false };

const rows: readonly Row[] = [
  firstReply('first reply of a new connection, ms', {}),
  firstReply('the same with noDelay, ms', { noDelay: true }),
  firstReply('the same without noDelay, ms', { noDelay: false }),
  writes('writes of 100 bytes a second, one way', 100, 400_000, 1, 0),
  writes('writes of 4 KiB, MB/s', 4096, 100_000, 4096 / megabyte, 0),
  writes('writes of 1 MiB, MB/s', 2 ** 20, 1000, 2 ** 20 / megabyte, 0),
  {
    names: ['round trips of 100 bytes a second'],
    digits: 0,
    measure: async (bench, library) => [
      await between(
        bench,
        [library, library],
        { role: 'server' },
        { role: 'pingpong', size: 100, count: 10_000 },
      ),
    ],
  },
  requests('https requests a second, 8 at once, kept', kept),
  requests("the same to node's server", kept, 'node'),
  requests('https requests a second, 8 at once, not kept', notKept),
  requests("the same to node's server", notKept, 'node'),
  {
    names: ['requests a second of `wrk -c32`, kept'],
    digits: 0,
    measure: async (bench, library) => [await wrk(bench, library, ['-c32'])],
  },
  {
    names: ['requests a second of `wrk -c8`, `Connection: close`'],
    digits: 0,
    measure: async (bench, library) => [await wrk(bench, library, ['-c8', '-H', 'Connection: close'])],
  },
  {
    names: [
      'a ping beside a connection that receives at full speed, p99, ms',
      'the same, maximum, ms',
      'delay of the timers of that server, p99, ms',
      'the same, maximum, ms',
    ],
    digits: 1,
    isLatency: true,
    measure: besideBusy,
  },
  cost('a connection with its first reply', { role: 'server' }, { role: 'firstReply' }, 60),
  // a third as many requests come before those that a client measures
  cost('a kept request', { role: 'web', size: 100 }, { role: 'requests', isKept: true }, 600, 4 / 3),
];

/** Runs the benchmark and writes its table into docs/benchmarks.md. */
export async function benchEveryday(rounds: number): Promise<string> {
  for (const program of ['wrk', 'strace']) await requireProgram(program);
  const dir = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-bench-'));
  try {
    await installPackage(dir);
    await copyFile(
      new URL('programs/everyday-peer.mjs', import.meta.url),
      path.join(dir, 'everyday-peer.mjs'),
    );
    const leaf = await makeCertificate(dir, {
      subject: '/CN=localhost',
      extensions: ['basicConstraints=critical,CA:TRUE', 'subjectAltName=DNS:localhost'],
    });
    const key = await readFile(leaf.keyFile, 'utf8');
    const bench = { dir, credential: { ca: leaf.pem, cert: leaf.pem, key } };
    const lines: string[] = [];
    for (const row of rows) lines.push(...(await measured(bench, row, rounds)));
    const text = [
      `Machine: ${machine()}. Command: \`npm run bench -- tls --only everyday --rounds ${rounds}\`; medians of ${rounds}.`,
      '',
      '| what | node:tls | tsopenssl | better by | goal |',
      '| --- | --- | --- | --- | --- |',
      ...lines,
    ].join('\n');
    await replaceReport('everyday', text);
    return text;
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function requireProgram(name: string): Promise<void> {
  await promisify(execFile)(name, ['-V']).catch((cause: { readonly code?: unknown }) => {
    // wrk ends with 1
    if (cause.code === 'ENOENT')
      throw new Error(`Expected ${name}, found it not: install it, apt-get install ${name}`, { cause });
  });
}

/** Who goes first changes with each round. */
async function measured(bench: Bench, row: Row, rounds: number): Promise<readonly string[]> {
  const values: Record<Library, (readonly number[])[]> = { node: [], ours: [] };
  for (let round = 0; round < rounds; round++) {
    const order: readonly Library[] = round % 2 === 0 ? ['node', 'ours'] : ['ours', 'node'];
    for (const library of order) values[library].push(await row.measure(bench, library));
  }
  return row.names.map((name, index) => {
    const [node, ours] = (['node', 'ours'] as const).map((library) =>
      median(values[library].map((each) => each[index] ?? Number.NaN)),
    ) as [number, number];
    const ratio = row.isLatency === true ? node / ours : ours / node;
    const goal = row.isLatency === true ? '1 ×' : '1.1 ×';
    return `| ${name} | ${node.toFixed(row.digits)} | ${ours.toFixed(row.digits)} | ${ratio.toFixed(2)} × | ${goal} |`;
  });
}

/** @param tracer - a program with its words that starts node */
function begin(
  bench: Bench,
  lib: Library,
  task: Task & { readonly port?: number },
  tracer: readonly string[] = [],
): ChildProcess {
  const [execPath = process.execPath, ...before] = [...tracer, process.execPath];
  const words = [JSON.stringify({ ...task, lib, ...bench.credential })];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  return fork(path.join(bench.dir, 'everyday-peer.mjs'), words, {
    execPath,
    execArgv: before,
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}
