// The command that npm puts into node_modules/.bin, under every node.

import { rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { run } from '../../build/process.ts';
import { releaseInfo } from '../support/artifacts.ts';
import { nodes, type TestedNode } from '../support/nodes.ts';
import { installedProject } from '../support/npm-project.ts';

test('node_modules/.bin/tsopenssl does what it does elsewhere, with the openssl of the npm package', async (t) => {
  const project = await installedProject(t);
  const { opensslVersion, distributionVersion } = releaseInfo;
  const packages = path.join(project.dir, 'node_modules');
  const attempt = (node: TestedNode, words: readonly string[]) =>
    run([path.join(packages, '.bin/tsopenssl'), ...words], {
      pathFirst: [path.dirname(node.node)],
      allowFailure: true,
    });

  for (const node of await nodes()) {
    const tsopenssl = async (...words: string[]) => {
      const { exitCode, stdout, stderr } = await attempt(node, words);
      t.deepEqual(
        { exitCode, stderr },
        { exitCode: 0, stderr: '' },
        `node ${node.version}: ${words.join(' ')}`,
      );
      return stdout;
    };
    const version = JSON.parse(await tsopenssl('version', '--json'));
    t.like(version, { opensslVersion, distributionVersion, openssl: { version: opensslVersion } });
    t.is(version.node.version, node.version);
    t.not(version.node.openssl, opensslVersion);
    const info = JSON.parse(await tsopenssl('info', '--json'));
    t.deepEqual(info.version, version);
    t.like(info.addon, { isolated: true, path: path.join(packages, '@tsopenssl/linux-x64/tsopenssl.node') });
    const bundle = await tsopenssl('ca-bundle', 'path');
    t.is(bundle, `${path.join(packages, 'tsopenssl/ca-bundles/ca-bundle.crt')}\n`);
    t.is(
      await tsopenssl('openssl', 'version', '-v'),
      `${version.openssl.text} (Library: ${version.openssl.text})\n`,
    );
    t.regex(await tsopenssl('openssl', 'version', '-a'), /^OPENSSLDIR: "\/etc\/ssl"$/m);
    const disabled = await tsopenssl('openssl', 'list', '-disabled');
    for (const algorithm of ['IDEA', 'MDC2', 'RC5']) t.regex(disabled, new RegExp(`^${algorithm}$`, 'm'));
    t.notRegex(disabled, /^RSA$/m);
  }

  await rm(path.join(packages, '@tsopenssl'), { recursive: true });
  const [oldest] = (await nodes()) as [TestedNode];
  t.is((await attempt(oldest, ['ca-bundle', 'path'])).exitCode, 0);
  for (const words of [['info'], ['openssl', 'version']]) {
    const { exitCode, stderr } = await attempt(oldest, words);
    t.is(exitCode, 1);
    t.regex(stderr, /@tsopenssl\/linux-x64.*not installed/);
  }
});
