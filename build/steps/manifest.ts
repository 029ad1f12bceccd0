// manifest.json: what was built, out of what, with what. Its keys are documented in docs/manifest.md.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { floorOf } from '../../platform/targets.ts';
import { nodeHeaders, zig } from '../../recipes/toolchains.ts';
import type { Plan } from '../plan.ts';
import type { OpenSSLRecipe, Target } from '../types.ts';
import { configureArguments } from './configure.ts';
import type { ArtifactRecord } from './publish.ts';
import { toolVersions } from './tool-versions.ts';
import { toolchainParts, toolIdentities } from './toolchain-programs.ts';

/** Raised when a key changes its meaning or goes away. */
const manifestSchemaVersion = 2;

const npmTools = [
  'archiver',
  'node-addon-api',
  'node-api-headers',
  'node-gyp',
  'rollup',
  'tar',
  'typescript',
] as const;

/** Answers a function that renders the manifest for given artifacts. */
export async function manifestRenderer(
  plan: Plan,
): Promise<(artifacts: readonly ArtifactRecord[]) => string> {
  const { info, targets, openssl, certdata } = plan;
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
    targets: targets.map((target) => describeTarget(target, openssl)),
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

function describeTarget(target: Target, openssl: OpenSSLRecipe) {
  const { id, prefix, directories, compilers } = target;
  return {
    id,
    floor: floorOf(target),
    prefix,
    directories,
    compilers,
    configureArguments: compilers.kind === 'joined' ? null : configureArguments(openssl, target),
  };
}

async function builderTools(plan: Plan): Promise<Record<string, string>> {
  const fromNpm = await Promise.all(
    npmTools.map(async (name) => {
      const text = await readFile(path.join(plan.root, 'node_modules', name, 'package.json'), 'utf8');
      return [name, (JSON.parse(text) as { version: string }).version] as const;
    }),
  );
  const headers = `${nodeHeaders.name}@${nodeHeaders.version}`;
  return {
    ...(await compilersOf(plan)),
    nodeHeaders: headers,
    ...Object.fromEntries(fromNpm),
    ...(await toolVersions(['make', 'perl'], plan)),
  };
}

/** The compilers of all targets, by name. */
async function compilersOf(plan: Plan): Promise<Record<string, string>> {
  const usesZig = plan.targets.some(({ compilers }) => toolchainParts(compilers).usesZig);
  const identities = await Promise.all(plan.targets.map(({ compilers }) => toolIdentities(compilers, plan)));
  return Object.assign({}, usesZig ? { zig: `${zig.name}@${zig.version}` } : {}, ...identities);
}
