// Programs that use the package of the system's layout, the way the README names, under every node.

import { rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { releaseInfo } from '../support/artifacts.ts';
import { temporaryFolder } from '../support/folder.ts';
import { nodes, type TestedNode } from '../support/nodes.ts';
import { emptyProject } from '../support/npm-project.ts';
import { distribution } from '../support/openssl.ts';
import { npm } from '../support/package-managers.ts';
import { usePackage } from '../support/use-package.ts';

test('npm links to the package of the system, or copies it with the one beside it', async (t) => {
  const folder = await temporaryFolder(t);
  const { prefix } = await distribution();
  await run(['cp', '-a', prefix, path.join(folder, 'system')]);
  const main = path.join(folder, 'system/node_modules/tsopenssl');
  const platform = path.join(folder, 'system/node_modules/@tsopenssl/linux-x64');
  const [oldest] = (await nodes()) as [TestedNode];
  const install = async (...words: string[]) => {
    const project = await emptyProject(t, npm);
    const { exitCode, stdout, stderr } = await project.manage(['install', '--offline', ...words]);
    t.is(exitCode, 0, stdout + stderr);
    return project;
  };

  const linked = await install(main);
  const copied = await install('--install-links', main, platform);
  for (const node of await nodes()) {
    t.is((await usePackage(t, linked, node)).addon, path.join(platform, 'tsopenssl.node'));
    const own = path.join(copied.dir, 'node_modules/@tsopenssl/linux-x64/tsopenssl.node');
    t.is((await usePackage(t, copied, node)).addon, own);
  }
  const command = (dir: string) =>
    run([path.join(dir, 'node_modules/.bin/tsopenssl'), 'openssl', 'version'], { allowFailure: true });
  t.true((await command(linked.dir)).stdout.startsWith(`OpenSSL ${releaseInfo.opensslVersion} `));
  t.regex((await command(copied.dir)).stderr, /Found no openssl for linux-x64/);

  const alone = await install('--install-links', main);
  t.regex((await alone.run(oldest, ['use.mjs'])).stderr, /tsopenssl\.node: the package is not installed\n/);
  await rm(path.join(folder, 'system'), { recursive: true });
  t.regex((await linked.run(oldest, ['use.cjs'])).stderr, /Cannot find module 'tsopenssl'/);
  await usePackage(t, copied, oldest);
});

test('NODE_PATH leads require() to the package, and an ES module imports it by its path', async (t) => {
  const { prefix, packageDir } = await distribution();
  const print = 'console.log(m.version.openssl.version, [...m.caBundle.iterCaBundleX509()].length > 100)';
  const module = ['--input-type=module', '--eval'];
  for (const { node } of await nodes()) {
    const attempt = (words: readonly string[], env = {}) =>
      run([node, ...words], { env, allowFailure: true });
    const good = { exitCode: 0, stdout: `${releaseInfo.opensslVersion} true\n`, stderr: '' };
    const NODE_PATH = path.join(prefix, 'node_modules');
    t.deepEqual(await attempt(['-e', `const m = require('tsopenssl'); ${print}`], { NODE_PATH }), good);
    t.deepEqual(await attempt(['-e', `const m = require('${packageDir}'); ${print}`]), good);
    t.deepEqual(
      await attempt([...module, `import * as m from '${packageDir}/lib/index.js'; ${print}`]),
      good,
    );

    t.regex((await attempt(['-e', `require('tsopenssl')`])).stderr, /Cannot find module 'tsopenssl'/);
    const imported = await attempt([...module, `import * as m from 'tsopenssl'; ${print}`], { NODE_PATH });
    t.regex(imported.stderr, /Cannot find package 'tsopenssl'/);
  }
});
