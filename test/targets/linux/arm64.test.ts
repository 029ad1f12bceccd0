// linux-arm64 under qemu: the command line and the addon, by the programs that linux-x64 is tested with.

import path from 'node:path';
import test from 'ava';
import { npmPlatform } from '../../../build/packagers/npm.ts';
import { linuxArm64 } from '../../../platform/linux/targets.ts';
import { artifact, releaseInfo } from '../../support/artifacts.ts';
import { computeAsElsewhere, useCommandLine } from '../../support/command-line.ts';
import { useTogether } from '../../support/copies-together.ts';
import { type CommandLine, shakeHands } from '../../support/handshake.ts';
import { arm64Nodes, arm64Prefix, type EmulatedNode } from '../../support/nodes.ts';
import { emptyProject, installedProject, npmUnder } from '../../support/npm-project.ts';
import { startRegistry } from '../../support/npm-registry.ts';
import { distribution } from '../../support/openssl.ts';
import { npm, otherTarballs, tarballs } from '../../support/package-managers.ts';
import { targetDistribution } from '../../support/target-distribution.ts';
import { usePackage } from '../../support/use-package.ts';
import { useInThreads } from '../../support/worker-threads.ts';

async function commandLine(): Promise<CommandLine> {
  return [...arm64Prefix, (await targetDistribution('linux-arm64')).command];
}

test('the command line says what it is, and makes a certificate that x64 reads', async (t) => {
  await useCommandLine(t, await commandLine(), linuxArm64);
});

test('the command line computes what x64 computes', async (t) => {
  await computeAsElsewhere(t, await commandLine());
});

test('the command line shakes hands by TLS 1.3, with itself and with x64, by ML-KEM', async (t) => {
  const arm64 = await commandLine();
  const x64: CommandLine = [(await distribution()).openssl];
  for (const [server, client] of [
    [arm64, arm64],
    [arm64, x64],
    [x64, arm64],
  ] as const) {
    t.regex(await shakeHands(t, server, client), /^Negotiated TLS1\.3 group: X25519MLKEM768$/m);
  }
});

test('the addon, installed by npm itself on arm64, does under every node what it does on x64', async (t) => {
  const nodes = await arm64Nodes();
  const project = await installedProject(t, linuxArm64, nodes[0]);
  for (const node of nodes) {
    const { addon } = await usePackage(t, project, node);
    t.true(addon.endsWith('/node_modules/@tsopenssl/linux-arm64/tsopenssl.node'), addon);
  }
});

test('npm on arm64 takes the package of its platform from a registry that has them all', async (t) => {
  const [oldest] = (await arm64Nodes()) as [EmulatedNode];
  const own = artifact(npmPlatform, linuxArm64);
  const others = otherTarballs.filter((file) => path.basename(file) !== path.basename(own));
  const registry = await startRegistry(t, [...tarballs, own, ...others]);
  const project = await emptyProject(t, await npmUnder(oldest), { registry: registry.url });

  const { exitCode, stderr } = await project.manage(npm.install);

  t.is(exitCode, 0, stderr);
  const fetched = registry.requests
    .filter((asked) => asked.endsWith('.tgz'))
    .map((asked) => path.basename(asked));
  const { semver } = releaseInfo;
  t.deepEqual(fetched.sort(), [`tsopenssl-${semver}.tgz`, `tsopenssl-linux-arm64-${semver}.tgz`].sort());
  await usePackage(t, project, oldest);
});

test('the addon comes and goes with worker threads, because it stays mapped', async (t) => {
  // qemu takes a minute for each node: the oldest and the newest
  const nodes = await arm64Nodes();
  await useInThreads(t, linuxArm64, [...nodes.slice(0, 1), ...nodes.slice(-1)]);
});

test('the addon lives in one process with other copies of itself, while node itself shakes hands', async (t) => {
  await useTogether(t, linuxArm64, await arm64Nodes());
});
