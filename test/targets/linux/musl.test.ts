// linuxmusl-x64 by Debian's musl: the command line by its loader, the addon in npm's bun for musl, by the programs that
// linux-x64 is tested with.

import { readFile } from 'node:fs/promises';
import test from 'ava';
import { readElf } from '../../../build/formats/elf.ts';
import { exportedSymbols } from '../../../build/formats/elf-symbols.ts';
import { run } from '../../../build/process.ts';
import { linuxMuslX64 } from '../../../platform/linux/targets.ts';
import { muslSymbols } from '../../../platform/linux/validate/musl-symbols.ts';
import { computeAsElsewhere, useCommandLine } from '../../support/command-line.ts';
import { useTogether } from '../../support/copies-together.ts';
import { type CommandLine, shakeHands } from '../../support/handshake.ts';
import { muslBunNode } from '../../support/musl-bun.ts';
import { installedProject } from '../../support/npm-project.ts';
import { distribution } from '../../support/openssl.ts';
import { targetDistribution } from '../../support/target-distribution.ts';
import { usePackage } from '../../support/use-package.ts';
import { useInThreads } from '../../support/worker-threads.ts';

async function commandLine(): Promise<CommandLine> {
  return [(await targetDistribution('linuxmusl-x64')).command];
}

test('the command line says what it is, and makes a certificate that glibc’s reads', async (t) => {
  const command = await commandLine();
  await useCommandLine(t, command, linuxMuslX64);
  const { stdout } = await run(['/lib/ld-musl-x86_64.so.1', '--list', ...command]);
  const loaded = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().replace(/ \(0x.*/, ''));
  const { prefix } = await targetDistribution('linuxmusl-x64');
  t.deepEqual(loaded.map((line) => line.replace(`${prefix}/bin/../`, '')).sort(), [
    '/lib/ld-musl-x86_64.so.1',
    'libc.so => /lib/ld-musl-x86_64.so.1',
    'libcrypto.so.3 => lib/libcrypto.so.3',
    'libssl.so.3 => lib/libssl.so.3',
  ]);
});

test('the command line computes what glibc’s computes', async (t) => {
  await computeAsElsewhere(t, await commandLine());
});

test('the command line shakes hands by TLS 1.3, with itself and with glibc’s, by ML-KEM', async (t) => {
  const musl = await commandLine();
  const glibc: CommandLine = [(await distribution()).openssl];
  for (const [server, client] of [
    [musl, musl],
    [musl, glibc],
    [glibc, musl],
  ] as const) {
    t.regex(await shakeHands(t, server, client), /^Negotiated TLS1\.3 group: X25519MLKEM768$/m);
  }
});

test('musl 1.2.3 has every function that our binaries may import', async (t) => {
  const loader = '/lib/ld-musl-x86_64.so.1';
  const elf = readElf(await readFile(loader), loader);
  const exported = new Set(exportedSymbols(elf.dynamic?.symbols ?? []).map(({ name }) => name));
  t.true(exported.size > 1000);
  t.deepEqual(
    [...muslSymbols].filter((name) => !exported.has(name)),
    [],
  );
  t.false(exported.has('getcontext'));
});

test('the addon from npm’s tarballs does in bun what it does in node', async (t) => {
  const project = await installedProject(t, linuxMuslX64);
  const { addon } = await usePackage(t, project, await muslBunNode(t));
  t.true(addon.endsWith('/node_modules/@tsopenssl/linuxmusl-x64/tsopenssl.node'), addon);
});

test('the addon comes and goes with worker threads of bun', async (t) => {
  await useInThreads(t, linuxMuslX64, [await muslBunNode(t)]);
});

test('the addon lives in one process with other copies of itself, while bun itself shakes hands', async (t) => {
  await useTogether(t, linuxMuslX64, [await muslBunNode(t)]);
});
