// linux-arm64 under qemu: the command line and the addon, by the programs that linux-x64 is tested with.

import test from 'ava';
import { linuxArm64 } from '../../../platform/linux/targets.ts';
import { computeAsElsewhere, useCommandLine } from '../../support/command-line.ts';
import { useTogether } from '../../support/copies-together.ts';
import { type CommandLine, shakeHands } from '../../support/handshake.ts';
import { arm64Nodes, arm64Prefix } from '../../support/nodes.ts';
import { installedProject } from '../../support/npm-project.ts';
import { distribution } from '../../support/openssl.ts';
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

test('the addon comes and goes with worker threads, because it stays mapped', async (t) => {
  // qemu takes a minute for each node: the oldest and the newest
  const nodes = await arm64Nodes();
  await useInThreads(t, linuxArm64, [...nodes.slice(0, 1), ...nodes.slice(-1)]);
});

test('the addon lives in one process with other copies of itself, while node itself shakes hands', async (t) => {
  await useTogether(t, linuxArm64, await arm64Nodes());
});
