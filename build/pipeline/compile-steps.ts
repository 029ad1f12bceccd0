// The steps that compile a target: its toolchain, OpenSSL, the addon. For a target that is joined out of others they join.

import path from 'node:path';
import type { Plan, Step, StepContext } from '../plan.ts';
import { compileAddon } from '../steps/addon.ts';
import { compileAddonDirectly } from '../steps/addon-direct.ts';
import {
  compileOpenSSL,
  configureOpenSSL,
  copyTree,
  installOpenSSL,
  openConfigured,
} from '../steps/compile.ts';
import { configureArguments, installedPrefix } from '../steps/configure.ts';
import { joinTrees } from '../steps/join.ts';
import { openToolchain, type Toolchain, writeToolchain } from '../steps/toolchain.ts';
import { toolchainParts, toolIdentities } from '../steps/toolchain-programs.ts';
import { makeZigRuntime, type RuntimeLanguage } from '../steps/zig-runtime.ts';
import { asJson, contentKey, digestTree } from '../store.ts';
import type { Target, TargetId } from '../types.ts';
import { installedVersion } from './shared-steps.ts';

/** A step of one target: `compile-linux-x64`. */
export function stepOf(name: string, target: { readonly id: TargetId }): string {
  return `${name}-${target.id}`;
}

/** The steps that compile one target. */
export function compileSteps(target: Target): readonly Step[] {
  const { compilers } = target;
  if (compilers.kind === 'joined') {
    const join = (name: string) => joinStep(name, target, compilers.parts);
    return [toolchain(target), join('compile'), join('addon')];
  }
  const runtimes = runtimeLanguages(target).map((language) => runtime(language, target));
  return [toolchain(target), ...runtimes, configure(target), compile(target), addon(target)];
}

/** The languages that zig links for a target. */
function runtimeLanguages({ compilers }: Target): readonly RuntimeLanguage[] {
  if (compilers.kind === 'zig') return ['c', 'cxx'];
  return compilers.kind === 'clang' ? ['cxx'] : [];
}

/** The step that makes zig's libraries of a language, where zig links that language. */
function runtimeNeeds(language: RuntimeLanguage, target: Target): readonly string[] {
  return runtimeLanguages(target).includes(language) ? [stepOf(`runtime-${language}`, target)] : [];
}

/** What a step needs that runs compilers: zig's programs are behind the toolchain's. */
function toolchainNeeds(target: Target): readonly string[] {
  const { usesZig } = toolchainParts(target.compilers);
  return [stepOf('toolchain', target), ...(usesZig ? ['zig'] : [])];
}

/** The machine's programs behind a target's compilers. A compiler of the machine's own is its owner's to choose and install. */
function compilerPrograms({ compilers }: Target): readonly string[] {
  return compilers.kind === 'host' ? [] : toolchainParts(compilers).tools;
}

const ownFile = 'build/pipeline/compile-steps.ts';

const sdkFolder = 'platform/macos/sdk';

/** What is compiled depends on the programs and on what they say of themselves, not on how their wrappers come about. */
function toolchain(target: Target): Step {
  const { programs, usesZig } = toolchainParts(target.compilers);
  const inputs = async (plan: Plan) => ({
    compilers: asJson(target.compilers),
    tools: await toolIdentities(target.compilers, plan),
  });
  return {
    name: stepOf('toolchain', target),
    needs: usesZig ? ['zig'] : [],
    inputs,
    identity: async (plan) =>
      contentKey({
        ...(await inputs(plan)),
        programs: programs.map(asJson),
        sdk: target.os === 'darwin' ? digestTree(plan.root, [sdkFolder]) : {},
      }),
    programs: () => compilerPrograms(target),
    definition: `${ownFile}#toolchain`,
    code: ['build/steps/toolchain.ts', 'build/steps/toolchain-programs.ts', sdkFolder],
    run: ({ plan, dir, result }) =>
      writeToolchain(dir, target, {
        zigDir: usesZig ? result('zig') : undefined,
        sdkDir: path.join(plan.root, sdkFolder),
      }),
  };
}

/** zig's cache during a step. */
const zigCacheOf = ({ scratchDir }: StepContext) => path.join(scratchDir, 'zig');

/**
 * Opens the toolchain for a step.
 * @param language - whose libraries the step links: zig's cache begins as a copy of them, since zig writes into its cache
 */
async function toolchainOf(
  context: StepContext,
  target: Target,
  language?: RuntimeLanguage,
): Promise<Toolchain> {
  const { plan, scratchDir, result } = context;
  const zigCacheDir = zigCacheOf(context);
  for (const name of language === undefined ? [] : runtimeNeeds(language, target)) {
    await copyTree(result(name), zigCacheDir);
  }
  return openToolchain({
    target,
    dir: result(stepOf('toolchain', target)),
    launcher: plan.launcher,
    zigCacheDir,
    workDir: path.join(scratchDir, 'launcher'),
  });
}

/** zig's libraries are compiled beside OpenSSL, so that no link waits for them; those of C++ come on top of those of C. */
function runtime(language: RuntimeLanguage, target: Target): Step {
  return {
    name: stepOf(`runtime-${language}`, target),
    costSeconds: language === 'cxx' ? 45 : 6,
    needs: [...toolchainNeeds(target), ...(language === 'cxx' ? runtimeNeeds('c', target) : [])],
    inputs: () => ({ os: target.os }),
    programs: () => compilerPrograms(target),
    definition: `${ownFile}#runtime`,
    code: ['build/steps/zig-runtime.ts'],
    async run(context) {
      await makeZigRuntime(context.dir, language, {
        target,
        toolchain: await toolchainOf(context, target, language === 'cxx' ? 'c' : undefined),
        zigCacheDir: zigCacheOf(context),
        workDir: path.join(context.scratchDir, 'work'),
        log: context.log,
      });
    },
  };
}

async function buildOptions(context: StepContext, target: Target, language?: RuntimeLanguage) {
  return {
    toolchain: await toolchainOf(context, target, language),
    epochSeconds: context.plan.epochSeconds,
    log: context.log,
  };
}

function configure(target: Target): Step {
  return {
    name: stepOf('configure', target),
    costSeconds: 7,
    needs: ['extract', ...toolchainNeeds(target)],
    inputs: ({ openssl, epochSeconds }) => ({ arguments: configureArguments(openssl, target), epochSeconds }),
    programs: () => ['perl', ...compilerPrograms(target)],
    definition: `${ownFile}#configure`,
    code: ['build/steps/compile.ts', 'build/steps/shared-objects.ts', 'openssl-config/tsopenssl.conf'],
    async run(context) {
      const own = path.join(context.plan.root, 'openssl-config/tsopenssl.conf');
      await copyTree(context.result('extract'), context.dir);
      await configureOpenSSL(
        context.dir,
        configureArguments(context.plan.openssl, target),
        own,
        await buildOptions(context, target),
      );
    },
  };
}

function compile(target: Target): Step {
  return {
    name: stepOf('compile', target),
    costSeconds: 180,
    usesAllCores: true,
    needs: [stepOf('configure', target), ...toolchainNeeds(target), ...runtimeNeeds('c', target)],
    inputs: ({ epochSeconds }) => ({ epochSeconds }),
    programs: () => ['make', 'perl', ...compilerPrograms(target)],
    definition: `${ownFile}#compile`,
    code: ['build/steps/compile.ts'],
    async run(context) {
      const options = await buildOptions(context, target, 'c');
      const tree = path.join(context.scratchDir, 'openssl');
      await openConfigured(context.result(stepOf('configure', target)), tree);
      await compileOpenSSL(tree, context.plan.jobs, options);
      await installOpenSSL(tree, installedPrefix(target), context.dir, options);
    },
  };
}

function addon(target: Target): Step {
  return {
    name: stepOf('addon', target),
    costSeconds: 40,
    needs: [
      stepOf('compile', target),
      ...toolchainNeeds(target),
      ...runtimeNeeds('cxx', target),
      'node-headers',
    ],
    inputs: async (plan) => ({
      nodeGyp: await installedVersion(plan, 'node-gyp'),
      nodeAddonApi: await installedVersion(plan, 'node-addon-api'),
      nodeApiHeaders: await installedVersion(plan, 'node-api-headers'),
      target: asJson(target),
      epochSeconds: plan.epochSeconds,
    }),
    programs: () => [...(target.os === 'linux' ? ['make', 'python3'] : []), ...compilerPrograms(target)],
    definition: `${ownFile}#addon`,
    code: [
      'addon/src',
      'build/steps/addon.ts',
      'build/steps/addon-direct.ts',
      'build/steps/addon-headers.ts',
    ],
    async run(context) {
      const { plan, dir, log, result } = context;
      const { env, pathFirst } = await toolchainOf(context, target, 'cxx');
      const modules = path.join(plan.root, 'node_modules');
      const input = {
        sourceDir: path.join(plan.root, 'addon/src'),
        opensslDir: result(stepOf('compile', target)),
        opensslVersion: plan.openssl.version,
        nodeHeadersDir: result('node-headers'),
        nodeAddonApiDir: path.join(modules, 'node-addon-api'),
        env: { ...env, SOURCE_DATE_EPOCH: String(plan.epochSeconds) },
        pathFirst,
        jobs: plan.jobs,
        log,
      };
      const file = path.join(dir, 'tsopenssl.node');
      if (target.os === 'linux' || target.compilers.kind === 'host') {
        const nodeGypBin = path.join(modules, 'node-gyp/bin/node-gyp.js');
        await compileAddon({ ...input, target, nodeGypBin }, file);
      } else {
        const nodeApiHeadersDir = path.join(modules, 'node-api-headers');
        await compileAddonDirectly({ ...input, target, nodeApiHeadersDir }, file);
      }
    },
  };
}

function joinStep(name: string, target: Target, parts: readonly TargetId[]): Step {
  const lipo = stepOf('toolchain', target);
  return {
    name: stepOf(name, target),
    needs: [...parts.map((id) => stepOf(name, { id })), lipo],
    inputs: () => ({}),
    programs: () => compilerPrograms(target),
    definition: `${ownFile}#joinStep`,
    code: ['build/steps/join.ts'],
    run: ({ dir, log, result }) =>
      joinTrees(
        parts.map((id) => result(stepOf(name, { id }))),
        dir,
        { pathFirst: [path.join(result(lipo), 'bin')], log },
      ),
  };
}
