import { chmod, copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { tarXz } from '../../build/packagers/tar-xz.ts';
import { type RunResult, run } from '../../build/process.ts';
import { artifact, releaseInfo } from '../support/artifacts.ts';
import { temporaryFolder } from '../support/folder.ts';
import { nodes } from '../support/nodes.ts';

/** Unpacks the tarball into a folder whose name has blanks and more. */
async function unpacked(t: ExecutionContext): Promise<string> {
  const folder = path.join(await temporaryFolder(t), `a folder 'é' $HOME ${process.pid}`);
  await mkdir(folder);
  await run(['tar', '-xJf', artifact(tarXz), '-C', folder]);
  const names = await readdir(folder);
  t.deepEqual(names, [`tsopenssl-${releaseInfo.distributionVersion}-linux-x64`]);
  return path.join(folder, names[0] ?? '');
}

async function oldestNode(): Promise<string> {
  const [oldest] = await nodes();
  return oldest?.node ?? '';
}

/** Starts a program in an environment that is empty but for what is named. */
function bare(argv: readonly string[], settings: readonly string[] = []): Promise<RunResult> {
  return run(['env', '-i', ...settings, ...argv], { allowFailure: true });
}

test('runs its openssl with its own libraries, wherever it lies and whatever the environment', async (t) => {
  const prefix = await unpacked(t);
  const { opensslVersion } = releaseInfo;

  const version = await bare([path.join(prefix, 'bin/openssl'), 'version', '-a']);
  t.is(version.exitCode, 0, version.stderr);
  t.true(version.stdout.startsWith(`OpenSSL ${opensslVersion} `), version.stdout);
  t.true(version.stdout.includes(`(Library: OpenSSL ${opensslVersion} `), version.stdout);
  t.regex(version.stdout, /^OPENSSLDIR: "\/etc\/ssl"$/m);

  const disabled = await bare([path.join(prefix, 'bin/openssl'), 'list', '-disabled']);
  for (const algorithm of ['IDEA', 'MDC2', 'RC5'])
    t.regex(disabled.stdout, new RegExp(`^${algorithm}$`, 'm'));
  t.notRegex(disabled.stdout, /^RSA$/m);

  const alone = path.join(prefix, '../alone');
  await mkdir(alone);
  await copyFile(path.join(prefix, 'bin/openssl'), path.join(alone, 'openssl'));
  await chmod(path.join(alone, 'openssl'), 0o755);
  const lost = await bare([path.join(alone, 'openssl'), 'version']);
  t.false(
    lost.stdout.includes(`(Library: OpenSSL ${opensslVersion} `),
    'it does not use the libraries beside it',
  );
});

test('starts its command through a link from elsewhere, with and without node', async (t) => {
  const prefix = await unpacked(t);
  const link = path.join(prefix, '../tsopenssl');
  await symlink(path.join(prefix, 'bin/tsopenssl'), link);
  const bin = path.join(prefix, '../only sh');
  await mkdir(bin);
  for (const name of ['sh', 'readlink']) await symlink(`/bin/${name}`, path.join(bin, name));
  const withoutNode = [`PATH=${bin}`];
  const withNode = [`PATH=${path.dirname(await oldestNode())}:/usr/bin:/bin`];

  const version = await bare([link, 'openssl', 'version'], withoutNode);
  t.true(version.stdout.startsWith(`OpenSSL ${releaseInfo.opensslVersion} `), version.stderr);
  const bundle = await bare([link, 'ca-bundle', 'path'], withoutNode);
  t.is(bundle.stdout, `${path.join(prefix, 'node_modules/tsopenssl/ca-bundles/ca-bundle.crt')}\n`);
  const info = await bare([link, 'info'], withoutNode);
  t.is(info.exitCode, 1);
  t.regex(info.stderr, /wanted Node\.js 20\.19 or later, found none/);

  const described = await bare([link, 'info', '--json'], withNode);
  t.is(described.exitCode, 0, described.stderr);
  const { version: versions, addon } = JSON.parse(described.stdout);
  t.is(versions.openssl.version, releaseInfo.opensslVersion);
  t.not(versions.node.openssl, releaseInfo.opensslVersion);
  t.is(addon.path, path.join(prefix, 'node_modules/@tsopenssl/linux-x64/tsopenssl.node'));
});

test('loads its addon from where it was unpacked, by require and by import', async (t) => {
  const prefix = await unpacked(t);
  const node = await oldestNode();
  const name = path.join(prefix, 'node_modules/tsopenssl');
  const print =
    'console.log(m.info().version.distributionVersion, [...m.caBundle.iterCaBundleX509()].length > 100)';
  const url = new URL(`file://${encodeURI(name)}/lib/index.js`).href;

  const required = await bare([node, '-e', `const m = require(process.argv[1]); ${print}`, name]);
  const imported = await bare([
    node,
    '--input-type=module',
    '-e',
    `const m = await import(process.argv[1]); ${print}`,
    url,
  ]);

  const wanted = { exitCode: 0, stdout: `${releaseInfo.distributionVersion} true\n`, stderr: '' };
  t.deepEqual(required, wanted);
  t.deepEqual(imported, wanted);
  const nowhere = await bare([node, '-e', 'require(process.argv[1])', `${name}-elsewhere`]);
  t.regex(nowhere.stderr, /Cannot find module/);
});

test('lets npm install from its folder, and stays as it was', async (t) => {
  const prefix = await unpacked(t);
  const node = await oldestNode();
  const project = await temporaryFolder(t);
  await writeFile(path.join(project, 'package.json'), '{"private":true}');
  const snapshot = async () => (await run(['find', prefix, '-printf', '%P %y %m %s %T@\\n'])).stdout;
  const use = () =>
    run([node, '-p', 'require("tsopenssl").version.distributionVersion'], {
      cwd: project,
      allowFailure: true,
    });
  const before = await snapshot();
  t.regex((await use()).stderr, /Cannot find module 'tsopenssl'/);

  await run(['npm', 'install', '--offline', path.join(prefix, 'node_modules/tsopenssl')], { cwd: project });

  t.is((await use()).stdout, `${releaseInfo.distributionVersion}\n`);
  t.is(await snapshot(), before);
  await writeFile(path.join(prefix, 'node_modules/tsopenssl/left-behind'), '');
  t.not(await snapshot(), before);
});

test('holds files, folders and links of root alone, in one folder', async (t) => {
  const list = async (file: string) =>
    (await run(['tar', '--numeric-owner', '-tvf', file])).stdout.trimEnd().split('\n');
  const top = `tsopenssl-${releaseInfo.distributionVersion}-linux-x64/`;
  const odd = (lines: readonly string[]) =>
    lines.filter(
      (line) =>
        !/^(?:drwxr-xr-x|-rwxr-xr-x|-rw-r--r--|lrwxrwxrwx) 0\/0 /.test(line) || !line.includes(` ${top}`),
    );

  t.deepEqual(odd(await list(artifact(tarXz))), []);

  const folder = await temporaryFolder(t);
  await mkdir(path.join(folder, top), { recursive: true });
  await chmod(path.join(folder, top), 0o777);
  await run(['tar', '-cf', 'odd.tar', top], { cwd: folder });
  t.is(odd(await list(path.join(folder, 'odd.tar'))).length, 1);
});
