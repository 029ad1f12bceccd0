// The tests' own Windows: what the other tests in this folder rely on.

import { existsSync } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../../build/process.ts';
import {
  linuxPath,
  runWine,
  startServices,
  windowsPath,
  wine64,
  wineEnvironment,
  wineRoot,
  wineSettled,
} from '../../support/wine.ts';

test('gives each test a Windows 10 of its own', async (t) => {
  const [one, other] = [await wineRoot(t), await wineRoot(t)];
  const version = await runWine(one, ['cmd', '/c', 'ver']);
  t.regex(version.stdout, /Microsoft Windows 10\./);

  const key = ['HKLM\\Software\\Mark', '/v', 'x', '/d', 'left'];
  t.is((await runWine(one, ['reg', 'add', ...key, '/f'])).exitCode, 0);
  await writeFile(linuxPath(one, 'C:\\mark.txt'), 'left');
  await wineSettled(one);

  t.regex((await runWine(one, ['reg', 'query', 'HKLM\\Software\\Mark'])).stdout, /left/);
  t.is((await runWine(other, ['reg', 'query', 'HKLM\\Software\\Mark'])).exitCode, 1);
  t.regex(await readFile(path.join(one.dir, 'system.reg'), 'utf8'), /"x"="left"/);
  t.notRegex(await readFile(path.join(other.dir, 'system.reg'), 'utf8'), /"x"="left"/);
  await t.throwsAsync(access(linuxPath(other, 'C:\\mark.txt')), { code: 'ENOENT' });
});

test('hands a program its input, variables, folder and quoted words, and answers what it wrote', async (t) => {
  const root = await wineRoot(t);
  await writeFile(
    path.join(root.driveC, 'p.cmd'),
    '@echo off\r\nset /p read=\r\necho %CD% %GIVEN% %read% %1\r\necho bad>&2\r\nexit /b 7\r\n',
  );
  const result = await runWine(root, ['cmd', '/c', 'C:\\p.cmd', 'two words'], {
    cwd: root.driveC,
    env: { GIVEN: 'a b' },
    input: 'typed\r\n',
  });
  t.is(result.exitCode, 7);
  t.is(result.stdout, 'C:\\ a b typed "two words"\r\n');
  t.is(result.stderr.trim(), 'bad');
});

test("keeps what wine's services say out of what a program says", async (t) => {
  for (const isStarted of [true, false]) {
    const { dir } = await wineRoot(t);
    // services trace what they load
    const env = { ...wineEnvironment(dir), WINEDEBUG: '+service' };
    const program = `'${wine64}' cmd /c exit </dev/null >/dev/null 2>'${dir}/err'`;
    const lines = isStarted ? [startServices(dir), program] : [program];
    await run(['sh', '-c', lines.join('\n')], { env });
    const [said, log] = [await readFile(`${dir}/err`, 'utf8'), await readIfThere(`${dir}/services.log`)];
    t.regex(isStarted ? log : said, /trace:service:/);
    t.notRegex(isStarted ? said : log, /trace:service:/);
  }
});

async function readIfThere(file: string): Promise<string> {
  return existsSync(file) ? await readFile(file, 'utf8') : '';
}

test('ends a program that does not end', async (t) => {
  const root = await wineRoot(t);
  await t.throwsAsync(runWine(root, ['cmd', '/c', ':a\r\ngoto a'], { timeoutMs: 10 }), {
    message: /^cmd .*: did not end within 0\.01 s/s,
  });
});

test('writes paths in the notation of Windows and back', async (t) => {
  const root = { dir: '/w', driveC: '/w/drive_c' };
  t.is(windowsPath(root, '/w/drive_c/a/b c'), 'C:\\a\\b c');
  t.is(windowsPath(root, '/x/y'), 'Z:\\x\\y');
  t.is(linuxPath(root, 'c:\\a\\b c'), '/w/drive_c/a/b c');
  t.throws(() => linuxPath(root, 'Z:\\x'), {
    instanceOf: TypeError,
    message: 'Expected a path on drive C for file, got Z:\\x',
  });
});
