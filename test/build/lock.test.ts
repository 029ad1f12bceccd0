import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { BuildError } from '../../build/errors.ts';
import { takeLock } from '../../build/lock.ts';
import { checkout } from '../support/builder.ts';
import { temporaryFolder } from '../support/folder.ts';

test('a second build waits until the first gives the lock back', async (t) => {
  const dir = await temporaryFolder(t);
  const order: string[] = [];
  const release = await takeLock(dir, () => t.fail('nobody else holds it'));
  const waiting = takeLock(dir, () => order.push('told to wait')).then((releaseSecond) => {
    order.push('second has it');
    return releaseSecond;
  });
  await sleep(1500);
  order.push('first gives it back');
  await release();
  await (await waiting)();
  t.deepEqual(order, ['told to wait', 'first gives it back', 'second has it']);
});

test('the lock goes with a process that is killed', async (t) => {
  const dir = await temporaryFolder(t);
  const program = `import { takeLock } from './build/lock.ts'; await takeLock(${JSON.stringify(dir)}, () => {}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    cwd: checkout,
  });
  await once(child.stdout, 'data');
  let waited = false;
  const taken = takeLock(dir, () => {
    waited = true;
  });
  await sleep(1000);
  t.true(waited, 'it is held while the process lives');
  child.kill('SIGKILL');
  await (await taken)();
  t.pass();
});

test('a cache folder that cannot be made is a clear error', async (t) => {
  const dir = await temporaryFolder(t);
  await writeFile(path.join(dir, 'file'), '');
  const error = await t.throwsAsync(
    takeLock(path.join(dir, 'file/cache'), () => {}),
    { instanceOf: BuildError },
  );
  t.is(error?.code, 'ERR_NOT_WRITABLE');
  t.regex(
    error?.message ?? '',
    /wanted a folder that this user may write, got .*; choose another with --cache or --out/,
  );
});
