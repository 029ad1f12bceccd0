// The installed package in worker threads.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { readElf } from '../../build/formats/elf.ts';
import { DF_1, DT, PT } from '../../build/formats/elf-constants.ts';
import type { LinuxTarget } from '../../build/types.ts';
import { releaseInfo } from './artifacts.ts';
import type { TestedNode } from './nodes.ts';
import { ask, installedProject } from './npm-project.ts';
import { usePackage } from './use-package.ts';

/**
 * Lets threads come and go with the addon, then with one that may be unloaded: that ends the process, but not with musl,
 * whose dlclose() unloads nothing.
 */
export async function useInThreads(
  t: ExecutionContext,
  target: LinuxTarget,
  nodes: readonly TestedNode[],
): Promise<void> {
  const project = await installedProject(t, target);

  for (const node of nodes) {
    const { counts, authority } = await usePackage(t, project, node);
    const common = { exitCode: 0, openssl: releaseInfo.opensslVersion, isolated: true };
    const found = { ...common, roots: counts.any, authority };
    t.deepEqual(await ask(t, project, node, ['threads.mjs']), { workers: 40, distinct: [found] });
  }

  const addon = path.join(project.dir, 'node_modules', target.npm.packageName, 'tsopenssl.node');
  await writeFile(addon, withoutNodelete(await readFile(addon)));
  for (const node of nodes) {
    const { exitCode, stdout } = await project.run(node, ['threads.mjs']);
    if (target.glibcFloor === undefined) {
      t.is(exitCode, 0, stdout);
      continue;
    }
    t.true(exitCode >= 128, `node ${node.version} was ended by no signal: exit status ${exitCode}`);
    t.is(stdout, '');
  }
}

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
