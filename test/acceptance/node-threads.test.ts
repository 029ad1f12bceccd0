// The installed package in worker threads, under every node.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { readElf } from '../../build/formats/elf.ts';
import { DF_1, DT, PT } from '../../build/formats/elf-constants.ts';
import { releaseInfo } from '../support/artifacts.ts';
import { nodes } from '../support/nodes.ts';
import { ask, installedProject } from '../support/npm-project.ts';
import { usePackage } from '../support/use-package.ts';

test('comes and goes with 20 worker threads in turn and at once, because it stays mapped', async (t) => {
  const project = await installedProject(t);

  for (const node of await nodes()) {
    const roots = (await usePackage(t, project, node)).counts.any;
    const found = { exitCode: 0, openssl: releaseInfo.opensslVersion, isolated: true, roots };
    t.deepEqual(await ask(t, project, node, ['threads.mjs']), { workers: 40, distinct: [found] });
  }

  const addon = path.join(project.dir, 'node_modules/@tsopenssl/linux-x64/tsopenssl.node');
  await writeFile(addon, withoutNodelete(await readFile(addon)));
  for (const node of await nodes()) {
    const { exitCode, stdout } = await project.run(node, ['threads.mjs']);
    t.true(exitCode >= 128, `node ${node.version} was ended by no signal: exit status ${exitCode}`);
    t.is(stdout, '');
  }
});

/** The same library, which dlclose() takes out of memory. */
function withoutNodelete(bytes: Buffer): Buffer {
  const { segments } = readElf(bytes, 'tsopenssl.node');
  const { offset = 0, fileSizeBytes = 0 } = segments.find(({ type }) => type === PT.DYNAMIC) ?? {};
  const copy = Buffer.from(bytes);
  for (let place = offset; place < offset + fileSizeBytes; place += 16) {
    if (copy.readBigUInt64LE(place) !== BigInt(DT.FLAGS_1)) continue;
    copy.writeBigUInt64LE(copy.readBigUInt64LE(place + 8) & ~BigInt(DF_1.NODELETE), place + 8);
  }
  return copy;
}
