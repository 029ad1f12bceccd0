// The sh launcher in folders of its own, with stand-ins for what it starts; test/addon/cli.test.ts runs the real ones.

import { access, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../../build/process.ts';
import { temporaryFolder } from '../../support/folder.ts';

const source = fileURLToPath(new URL('../../../platform/linux/launcher.sh', import.meta.url));

/** Prints its own path and its arguments, one a line. */
const standIn = '#!/bin/sh\nprintf "%s\\n" "$0" "$@"\nexit 7\n';

async function put(file: string, text: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o755 });
  return file;
}

/** A prefix in a folder whose name has blanks, letters beyond ASCII and what a shell could misread. */
async function makePrefix(
  t: ExecutionContext,
  name = "pré fix $HOME * it's/äöü",
): Promise<{ dir: string; prefix: string }> {
  const dir = await temporaryFolder(t);
  const prefix = path.join(dir, name);
  await put(path.join(prefix, 'bin/openssl'), standIn);
  await cp(source, path.join(prefix, 'bin/tsopenssl'));
  await put(path.join(prefix, 'node_modules/tsopenssl/lib/cli.js'), '');
  return { dir, prefix };
}

/** A folder with a `node` that says this version, or nothing, and is the stand-in otherwise. */
async function putNode(dir: string, version: string): Promise<string> {
  const says = version === '' ? 'exit 100' : `echo ${version}; exit 0`;
  await put(path.join(dir, 'node'), standIn.replace('\n', `\nif [ "$1" = -p ]; then ${says}; fi\n`));
  return dir;
}

test('finds its folder through links, whoever calls it and from wherever', async (t) => {
  const { dir, prefix } = await makePrefix(t);
  const own = path.join(prefix, 'bin/tsopenssl');
  const links = path.join(dir, 'usr/bin');
  await mkdir(links, { recursive: true });
  await symlink(own, path.join(links, 'absolute'));
  await symlink(path.relative(links, own), path.join(links, 'relative'));
  await symlink('relative', path.join(links, 'chain'));
  await symlink(path.dirname(own), path.join(dir, 'bin'));
  await symlink(links, path.join(dir, 'linked folder'));
  await put(path.join(dir, 'decoy/bin/openssl'), standIn);
  const table: readonly [readonly string[], string?][] = [
    [[own]],
    [[path.join(links, 'absolute')]],
    [[path.join(links, 'relative')]],
    [[path.join(links, 'chain')]],
    [[path.join(dir, 'bin/tsopenssl')]],
    [[path.join(dir, 'linked folder/chain')]],
    [['./bin/tsopenssl']],
    [['bin/tsopenssl']],
    [['sh', 'bin/tsopenssl']],
    [['sh', 'chain'], links],
    [['env', `PATH=${links}:/usr/bin:/bin`, 'chain']],
    [['env', 'PATH=.:/usr/bin:/bin', 'chain'], links],
  ];
  for (const [command, cwd = dir] of table) {
    const result = await run([...command, 'openssl', 'a  b', '', '*'], {
      cwd,
      env: { CDPATH: path.join(dir, 'decoy') },
      allowFailure: true,
    });
    t.deepEqual(
      result,
      { exitCode: 7, stdout: `${prefix}/bin/openssl\na  b\n\n*\n`, stderr: '' },
      command.join(' '),
    );
  }
});

test('works under every shell that may be /bin/sh', async (t) => {
  const { dir, prefix } = await makePrefix(t);
  const node = await putNode(path.join(dir, 'path'), '22.0.0');
  for (const shell of [
    ['dash'],
    ['bash', '--posix'],
    ['busybox', 'sh'],
    ['mksh'],
    ['zsh', '--emulate', 'sh'],
  ]) {
    if ((await run(['sh', '-c', `command -v ${shell[0]}`], { allowFailure: true })).exitCode !== 0) {
      t.log(`skipped: ${shell[0]} is not installed`);
      continue;
    }
    const launch = async (...args: string[]) => {
      const options = { pathFirst: [node], allowFailure: true };
      return (await run([...shell, path.join(prefix, 'bin/tsopenssl'), ...args], options)).stdout;
    };
    t.is(await launch('openssl', 'x y'), `${prefix}/bin/openssl\nx y\n`);
    t.is(await launch('ca-bundle', 'path'), `${prefix}/node_modules/tsopenssl/ca-bundles/ca-bundle.crt\n`);
    t.is(
      await launch('info', 'x y'),
      `${node}/node\n${prefix}/node_modules/tsopenssl/lib/cli.js\ninfo\nx y\n`,
    );
  }
});

test('says what works without node, where there is none or an old one', async (t) => {
  const { dir, prefix } = await makePrefix(t);
  const own = path.join(prefix, 'bin/tsopenssl');
  const advice =
    'install it, or put it first in PATH. Without it these work:\n  tsopenssl openssl …\n  tsopenssl ca-bundle path [--purpose any|server|email|codesigning] [--json]\n';
  const failure = (found: string) => ({
    exitCode: 1,
    stdout: '',
    stderr: `tsopenssl: wanted Node.js 20.19 or later, found ${found}; ${advice}`,
  });
  const empty = path.join(dir, 'empty');
  await mkdir(empty);
  const launch = (PATH: string, ...args: string[]) =>
    run(['env', `PATH=${PATH}`, own, ...args], { allowFailure: true });
  for (const args of [
    [],
    ['info'],
    ['version', 'decode', '1.0.0.3.5.7'],
    ['--help'],
    ['ca-bundle', 'list'],
  ]) {
    t.deepEqual(await launch(empty, ...args), failure('none'));
  }
  t.is((await launch(empty, 'openssl')).stdout, `${prefix}/bin/openssl\n`);
  t.is((await launch(empty, 'ca-bundle', 'path')).exitCode, 0);
  for (const version of ['0.10.48', '8.17.0', '18.20.8', '19.9.0', '20.0.0', '20.9.0', '20.18.3']) {
    const node = await putNode(path.join(dir, version), version);
    t.deepEqual(await launch(node, 'info'), failure(version));
  }
  for (const version of ['20.19.0', '20.20.2', '20.100.0', '21.0.0', '22.12.0', '100.1.0', '']) {
    const node = await putNode(path.join(dir, `good${version}`), version);
    t.like(await launch(node, 'info'), { exitCode: 7, stderr: '' }, version);
  }
});

test('leaves to node whatever it does not know itself', async (t) => {
  const { dir, prefix } = await makePrefix(t);
  const node = await putNode(path.join(dir, 'path'), '22.0.0');
  const launch = async (from: string, ...args: string[]) =>
    (await run([path.join(from, 'bin/tsopenssl'), ...args], { pathFirst: [node], allowFailure: true }))
      .stdout;
  const own = await launch(prefix, 'ca-bundle', 'path', '--json');
  t.deepEqual(JSON.parse(own), {
    purpose: 'any',
    path: `${prefix}/node_modules/tsopenssl/ca-bundles/ca-bundle.crt`,
  });
  const table = [
    ['ca-bundle', 'path', '--purpose'],
    ['ca-bundle', 'path', '--purpose', 'servr'],
    ['ca-bundle', 'path', '--help'],
    ['ca-bundle', 'path', 'x'],
    ['ca-bundle', 'list'],
    ['ca-bundle path'],
    ['--json', 'ca-bundle', 'path'],
    ['--json', 'openssl', 'version'],
  ];
  for (const args of table) {
    const through = [`${node}/node`, `${prefix}/node_modules/tsopenssl/lib/cli.js`, ...args, ''];
    t.is(await launch(prefix, ...args), through.join('\n'));
  }
  for (const name of ['a"b', 'a\\b', 'a\tb']) {
    const odd = (await makePrefix(t, name)).prefix;
    t.regex(await launch(odd, 'ca-bundle', 'path', '--json'), /cli\.js\nca-bundle\npath\n--json\n$/);
    t.is(await launch(odd, 'ca-bundle', 'path'), `${odd}/node_modules/tsopenssl/ca-bundles/ca-bundle.crt\n`);
  }
});

test('pleases shellcheck', async (t) => {
  const found = await access('/usr/bin/shellcheck').then(
    () => true,
    () => false,
  );
  if (!found) {
    t.log('skipped: shellcheck is not installed');
    t.pass();
    return;
  }
  t.is((await run(['shellcheck', source], { allowFailure: true })).stdout, '');
  const bad = await put(path.join(await temporaryFolder(t), 'bad.sh'), '#!/bin/sh\necho $1\n');
  t.regex((await run(['shellcheck', bad], { allowFailure: true })).stdout, /SC2086/);
});
