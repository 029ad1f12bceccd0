// Streams of TLS for a long time, and many at once: a hundred thousand handshakes, half of them resumed, and four times five thousand
// connections leave nothing behind.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { entry, runProgram } from '../support/addon.ts';
import { ca, identity } from '../support/tls-server.ts';

interface Use {
  /** Resident, in MB. */
  readonly memory: number;
  readonly descriptors: number;
}

/** How a program says what it uses. */
const use = `
const { readdirSync } = await import('node:fs');
const use = async () => {
  // finalizers free OpenSSL's memory in later turns of the event loop
  for (let times = 0; times < 3; times++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    globalThis.gc();
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { memory: Math.round(process.memoryUsage.rss() / 1e6), descriptors: readdirSync('/proc/self/fd').length };
};
`;

/** Connects `count` times, 8 at once, and says what is in use after a fifth and in the end; `kept` holds on to each. */
const shakeHands = (count: number, kept: boolean) => `
const { tls } = await import(entry);
${use}
const held = [];
const server = tls.createServer(${JSON.stringify(identity())}, (socket) => {
  socket.on('error', () => {}).resume().write('x');
  if (${kept}) held.push(socket);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const secureContext = tls.createSecureContext({ ca: ${JSON.stringify(ca)} });
let resumed = 0;
const some = async (number) => {
  let left = number;
  const one = async () => {
    let session;
    while (left-- > 0) {
      const socket = await tls.connect({
        host: '127.0.0.1', port: server.address().port, secureContext, servername: 'localhost',
        ...(left % 2 === 0 && session !== undefined ? { session } : {}),
      });
      if (socket.isSessionReused()) resumed += 1;
      // tickets come with the first data
      await new Promise((resolve) => socket.once('data', resolve));
      session = socket.getSession();
      // in order, and not
      if (left % 4 < 2) socket.destroy();
      else await new Promise((resolve) => socket.end().on('close', resolve));
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
};
await some(${count} * 0.2);
const early = await use();
await some(${count} * 0.8);
console.log(JSON.stringify({ early, late: await use(), resumed }));
process.exit();
`;

async function growth(count: number, kept = false) {
  const { exitCode, stdout, stderr } = await runProgram(shakeHands(count, kept), {
    nodeArguments: ['--expose-gc'],
  });
  if (exitCode !== 0) throw new Error(stderr);
  const { early, late, resumed } = JSON.parse(stdout) as { early: Use; late: Use; resumed: number };
  return { memory: late.memory - early.memory, descriptors: late.descriptors - early.descriptors, resumed };
}

test('a hundred thousand handshakes leave nothing behind, and what is kept does', async (t) => {
  const { memory, descriptors, resumed } = await growth(100_000);
  t.log(`${memory} MB and ${descriptors} descriptors after 80,000 handshakes; ${resumed} of 100,000 resumed`);
  t.true(memory < 20, String(memory));
  t.true(Math.abs(descriptors) <= 2, String(descriptors));
  t.true(resumed > 45_000, String(resumed));
  const kept = await growth(10_000, true);
  t.true(kept.memory > 20, String(kept.memory));
});

/** An echo server in its own process. A line on its stdin makes it print its memory and descriptors. */
async function startServer(
  t: ExecutionContext,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const program = `
    import { tls } from ${JSON.stringify(entry)};
    ${use}
    const server = tls.createServer(${JSON.stringify(identity())}, (socket) => socket.on('error', () => {}).pipe(socket));
    server.listen(0, '127.0.0.1', 5000, () => console.log(server.address().port));
    process.stdin.on('data', async () => console.log(JSON.stringify(await use())));
  `;
  const words = ['--expose-gc', '--input-type=module', '-e', program];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => child.kill());
  const [line] = await once(child.stdout, 'data');
  return { child, port: Number(String(line)) };
}

/** Opens `count` connections, which all are there at once, and closes them; four times. What is in use after the second and the last. */
const openMany = (port: number, count: number, kept: boolean) => `
const { tls } = await import(entry);
${use}
const secureContext = tls.createSecureContext({ ca: ${JSON.stringify(ca)} });
const held = [];
const round = async () => {
  const sockets = [];
  const one = async () => {
    while (sockets.length < ${count}) {
      const made = tls.connect({ host: '127.0.0.1', port: ${port}, secureContext, servername: 'localhost' });
      sockets.push(made);
      await made;
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
  const all = await Promise.all(sockets);
  if (${kept}) held.push(...all);
  const most = readdirSync('/proc/self/fd').length;
  await Promise.all(all.map((socket) => new Promise((resolve) => { socket.once('data', resolve); socket.write('x'); })));
  await Promise.all(all.map((socket) => new Promise((resolve) => socket.end().on('close', resolve))));
  return most;
};
const most = await round();
// what malloc keeps for the next is there after the second
await round();
const early = await use();
await round();
await round();
console.log(JSON.stringify({ most, early, late: await use() }));
process.exit();
`;

test('five thousand connections at once, four times: both sides are as they were', async (t) => {
  const open = async (count: number, kept = false) => {
    const program = openMany(port, count, kept);
    const { exitCode, stdout, stderr } = await runProgram(program, { nodeArguments: ['--expose-gc'] });
    if (exitCode !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as { readonly most: number; readonly early: Use; readonly late: Use };
  };
  const { child, port } = await startServer(t);
  const ask = async (): Promise<Use> => {
    child.stdin?.write('\n');
    const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
    return JSON.parse(String(line)) as Use;
  };
  const before = await ask();
  const { most, early, late } = await open(5000);
  const after = await ask();
  t.log(`client ${early.memory} and ${late.memory} MB, server ${before.memory} and ${after.memory} MB`);
  t.true(most >= 5000, `${most} descriptors while they were there`);
  t.true(late.descriptors <= early.descriptors + 2 && late.descriptors < 100, String(late.descriptors));
  t.true(after.descriptors <= before.descriptors + 2, String(after.descriptors));
  t.true(late.memory - early.memory < 30, `${early.memory} MB, ${late.memory} MB`);
  // the control: a program that holds on to connections that are closed
  const kept = await open(1000, true);
  t.true(kept.late.memory - kept.early.memory > 30, JSON.stringify(kept));
});
