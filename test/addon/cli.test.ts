// The command `tsopenssl` as a user gets it: lib/cli.js of the package under node, and bin/tsopenssl.

import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { baseEnvironment, type RunResult, run } from '../../build/process.ts';
import { temporaryFolder } from '../support/folder.ts';
import { distribution } from '../support/openssl.ts';

const { packageDir, platformDir, prefix, openssl } = await distribution();
const cli = path.join(packageDir, 'lib/cli.js');
const env = { OPENSSL_CONF: '/dev/null' }; // the machine's own file is no concern here
const index = JSON.parse(await readFile(path.join(packageDir, 'ca-bundles/ca-bundle.json'), 'utf8'));

const tsopenssl = (...args: string[]): Promise<RunResult> =>
  run([process.execPath, cli, ...args], { env, allowFailure: true });

const commands = [
  'info',
  'debug',
  'version',
  'version encode',
  'version decode',
  'ca-bundle path',
  'ca-bundle list',
  'ca-bundle show',
];

test('explains itself and every command, with examples', async (t) => {
  const main = await tsopenssl('--help');
  t.is(main.exitCode, 0);
  t.regex(main.stdout, /^Usage: tsopenssl /);
  for (const name of [...commands, 'openssl']) {
    t.true(main.stdout.includes(`\n  ${name}`), name);
    const words = name === 'openssl' ? ['--help', name] : [...name.split(' '), '--help'];
    const { exitCode, stdout, stderr } = await tsopenssl(...words);
    t.deepEqual([exitCode, stderr], [0, ''], name);
    t.regex(stdout, new RegExp(`^Usage: tsopenssl .*${name}`));
    t.regex(stdout, /\nExamples?\n +tsopenssl |\nExamples?\n {2}curl /);
  }
  t.regex(
    (await tsopenssl('ca-bundle', '--help')).stdout,
    /ca-bundle path.*\n.*ca-bundle list.*\n.*ca-bundle show/,
  );
});

test('answers wrong usage with exit status 2, the nearest right name, and nothing on stdout', async (t) => {
  const table: readonly [string, string][] = [
    ['', 'Expected a command, got none; see tsopenssl --help'],
    ['frobnicate', 'Expected info, debug, version, ca-bundle, openssl for the command, got frobnicate'],
    [
      'verison',
      'Expected info, debug, version, ca-bundle, openssl for the command, got verison; did you mean version?',
    ],
    [
      'opensll version',
      'Expected info, debug, version, ca-bundle, openssl for the command, got opensll; did you mean openssl?',
    ],
    ['ca-bundle', 'Expected path, list, show after ca-bundle, got nothing'],
    ['ca-bundle lst', 'Expected path, list, show after ca-bundle, got lst; did you mean list?'],
    ['ca-bundle lst --help', 'Expected path, list, show after ca-bundle, got lst; did you mean list?'],
    ['version encod', 'Expected nothing or encode or decode after version, got encod; did you mean encode?'],
    ['info x', 'Expected nothing after info, got x'],
    [
      'info --jsno',
      'Expected --help, --json, --purpose, --version for an option, got --jsno; did you mean --json?',
    ],
    [
      'ca-bundle path --purpose servr',
      'Expected any, server, email, codesigning for --purpose, got "servr"; did you mean server?',
    ],
    ['ca-bundle path --purpose=', 'Expected any, server, email, codesigning for --purpose, got ""'],
    ['ca-bundle path --purpose', 'Expected a value for --purpose, got none'],
    ['ca-bundle list --json=1', 'Expected no value for --json, got 1'],
    [
      'ca-bundle show',
      'Expected ROOT after ca-bundle show, got nothing; see tsopenssl ca-bundle show --help',
    ],
    ['info --purpose any', 'Expected no --purpose for info, got any'],
    ['info --version', 'Expected --version alone, got info beside it'],
    [
      'version encode 1.0.0',
      'Expected OPENSSL after version encode, got nothing; see tsopenssl version encode --help',
    ],
    [
      '--purpose any openssl version',
      'Expected --json, --help or no option before openssl; its own options come behind it',
    ],
  ];
  for (const [line, message] of table) {
    const result = await tsopenssl(...line.split(' ').filter(Boolean));
    t.deepEqual(result, { exitCode: 2, stdout: '', stderr: `tsopenssl: ${message}\n` }, line);
  }
});

test('encodes and decodes distribution versions', async (t) => {
  t.is((await tsopenssl('version', 'encode', '0.13.1', '1.0.1e', '1')).stdout, '0.13.1.1.0.1.5.1\n');
  const decoded = {
    distributionVersion: '1.0.0.1.1.1.23.2',
    apiVersion: '1.0.0',
    opensslVersion: '1.1.1w',
    update: 2,
  };
  for (const words of [
    ['encode', '1.0.0', '1.1.1w', '2'],
    ['decode', '1.0.0.1.1.1.23.2'],
  ]) {
    t.deepEqual(JSON.parse((await tsopenssl('version', ...words, '--json')).stdout), decoded);
  }
  t.is(
    (await tsopenssl('version', 'decode', '1.0.0.1.1.1.23.2')).stdout,
    'API      1.0.0\nOpenSSL  1.1.1w\nupdate   2\n',
  );
  t.deepEqual(await tsopenssl('version', 'decode', '1.0.0.2.1.0'), {
    exitCode: 1,
    stdout: '',
    stderr:
      'tsopenssl: Expected 0, 1 or at least 3 for the first number of the OpenSSL version, got 2: there was no OpenSSL 2\n',
  });
  for (const update of ['0', '01', 'x', '1.5']) {
    const { exitCode, stderr } = await tsopenssl('version', 'encode', '1.0.0', '3.5.7', update);
    t.deepEqual(
      [exitCode, stderr],
      [1, `tsopenssl: Expected an integer of at least 1 for UPDATE, got "${update}"\n`],
    );
  }
});

test('shows versions and what is in use, as text and as JSON', async (t) => {
  const manifest = JSON.parse(await readFile(path.join(packageDir, 'package.json'), 'utf8'));
  const { apiVersion, opensslVersion, distributionVersion } = manifest.tsopenssl;
  t.is((await tsopenssl('--version')).stdout, `${distributionVersion}\n`);
  t.like(JSON.parse((await tsopenssl('--version', '--json')).stdout), { apiVersion, opensslVersion });
  const version = JSON.parse((await tsopenssl('--json', 'version')).stdout);
  t.like(version, { apiVersion, opensslVersion, distributionVersion, openssl: { version: opensslVersion } });
  t.regex((await tsopenssl('version')).stdout, new RegExp(`^distribution +${distributionVersion}\n`));
  const info = JSON.parse((await tsopenssl('info', '--json')).stdout);
  t.deepEqual(info.version, version);
  t.is(info.addon.path, path.join(platformDir, 'tsopenssl.node'));
  const { stdout } = await tsopenssl('info');
  for (const text of [
    info.addon.path,
    info.configuration.reason,
    info.directories.modules.path,
    info.build.compiler,
  ]) {
    t.true(stdout.includes(text), text);
  }
  t.regex(stdout, /\n {2}default +\S+, running, active\n/);
});

test('lists the roots of a bundle, and nothing for the one that is empty on purpose', async (t) => {
  for (const [word, purpose, file] of [
    [undefined, 'any', 'ca-bundle.crt'],
    ['email', 'emailProtection', 'ca-bundle-email.crt'],
    ['emailProtection', 'emailProtection', 'ca-bundle-email.crt'],
  ] as const) {
    const option = word === undefined ? [] : ['--purpose', word];
    const list = JSON.parse((await tsopenssl('ca-bundle', 'list', '--json', ...option)).stdout);
    const bundle = path.join(packageDir, 'ca-bundles', file);
    t.like(list, { purpose, path: bundle });
    const text = await readFile(bundle, 'utf8');
    t.is(list.roots.length, text.split('-----BEGIN CERTIFICATE-----').length - 1);
    for (const root of list.roots)
      t.deepEqual(
        root,
        index.roots.find(({ sha256 }: typeof root) => sha256 === root.sha256),
      );
    const lines = (await tsopenssl('ca-bundle', 'list', ...option)).stdout.trimEnd().split('\n');
    t.is(lines.length, list.roots.length);
    const [first] = list.roots;
    t.regex(
      lines[0] ?? '',
      new RegExp(
        `^${first.sha256.replaceAll(':', '').slice(0, 16)} {2}${first.notAfter.slice(0, 10)} .* ${first.name}$`,
      ),
    );
  }
  const empty = await tsopenssl('ca-bundle', 'list', '--purpose', 'codesigning');
  t.deepEqual([empty.exitCode, empty.stdout], [0, '']);
  t.regex(empty.stderr, /codesigning\.crt is empty on purpose/);
  const json = await tsopenssl('ca-bundle', 'list', '--purpose', 'codesigning', '--json');
  t.deepEqual([JSON.parse(json.stdout).roots, json.stderr], [[], '']);
});

test('shows a root by its name, a part of it, or the first digits of a fingerprint', async (t) => {
  const root = index.roots.find(({ name }: { name: string }) => name === 'ISRG Root X1');
  const wanted = [
    'ISRG Root X1',
    'isrg root x1',
    root.sha256,
    root.sha1.toLowerCase(),
    '96BCEC06',
    '96:bc:ec:06',
    'ISRG Root X1',
  ];
  for (const text of wanted) {
    const { certificate, ...shown } = JSON.parse(
      (await tsopenssl('ca-bundle', 'show', text, '--json')).stdout,
    );
    t.deepEqual(shown, root, text);
  }
  const { stdout } = await tsopenssl('ca-bundle', 'show', 'ISRG Root X1');
  const parsed = await run([openssl, 'x509', '-noout', '-fingerprint', '-sha256'], { input: stdout });
  t.is(parsed.stdout, `sha256 Fingerprint=${root.sha256}\n`);
  const dated = index.roots.find(
    ({ distrustAfter }: { distrustAfter: object }) => Object.keys(distrustAfter).length > 0,
  );
  t.true(
    (await tsopenssl('ca-bundle', 'show', dated.name)).stdout.includes(
      `Distrust after: ${Object.values(dated.distrustAfter)[0]}`,
    ),
  );
});

test('says which roots a text may mean, or that it means none', async (t) => {
  const several = await tsopenssl('ca-bundle', 'show', 'ISRG');
  t.deepEqual([several.exitCode, several.stdout], [1, '']);
  t.regex(
    several.stderr,
    /^tsopenssl: Expected one root for "ISRG", got 2:\n[\dA-F]{16} .*ISRG Root X1\n[\dA-F]{16} .*ISRG Root X2\n$/,
  );
  t.deepEqual(await tsopenssl('ca-bundle', 'show', 'ISRG Rot X1'), {
    exitCode: 1,
    stdout: '',
    stderr:
      'tsopenssl: Expected the name or fingerprint of an embedded root, got "ISRG Rot X1"; did you mean ISRG Root X1?\n',
  });
  t.is((await tsopenssl('ca-bundle', 'show', '')).exitCode, 1);
});

test('prints the same path with node and without', async (t) => {
  const launcher = path.join(prefix, 'bin/tsopenssl');
  const files = {
    any: '',
    server: '-server',
    email: '-email',
    codesigning: '-codesigning',
    serverAuthentication: '-server',
    emailProtection: '-email',
    codeSigning: '-codesigning',
  };
  for (const [word, suffix] of Object.entries(files)) {
    for (const options of [
      ['--purpose', word],
      [`--purpose=${word}`],
      ['--purpose', word, '--json'],
      ['--json', `--purpose=${word}`],
    ]) {
      const args = ['ca-bundle', 'path', ...options];
      const withNode = await tsopenssl(...args);
      const without = await run([launcher, ...args], { env: { PATH: '/nonexistent' } });
      t.deepEqual(without, withNode, args.join(' '));
      const json = options.includes('--json');
      const printed = json ? JSON.parse(without.stdout).path : without.stdout.trimEnd();
      t.is(printed, path.join(packageDir, `ca-bundles/ca-bundle${suffix}.crt`));
    }
  }
  t.deepEqual(await run([launcher, 'ca-bundle', 'path']), await tsopenssl('ca-bundle', 'path'));
  const wrong = await run([launcher, 'ca-bundle', 'path', '--purpose', 'servr'], { allowFailure: true });
  t.deepEqual(wrong, await tsopenssl('ca-bundle', 'path', '--purpose', 'servr'));
});

test('hands everything behind the word openssl to openssl, and its output and exit status back', async (t) => {
  for (const args of [
    ['version', '-a'],
    ['list', '--help'],
    ['dgst', '-sha256', '-r'],
    ['frobnicate'],
    ['version', '--json'],
  ]) {
    const direct = await run([openssl, ...args], { env, input: 'abc', allowFailure: true });
    const through = await run([process.execPath, cli, 'openssl', ...args], {
      env,
      input: 'abc',
      allowFailure: true,
    });
    const launched = await run([path.join(prefix, 'bin/tsopenssl'), 'openssl', ...args], {
      env,
      input: 'abc',
      allowFailure: true,
    });
    const plain = (result: RunResult) => ({
      ...result,
      stderr: result.stderr.replaceAll(/^[\dA-F]+:/gm, ''),
    });
    t.deepEqual(plain(through), plain(direct), args.join(' '));
    t.deepEqual(plain(launched), plain(direct), args.join(' '));
  }
});

test('passes the environment on to openssl', async (t) => {
  const configuration = path.join(await temporaryFolder(t), 'openssl.cnf');
  const lines = [
    'openssl_conf = init',
    '[init]',
    'providers = list',
    '[list]',
    'base = on',
    '[on]',
    'activate = 1',
    '',
  ];
  await writeFile(configuration, lines.join('\n'));
  for (const command of [[process.execPath, cli], [path.join(prefix, 'bin/tsopenssl')]]) {
    const argv = [...command, 'openssl', 'list', '-providers'];
    t.regex((await run(argv, { env })).stdout, /OpenSSL Default Provider/);
    t.regex((await run(argv, { env: { OPENSSL_CONF: configuration } })).stdout, /OpenSSL Base Provider/);
  }
});

test('prints what openssl wrote and how it ended as JSON, if --json stands before the word openssl', async (t) => {
  const { stdout, stderr, exitCode } = await tsopenssl('--json', 'openssl', 'version', '-x');
  const direct = await run([openssl, 'version', '-x'], { env, allowFailure: true });
  t.not(direct.exitCode, 0);
  t.deepEqual([exitCode, stderr], [direct.exitCode, '']);
  const value = JSON.parse(stdout);
  t.like(value, {
    openssl,
    arguments: ['version', '-x'],
    exitCode: direct.exitCode,
    signal: null,
    stdout: '',
  });
  t.regex(value.stderr, /version: Unknown option: -x/);
  const good = JSON.parse((await tsopenssl('--json', 'openssl', 'version', '-v')).stdout);
  t.like(good, { exitCode: 0, stderr: '' });
  t.regex(good.stdout, /^OpenSSL \d/);
});

test('passes signals on to openssl and ends as it ended', async (t) => {
  const node = [process.execPath, cli];
  const launcher = [path.join(prefix, 'bin/tsopenssl')];
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    for (const command of [node, launcher]) {
      const child = await startWaiting(command);
      child.kill(signal);
      t.deepEqual(await endOf(child), { exitCode: null, signal }, command.join(' '));
    }
    const json = await startWaiting([...node, '--json']);
    json.kill(signal);
    t.deepEqual(await endOf(json), { exitCode: 128 + os.constants.signals[signal], signal: null });
  }
  const other = await startWaiting(node);
  process.kill(await childOf(other), 'SIGUSR1');
  t.deepEqual(await endOf(other), { exitCode: 128 + os.constants.signals.SIGUSR1, signal: null });
  const ordinary = await startWaiting(node);
  ordinary.stdin?.end();
  t.deepEqual(await endOf(ordinary), { exitCode: 0, signal: null });
});

test('ends quietly when the reader of its output has gone, and loudly when the disk is full', async (t) => {
  const gone = `{ '${process.execPath}' '${cli}' ca-bundle list --json; echo "status $?" >&2; } | head -c 1`;
  t.deepEqual(await run(['sh', '-c', gone], { env }), { exitCode: 0, stdout: '{', stderr: 'status 0\n' });
  const full = await run(['sh', '-c', `'${process.execPath}' '${cli}' ca-bundle list >/dev/full`], {
    env,
    allowFailure: true,
  });
  t.is(full.exitCode, 1);
  t.regex(full.stderr, /^tsopenssl: Cannot write to standard output: .*ENOSPC/);
});

test('needs the addon for info and version alone, and says what is missing', async (t) => {
  const dir = await temporaryFolder(t);
  const copy = path.join(dir, 'project/node_modules/tsopenssl');
  for (const part of ['lib', 'ca-bundles', 'package.json']) {
    await cp(path.join(packageDir, part), path.join(copy, part), { recursive: true });
  }
  const here = (...args: string[]) =>
    run([process.execPath, path.join(copy, 'lib/cli.js'), ...args], { env, allowFailure: true });
  for (const line of [
    'version decode 1.0.0.3.5.7',
    'ca-bundle path',
    'ca-bundle list',
    'ca-bundle show ISRG\u00a0Root\u00a0X1',
    '--version',
    '--help',
  ]) {
    t.like(
      await here(...line.split(' ').map((word) => word.replaceAll('\u00a0', ' '))),
      { exitCode: 0, stderr: '' },
      line,
    );
  }
  for (const words of [['info'], ['version']]) {
    const { exitCode, stderr } = await here(...words);
    t.is(exitCode, 1);
    t.regex(stderr, /^tsopenssl: no binary of tsopenssl could be loaded on linux-x64; tried\n/);
    t.notRegex(stderr, /\n {4}at /);
  }
  const traced = await run([process.execPath, path.join(copy, 'lib/cli.js'), 'info'], {
    env: { ...env, DEBUG: '1' },
    allowFailure: true,
  });
  t.regex(traced.stderr, /\n {4}at /);
  const page = await here('debug');
  t.like(page, { exitCode: 0, stderr: '' });
  t.regex(
    page.stdout,
    /^The addon does not load: no binary of tsopenssl could be loaded on linux-x64; tried\n/,
  );
  t.regex(page.stdout, /\n\nPackage +\S+\/tsopenssl \(.*\)\nMachine +linux-x64; /);
  const { exitCode, stderr } = await here('openssl', 'version');
  t.is(exitCode, 1);
  t.regex(
    stderr,
    /^tsopenssl: Found no openssl for linux-x64; tried\n {2}the package @tsopenssl\/linux-x64: not installed\n/,
  );
});

test("runs openssl from npm's package of the platform, and never one that is not ours", async (t) => {
  const dir = await temporaryFolder(t);
  const modules = path.join(dir, 'node_modules');
  for (const part of ['lib', 'package.json'])
    await cp(path.join(packageDir, part), path.join(modules, 'tsopenssl', part), { recursive: true });
  const platform = path.join(modules, '@tsopenssl/linux-x64');
  await cp(path.join(platformDir, 'package.json'), path.join(platform, 'package.json'));
  const script = (text: string) => `#!/bin/sh\necho ${text}\n`;
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, script(text), { mode: 0o755 });
  };
  const here = () =>
    run([process.execPath, path.join(modules, 'tsopenssl/lib/cli.js'), 'openssl'], {
      env,
      allowFailure: true,
    });
  await put(path.join(dir, 'bin/openssl'), 'of the project');
  const refused = await here();
  t.is(refused.exitCode, 1);
  t.true(
    refused.stderr.includes(
      `${platform}/bin/openssl: no such file\n  ${dir}/bin/openssl: no such file beside a file tsopenssl\n`,
    ),
  );
  await put(path.join(dir, 'bin/tsopenssl'), 'x');
  t.is((await here()).stdout, 'of the project\n');
  await put(path.join(platform, 'bin/openssl'), 'of the platform');
  t.is((await here()).stdout, 'of the platform\n');
  await rm(path.join(platform, 'bin/openssl'));
  await writeFile(path.join(platform, 'bin/openssl'), script('x'), { mode: 0o644 });
  t.like(await here(), { exitCode: 1, stderr: `tsopenssl: spawn ${platform}/bin/openssl EACCES\n` });
});

/** Starts `openssl enc`, which waits for its standard input, and answers when it runs. */
async function startWaiting(command: readonly string[]): Promise<ChildProcess> {
  const [program = '', ...args] = [...command, 'openssl', 'enc', '-base64'];
  const child = spawn(program, args, { env: baseEnvironment({ env }), stdio: ['pipe', 'ignore', 'ignore'] });
  await childOf(child);
  return child;
}

/** The process of openssl: the child of node, or of the launcher, which has become it. */
async function childOf({ pid }: ChildProcess): Promise<number> {
  for (;;) {
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
    for (const candidate of [...children, String(pid)]) {
      const program = await readlink(`/proc/${candidate}/exe`).catch(() => '');
      if (program === openssl) return Number(candidate);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function endOf(child: ChildProcess): Promise<{ exitCode: number | null; signal: string | null }> {
  return new Promise((resolve) => child.once('close', (exitCode, signal) => resolve({ exitCode, signal })));
}
