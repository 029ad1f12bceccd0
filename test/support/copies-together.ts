// Several copies of the installed package in one process, beside node's own crypto and TLS.

import { cp, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import type { Target } from '../../build/types.ts';
import { releaseInfo } from './artifacts.ts';
import { temporaryFolder } from './folder.ts';
import type { TestedNode } from './nodes.ts';
import { ask, installedProject } from './npm-project.ts';
import { distribution } from './openssl.ts';

/** Loads four copies, one of them twice over, while node shakes hands. */
export async function useTogether(
  t: ExecutionContext,
  target: Target,
  nodes: readonly TestedNode[],
): Promise<void> {
  const project = await installedProject(t, target);
  const other = await installedProject(t, target);
  const installed = path.join(project.dir, 'node_modules/tsopenssl');
  const vendored = path.join(project.dir, 'vendor/tsopenssl');
  await cp(installed, vendored, { recursive: true });
  await cp(`${installed}/../@tsopenssl`, path.join(vendored, 'node_modules/@tsopenssl'), { recursive: true });
  const link = path.join(project.dir, 'link');
  await symlink(installed, link);
  const packages = [installed, path.join(other.dir, 'node_modules/tsopenssl'), vendored, link];
  const files = await certificateFiles(t);

  for (const node of nodes) {
    t.deepEqual(await ask(t, project, node, ['together.cjs', ...files, ...packages]), {
      openssl: packages.map(() => releaseInfo.opensslVersion),
      isolated: true,
      // the link leads to a copy that is counted already
      bases: 3,
      digests: 1,
      connecting: packages.map(() => true),
      authorized: true,
      received: 'hello',
      refused: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      hash: true,
    });
  }
}

/** A key and a certificate for localhost that signs itself. */
async function certificateFiles(t: ExecutionContext): Promise<readonly [key: string, certificate: string]> {
  const { openssl } = await distribution();
  const cwd = await temporaryFolder(t);
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', 'key.pem', '-out', 'certificate.pem'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
  await run([openssl, 'req', '-config', '/dev/null', '-x509', ...key, ...names, ...files], { cwd });
  return [path.join(cwd, 'key.pem'), path.join(cwd, 'certificate.pem')];
}
