// Compiler launchers: distcc against two daemons on loopback, whose logs prove the remote jobs. OpenSSL is compiled from its
// whole source with most algorithms left out, which still takes hundreds of jobs, and the addon from nearly empty sources.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { baseEnvironment, run } from '../../../build/process.ts';
import { linkCache, linkMirror, startBuilder } from '../../support/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { freePort } from '../../support/free-port.ts';
import { reducedCheckout } from '../../support/small/checkout.ts';

interface Daemon {
  readonly port: number;
  readonly log: string;
  readonly child: ChildProcess;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const outcome = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return outcome;
}

async function startDaemon(t: ExecutionContext, log: string): Promise<Daemon> {
  const port = await freePort();
  const argv = [
    '--daemon',
    '--no-detach',
    '--listen',
    '127.0.0.1',
    '--port',
    String(port),
    '--allow',
    '127.0.0.1',
  ];
  const more = ['--jobs', '2', '--log-file', log, '--log-level', 'info', '--enable-tcp-insecure'];
  const child = spawn('distccd', [...argv, ...more], { stdio: 'ignore', env: baseEnvironment() });
  t.teardown(() => child.kill());
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries === 50) throw new Error(`distccd does not answer on port ${port}`);
    await sleep(100);
  }
  return { port, log, child };
}

async function remoteJobs({ log }: Daemon): Promise<number> {
  return ((await readFile(log, 'utf8')).match(/COMPILE_OK/g) ?? []).length;
}

test('distcc compiles OpenSSL on two daemons, the result is packed, and without them the build fails', async (t) => {
  const folder = await temporaryFolder(t);
  // distccd gives up root, and must be able to write its log
  await run(['chmod', '1777', folder]);
  const cache = path.join(folder, 'cache');
  const mirror = path.join(folder, 'mirror');
  await mkdir(cache);
  await mkdir(path.join(folder, 'distcc'));
  await linkMirror(mirror);
  const root = await reducedCheckout();
  const builder = (args: readonly string[], env?: Readonly<Record<string, string>>) =>
    startBuilder(args, env, root).finished;
  await linkCache(cache, []);
  const daemons = [
    await startDaemon(t, path.join(folder, 'one.log')),
    await startDaemon(t, path.join(folder, 'two.log')),
  ];
  const env = {
    DISTCC_HOSTS: daemons.map(({ port }) => `127.0.0.1:${port}/2`).join(' '),
    DISTCC_DIR: path.join(folder, 'distcc'),
    DISTCC_FALLBACK: '0',
    DISTCC_SKIP_LOCAL_RETRY: '1',
  };
  const args = ['--toolchain', 'host', '--until', 'compile', '--cache', cache, '--mirror', mirror];
  const { code, stdout, stderr } = await builder([...args, '--launcher', 'distcc', '--jobs', '4'], env);
  t.is(code, 0, stderr);
  t.true(existsSync(path.join(stdout.trim(), 'lib/libcrypto.so.3')));
  const jobs = await Promise.all(daemons.map(remoteJobs));
  t.log(`remote jobs: ${jobs.join(' and ')}`);
  for (const count of jobs) t.true(count > 100, `wanted more than 100 jobs on each daemon, got ${count}`);

  const out = path.join(folder, 'dist');
  const whole = [
    '--toolchain',
    'host',
    '--format',
    'tar.xz',
    '--cache',
    cache,
    '--mirror',
    mirror,
    '--out',
    out,
  ];
  const packed = await builder(whole);
  t.is(packed.code, 0, packed.stderr);
  t.regex(packed.stderr, /^ {2}compile-linux-x64 .* kept$/m, 'what was compiled elsewhere is what is packed');
  t.regex(packed.stderr, /^ {2}validate-linux-x64 .* done$/m);

  for (const { child } of daemons) child.kill();
  await Promise.all(daemons.map(({ child }) => (child.exitCode ?? child.signalCode) || once(child, 'exit')));
  const [key = ''] = await readdir(path.join(cache, 'steps/compile-linux-x64')).then((keys) =>
    keys.filter((one) => stdout.includes(one)),
  );
  await run(['rm', '-rf', path.join(cache, 'steps/compile-linux-x64', key)]);
  const alone = await builder([...args, '--launcher', 'distcc'], env);
  t.is(alone.code, 1, 'with no daemon nothing is compiled');
  t.regex(alone.stderr, /ERR_PROCESS: make/);
});
