// manifest.json: what was built, out of what, with what. Its keys are documented in docs/manifest.md.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { nodeHeaders, zig } from '../../recipes/toolchains.ts';
import type { Plan } from '../plan.ts';
import { configureArguments } from './configure.ts';
import type { ArtifactRecord } from './publish.ts';
import { toolVersions } from './tool-versions.ts';
import { probeHostCompilers } from './toolchain.ts';

/** Raised when a key changes its meaning or goes away. */
const manifestSchemaVersion = 1;

const npmTools = ['node-addon-api', 'node-gyp', 'tar', 'typescript'] as const;

/** Answers a function that renders the manifest for given artifacts. */
export async function manifestRenderer(
  plan: Plan,
): Promise<(artifacts: readonly ArtifactRecord[]) => string> {
  const { info, target, openssl, certdata } = plan;
  const { fileName, urls, sizeBytes, sha256, signature } = openssl.source;
  const head = {
    schemaVersion: manifestSchemaVersion,
    name: info.name,
    distributionVersion: info.distributionVersion,
    apiVersion: info.apiVersion,
    opensslVersion: info.opensslVersion,
    certdataVersion: info.certdataVersion,
    npmVersion: info.semver,
    licence: info.licence,
    epochSeconds: plan.epochSeconds,
    target: {
      id: target.id,
      glibcFloor: target.glibcFloor,
      prefix: target.prefix,
      directories: target.directories,
    },
    openssl: { configureArguments: configureArguments(openssl, target) },
    sources: [
      { name: 'openssl', fileName, urls, sizeBytes, sha256, signedBy: signature?.fingerprint ?? null },
      {
        name: 'certdata',
        fileName: certdata.source.fileName,
        member: certdata.member,
        memberSha256: certdata.memberSha256,
        sizeBytes: certdata.source.sizeBytes,
        sha256: certdata.source.sha256,
        nssVersion: certdata.nssVersion,
      },
    ],
    tools: await builderTools(plan),
  };
  return (artifacts) => `${JSON.stringify({ ...head, artifacts }, undefined, 2)}\n`;
}

async function builderTools(plan: Plan): Promise<Record<string, string>> {
  const fromNpm = await Promise.all(
    npmTools.map(async (name) => {
      const text = await readFile(path.join(plan.root, 'node_modules', name, 'package.json'), 'utf8');
      return [name, (JSON.parse(text) as { version: string }).version] as const;
    }),
  );
  const compiler =
    plan.toolchain === 'zig' ? `${zig.name}@${zig.version}` : (await probeHostCompilers()).identity;
  const headers = `${nodeHeaders.name}@${nodeHeaders.version}`;
  return {
    compiler,
    nodeHeaders: headers,
    ...Object.fromEntries(fromNpm),
    ...(await toolVersions(['make', 'perl'])),
  };
}
