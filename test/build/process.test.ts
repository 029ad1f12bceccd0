import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { BuildError } from '../../build/errors.ts';
import { run } from '../../build/process.ts';
import { temporaryFolder } from '../support/folder.ts';

test('hands every word over as it is', async (t) => {
  const words = ['a b', '$(id)', "it's", '`id`', '"', '\\', '*', '', 'ä\n|', ';exit 7'];
  const { stdout } = await run(['printf', '%s\\0', ...words]);
  t.deepEqual(stdout.split('\0').slice(0, -1), words);
});

test('starts programs in an environment of its own', async (t) => {
  const { stdout } = await run(['env'], { env: { ADDED: 'yes' }, pathFirst: ['/first'] });
  const names = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('=')[0]);
  t.deepEqual(names.filter((name) => name !== '_' && name !== 'PWD').sort(), [
    'ADDED',
    'HOME',
    'LC_ALL',
    'PATH',
    'TZ',
  ]);
  t.regex(stdout, /^PATH=\/first:/m);
});

test('a program that fails shows its command, its status, its last 20 lines and where the log is', async (t) => {
  const dir = await temporaryFolder(t);
  const log = path.join(dir, 'logs/step.log');
  const failing = run(['sh', '-c', 'seq 1 30; exit 3'], { log });
  const error = await t.throwsAsync(failing, { instanceOf: BuildError });
  t.is(error?.code, 'ERR_PROCESS');
  const lines = error?.message.split('\n') ?? [];
  t.is(lines[0], 'sh -c seq 1 30; exit 3: exit status 3, wanted 0');
  t.deepEqual(
    lines.slice(1, -1),
    Array.from({ length: 20 }, (_, index) => String(index + 11)),
  );
  t.is(lines.at(-1), `The whole log: ${log}`);
  t.regex(await readFile(log, 'utf8'), /^1\n2\n/);
  t.is((await run(['false'], { allowFailure: true })).exitCode, 1);
});

test('a program that is not there, or that a signal ends, is an error too', async (t) => {
  await t.throwsAsync(run(['there-is-no-such-program']), { message: /exit status 127, wanted 0/ });
  await t.throwsAsync(run(['sh', '-c', 'kill -9 $$']), { message: /exit status (137|128), wanted 0/ });
});

test('a program that says that the disk is full is that error', async (t) => {
  const failing = run(['sh', '-c', 'echo "cc: error: No space left on device"; exit 1']);
  t.is((await t.throwsAsync(failing, { instanceOf: BuildError }))?.code, 'ERR_DISK_FULL');
});

test('a program gets its input, and need not read it', async (t) => {
  const input = 'x'.repeat(5e6);
  t.is((await run(['wc', '-c'], { input })).stdout.trim(), '5000000');
  for (let round = 0; round < 10; round++) t.is((await run(['true'], { input })).exitCode, 0);
  t.is((await run(['cat'])).stdout, '', 'without input there is none');
});
