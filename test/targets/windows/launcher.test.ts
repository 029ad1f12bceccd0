// The launcher for Windows in a folder of its own, with a stand-in for what it starts.

import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type RunResult, run } from '../../../build/process.ts';
import { checkout } from '../../support/artifacts.ts';
import { windowsNodes } from '../../support/nodes.ts';
import { runWine, type WineRoot, windowsPath, wineRoot } from '../../support/wine.ts';

/** Prints its arguments, one a line. */
const standIn = `#include <stdio.h>
int main(int count, char **words) { for (int at = 1; at < count; at++) printf("[%s]\\n", words[at]); return 7; }`;

interface Prefix {
  readonly root: WineRoot;
  /** The folder as Windows names it, with what cmd could misread in its name; no %, which wine's cmd reads twice. */
  readonly prefix: string;
  /** Types a line in a shell. */
  type(line: string, searched?: string): Promise<RunResult>;
}

async function makePrefix(t: ExecutionContext): Promise<Prefix> {
  const root = await wineRoot(t);
  const dir = path.join(root.driveC, "pre fix (x86) & it's ^ !a!");
  await mkdir(path.join(dir, 'bin'), { recursive: true });
  await mkdir(path.join(dir, 'node_modules/tsopenssl/lib'), { recursive: true });
  const launcher = path.join(dir, 'bin/tsopenssl.cmd');
  await copyFile(path.join(checkout, 'platform/windows/tsopenssl.cmd'), launcher);
  await writeFile(path.join(root.dir, 'show.c'), standIn);
  await run([
    'x86_64-w64-mingw32-gcc',
    '-o',
    path.join(dir, 'bin/openssl.exe'),
    path.join(root.dir, 'show.c'),
  ]);
  const cli =
    "console.log(process.argv.slice(2).map((word) => '[' + word + ']').join('\\n')); process.exitCode = 7;";
  await writeFile(path.join(dir, 'node_modules/tsopenssl/lib/cli.js'), cli);
  return {
    root,
    prefix: windowsPath(root, dir),
    async type(line, searched) {
      const command = windowsPath(root, launcher);
      await writeFile(path.join(root.driveC, 'typed.cmd'), `@"${command}" ${line}\r\n`);
      const env: Record<string, string> = searched === undefined ? {} : { WINEPATH: searched };
      return runWine(root, ['cmd', '/c', 'C:\\typed.cmd'], { env });
    },
  };
}

const lines = (...words: readonly string[]) => words.map((word) => `${word}\r\n`).join('');

test('hands the words behind openssl on as they were typed, and answers its exit code', async (t) => {
  const { type } = await makePrefix(t);
  const table: readonly (readonly [line: string, words: readonly string[]])[] = [
    ['openssl version -a', ['version', '-a']],
    ['openssl', []],
    ['"openssl" "x y" openssl', ['x y', 'openssl']],
    ['openssl req -subj /CN=a,b;c x=y', ['req', '-subj', '/CN=a,b;c', 'x=y']],
    ['openssl "p&q r" "g|h" "<i>" "c^d" (f) !e!', ['p&q r', 'g|h', '<i>', 'c^d', '(f)', '!e!']],
    ['openssl "" \'a\' * ?', ['', "'a'", '*', '?']],
  ];
  for (const [line, words] of table) {
    const wanted = { exitCode: 7, stdout: lines(...words.map((word) => `[${word}]`)), stderr: '' };
    t.deepEqual(await type(line), wanted, line);
  }
});

test('prints the path of a bundle without node', async (t) => {
  const { type, prefix } = await makePrefix(t);
  const bundles = `${prefix}\\node_modules\\tsopenssl\\ca-bundles`;
  const answer = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });
  t.deepEqual(await type('ca-bundle path'), answer(lines(`${bundles}\\ca-bundle.crt`)));
  const purposes = {
    any: 'ca-bundle',
    server: 'ca-bundle-server',
    serverAuthentication: 'ca-bundle-server',
    email: 'ca-bundle-email',
    emailProtection: 'ca-bundle-email',
    codesigning: 'ca-bundle-codesigning',
    codeSigning: 'ca-bundle-codesigning',
  };
  for (const [purpose, name] of Object.entries(purposes)) {
    t.deepEqual(
      await type(`ca-bundle path --purpose ${purpose}`),
      answer(lines(`${bundles}\\${name}.crt`)),
      purpose,
    );
  }
  t.deepEqual(
    await type('ca-bundle path --purpose=server'),
    answer(lines(`${bundles}\\ca-bundle-server.crt`)),
  );
  const json = await type('ca-bundle path --json --purpose email');
  t.deepEqual(JSON.parse(json.stdout), {
    purpose: 'emailProtection',
    path: `${bundles}\\ca-bundle-email.crt`,
  });
});

test('says which Node.js it wants where there is none, and what works without', async (t) => {
  const { type } = await makePrefix(t);
  for (const line of [
    'info',
    '',
    'ca-bundle path --purpose bad',
    'ca-bundle path --more',
    'ca-bundle list',
  ]) {
    const { exitCode, stdout, stderr } = await type(line);
    t.deepEqual([exitCode, stdout], [1, ''], line);
    t.regex(stderr, /^tsopenssl: wanted Node\.js 20\.19 or later, found none; install it/);
    t.regex(stderr, /\[--purpose any\|server\|email\|codesigning\] \[--json\]\r\n$/);
  }
});

test('leaves everything else to the command for Node.js, and takes node from PATH alone', async (t) => {
  const { root, type } = await makePrefix(t);
  const [oldest] = await windowsNodes();
  const node = path.join(root.driveC, 'some node (x86)');
  await mkdir(node);
  await copyFile(oldest?.node ?? '', path.join(node, 'node.exe'));
  const answer = await type('info "a b" c=d --x', windowsPath(root, node));
  t.deepEqual(answer, { exitCode: 7, stdout: '[info]\n[a b]\n[c=d]\n[--x]\n', stderr: '' });

  await copyFile(oldest?.node ?? '', path.join(root.driveC, 'node.exe'));
  const planted = await runWine(root, ['cmd', '/c', 'C:\\typed.cmd'], { cwd: root.driveC });
  t.is(planted.exitCode, 1);
  t.regex(planted.stderr, /found none/);
});

test('refuses a Node.js that is too old', async (t) => {
  const { root, type } = await makePrefix(t);
  const [oldest] = await windowsNodes();
  const node = path.join(root.driveC, 'old');
  await mkdir(node);
  await copyFile(oldest?.node ?? '', path.join(node, 'node.exe'));
  const pretending = path.join(node, 'pretend.cjs');
  const use = async (version: string) => {
    await writeFile(
      pretending,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );
    await writeFile(
      path.join(root.driveC, 'set.cmd'),
      '@set NODE_OPTIONS=--require C:\\old\\pretend.cjs\r\n@C:\\typed.cmd\r\n',
    );
    await type('info', windowsPath(root, node));
    return runWine(root, ['cmd', '/c', 'C:\\set.cmd'], { env: { WINEPATH: windowsPath(root, node) } });
  };
  for (const version of ['18.20.0', '20.18.3', '9.0.0']) {
    const { exitCode, stdout, stderr } = await use(version);
    t.deepEqual([exitCode, stdout], [1, ''], version);
    t.is(
      stderr.trim(),
      `tsopenssl: wanted Node.js 20.19 or later, found ${version}; install it, or put it first in PATH`,
    );
  }
  for (const version of ['20.19.0', '22.0.0', '100.1.0']) t.is((await use(version)).exitCode, 7, version);
});
