import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { BuildError } from '../../build/errors.ts';
import { takeLock, tryLock } from '../../build/lock.ts';
import { checkout } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

const nobodyWaits = () => {
  throw new Error('nobody else has it');
};

test('a second build waits until the first gives the lock back', async (t) => {
  const dir = await temporaryFolder(t);
  const order: string[] = [];
  const release = await takeLock(dir, 'step', nobodyWaits);
  let told: () => void = () => undefined;
  const isTold = new Promise<void>((resolve) => {
    told = resolve;
  });
  const waiting = takeLock(dir, 'step', () => {
    order.push('told to wait');
    told();
  }).then((releaseSecond) => {
    order.push('second has it');
    return releaseSecond;
  });
  await isTold;
  await sleep(500);
  order.push('first gives it back');
  await release();
  await (await waiting)();
  t.deepEqual(order, ['told to wait', 'first gives it back', 'second has it']);
  t.deepEqual(await readdir(path.join(dir, 'locks')), [], 'no file of a lock stays');
});

test('locks of different names do not wait for each other', async (t) => {
  const dir = await temporaryFolder(t);
  const one = await takeLock(dir, 'one', nobodyWaits);
  const other = await takeLock(dir, 'other', nobodyWaits);
  await one();
  await other();
  t.pass();
});

test('of many that want one lock each has it alone, although its file is made and removed each time', async (t) => {
  const dir = await temporaryFolder(t);
  let holders = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const release = await takeLock(dir, 'step', () => undefined);
      holders++;
      most = Math.max(most, holders);
      await sleep(20);
      holders--;
      await release();
    }),
  );
  t.is(most, 1);
});

test('tryLock does not wait for a lock that another process has', async (t) => {
  const dir = await temporaryFolder(t);
  const release = await takeLock(dir, 'step', nobodyWaits);
  t.is(await tryLock(dir, 'step'), undefined);
  await release();
  const second = await tryLock(dir, 'step');
  t.not(second, undefined);
  await second?.();
});

test('the lock and its file go with a process that is killed', async (t) => {
  const dir = await temporaryFolder(t);
  const program = `import { takeLock } from './build/lock.ts'; await takeLock(${JSON.stringify(dir)}, 'step', () => {}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    cwd: checkout,
  });
  await once(child.stdout, 'data');
  let told: () => void = () => undefined;
  const isTold = new Promise<void>((resolve) => {
    told = resolve;
  });
  const taken = takeLock(dir, 'step', told);
  await isTold;
  child.kill('SIGKILL');
  await (await taken)();
  t.deepEqual(await readdir(path.join(dir, 'locks')), []);
});

test('a cache folder that cannot be made is a clear error', async (t) => {
  const dir = await temporaryFolder(t);
  await writeFile(path.join(dir, 'file'), '');
  const error = await t.throwsAsync(takeLock(path.join(dir, 'file/cache'), 'step', nobodyWaits), {
    instanceOf: BuildError,
  });
  t.is(error?.code, 'ERR_NOT_WRITABLE');
  t.regex(
    error?.message ?? '',
    /file\/cache\/locks: wanted a folder that this user may write, got .*; choose another with --cache or --out/,
  );
});
