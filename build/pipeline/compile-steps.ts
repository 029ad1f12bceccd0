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
import {
  openToolchain,
  probeHostCompilers,
  type Toolchain,
  toolchainParts,
  toolIdentities,
  writeHostLinks,
  writeRecipeToolchain,
} from '../steps/toolchain.ts';
import { asJson } from '../store.ts';
import type { Target, TargetId } from '../types.ts';
import { installedVersion } from './shared-steps.ts';

/** A step of one target: `compile-linux-x64`. */
export function stepOf(name: string, target: { readonly id: TargetId }): string {
  return `${name}-${target.id}`;
}

/** The steps that compile one target. */
export function compileSteps(plan: Plan, target: Target): readonly Step[] {
  const { compilers } = target;
  if (compilers.kind === 'joined') {
    const join = (name: string) => joinStep(name, target, compilers.parts);
    return [recipeToolchain(target), join('compile'), join('addon')];
  }
  const toolchain = plan.toolchain === 'host' ? hostToolchain(target) : recipeToolchain(target);
  return [toolchain, configure(plan, target), compile(plan, target), addon(plan, target)];
}

/** What a step needs that runs compilers: zig's programs are behind the toolchain's. */
function toolchainNeeds(plan: Plan, target: Target): readonly string[] {
  const usesZig = plan.toolchain === 'recipe' && toolchainParts(target.compilers).usesZig;
  return [stepOf('toolchain', target), ...(usesZig ? ['zig'] : [])];
}

function recipeToolchain(target: Target): Step {
  const { usesZig } = toolchainParts(target.compilers);
  return {
    name: stepOf('toolchain', target),
    needs: usesZig ? ['zig'] : [],
    inputs: async () => ({ compilers: asJson(target.compilers), tools: await toolIdentities(target) }),
    code: ['build/steps/toolchain.ts', 'platform/macos/sdk'],
    run: ({ plan, dir, result }) =>
      writeRecipeToolchain(dir, target, {
        zigDir: usesZig ? result('zig') : undefined,
        sdkDir: path.join(plan.root, 'platform/macos/sdk'),
      }),
  };
}

function hostToolchain(target: Target): Step {
  return {
    name: stepOf('toolchain', target),
    needs: [],
    inputs: async () => ({ host: asJson(await probeHostCompilers()) }),
    code: ['build/steps/toolchain.ts'],
    run: ({ dir }) => writeHostLinks(dir),
  };
}

/** Opens the toolchain for a step. */
function toolchainOf({ plan, scratchDir, result }: StepContext, target: Target): Promise<Toolchain> {
  return openToolchain({
    id: plan.toolchain,
    target,
    dir: result(stepOf('toolchain', target)),
    launcher: plan.launcher,
    zigCacheDir: path.join(plan.cacheDir, 'zig'),
    workDir: path.join(scratchDir, 'launcher'),
  });
}

async function buildOptions(context: StepContext, target: Target) {
  return {
    toolchain: await toolchainOf(context, target),
    epochSeconds: context.plan.epochSeconds,
    log: context.log,
  };
}

function configure(plan: Plan, target: Target): Step {
  return {
    name: stepOf('configure', target),
    needs: ['extract', ...toolchainNeeds(plan, target)],
    inputs: ({ openssl, epochSeconds }) => ({ arguments: configureArguments(openssl, target), epochSeconds }),
    code: ['build/steps/compile.ts', 'openssl-config/tsopenssl.conf'],
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

function compile(plan: Plan, target: Target): Step {
  return {
    name: stepOf('compile', target),
    needs: [stepOf('configure', target), ...toolchainNeeds(plan, target)],
    inputs: ({ epochSeconds }) => ({ epochSeconds }),
    code: ['build/steps/compile.ts'],
    async run(context) {
      const options = await buildOptions(context, target);
      const tree = path.join(context.scratchDir, 'openssl');
      await openConfigured(context.result(stepOf('configure', target)), tree);
      await compileOpenSSL(tree, context.plan.jobs, options);
      await installOpenSSL(tree, installedPrefix(target), context.dir, options);
    },
  };
}

function addon(plan: Plan, target: Target): Step {
  return {
    name: stepOf('addon', target),
    needs: [stepOf('compile', target), ...toolchainNeeds(plan, target), 'node-headers'],
    inputs: async ({ epochSeconds }) => ({
      nodeGyp: await installedVersion(plan, 'node-gyp'),
      nodeAddonApi: await installedVersion(plan, 'node-addon-api'),
      nodeApiHeaders: await installedVersion(plan, 'node-api-headers'),
      target: asJson(target),
      epochSeconds,
    }),
    code: ['addon/src', 'build/steps/addon.ts', 'build/steps/addon-direct.ts'],
    async run(context) {
      const { dir, log, result } = context;
      const { env, pathFirst } = await toolchainOf(context, target);
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
      if (target.os === 'linux' || plan.toolchain === 'host') {
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
  const toolchain = stepOf('toolchain', target);
  return {
    name: stepOf(name, target),
    needs: [...parts.map((id) => stepOf(name, { id })), toolchain],
    inputs: () => ({}),
    code: ['build/steps/join.ts'],
    run: ({ dir, log, result }) =>
      joinTrees(
        parts.map((id) => result(stepOf(name, { id }))),
        dir,
        { pathFirst: [path.join(result(toolchain), 'bin')], log },
      ),
  };
}
