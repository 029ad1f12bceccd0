// The steps that compile the addon and its OpenSSL once more, with AddressSanitizer, by the machine's own gcc. They run in the
// builder's engine and lie in its store, and no step of what is shipped knows of them.

import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../../build/errors.ts';
import { stepOf } from '../../build/pipeline/compile-steps.ts';
import { installedVersion } from '../../build/pipeline/shared-steps.ts';
import type { Step, StepContext } from '../../build/plan.ts';
import { run } from '../../build/process.ts';
import { compileAddon } from '../../build/steps/addon.ts';
import { configureOpenSSL, copyTree, openConfigured } from '../../build/steps/compile.ts';
import { configureArguments } from '../../build/steps/configure.ts';
import { openToolchain, type Toolchain } from '../../build/steps/toolchain.ts';
import type { OpenSSLRecipe, Target } from '../../build/types.ts';
import { platformOptions } from '../../openssl-config/options.ts';

/** A report of the sanitizer names lines and whole stacks, and one thing is looked at in a sensible time. */
const sanitizerFlags: readonly string[] = ['-O1', '-g1', '-fno-omit-frame-pointer'];

const archives = ['libcrypto.a', 'libssl.a'];

/** What the recipe configures and is of no use here, or would hide what the sanitizer looks for. */
const unwantedOptions: ReadonlySet<string> = new Set([
  'shared',
  ...platformOptions.linux.map(({ name }) => name),
]);

/** Arguments of Configure: the recipe's, so that the same code is compiled with the same directories. */
function sanitizedArguments(recipe: OpenSSLRecipe, target: Target): readonly string[] {
  const wanted = configureArguments(recipe, target).filter((option) => !unwantedOptions.has(option));
  return [...wanted, 'no-shared', 'no-apps', 'enable-asan', ...sanitizerFlags];
}

function toolchainOf({ plan, scratchDir, result }: StepContext, target: Target): Promise<Toolchain> {
  return openToolchain({
    target,
    dir: result(stepOf('toolchain', target)),
    launcher: plan.launcher,
    zigCacheDir: path.join(scratchDir, 'zig'),
    workDir: path.join(scratchDir, 'launcher'),
  });
}

/** include/openssl, lib/libcrypto.a and lib/libssl.a, every access to memory in them checked. */
function libraries(target: Target): Step {
  return {
    name: 'openssl-sanitized',
    needs: ['extract', stepOf('toolchain', target)],
    inputs: ({ openssl, epochSeconds }) => ({ arguments: sanitizedArguments(openssl, target), epochSeconds }),
    code: ['build/steps/compile.ts', 'build/steps/shared-objects.ts', 'openssl-config/tsopenssl.conf'],
    async run(context) {
      const { plan, dir, log, scratchDir, result } = context;
      const toolchain = await toolchainOf(context, target);
      const [configured, tree] = ['configured', 'openssl'].map((name) => path.join(scratchDir, name)) as [
        string,
        string,
      ];
      await mkdir(configured);
      await copyTree(result('extract'), configured);
      const own = path.join(plan.root, 'openssl-config/tsopenssl.conf');
      const options = { toolchain, epochSeconds: plan.epochSeconds, log };
      await configureOpenSSL(configured, sanitizedArguments(plan.openssl, target), own, options);
      await openConfigured(configured, tree);
      const make = { cwd: tree, log, env: toolchain.env, pathFirst: toolchain.pathFirst };
      await run(['make', 'build_generated'], make);
      await run(['make', `-j${plan.jobs}`, ...archives], make);
      await cp(path.join(tree, 'include/openssl'), path.join(dir, 'include/openssl'), { recursive: true });
      await mkdir(path.join(dir, 'lib'));
      for (const name of archives) await copyFile(path.join(tree, name), path.join(dir, 'lib', name));
    },
  };
}

/**
 * What is taken out of the sources, once in its file. Linker flags: they take away names and lines of a report, and the exceptions
 * and `new` of C++, which the sanitizer watches only in the shared library. RTLD_DEEPBIND: the sanitizer ends a process that opens
 * a library with it.
 */
const unwantedTexts: readonly (readonly [file: string, text: string, instead: string])[] = [
  ['binding.gyp', "'-s',", ''],
  ['binding.gyp', "'-static-libstdc++',", ''],
  ['binding.gyp', "'-static-libgcc',", ''],
  ['platform_posix.cc', '#ifdef RTLD_DEEPBIND', '#if 0'],
];

/** Copies the addon's sources without those texts. */
async function copySources(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (file) => path.relative(from, file) !== 'build' });
  for (const [name, text, instead] of unwantedTexts) {
    const file = path.join(to, name);
    const parts = (await readFile(file, 'utf8')).split(text);
    if (parts.length !== 2)
      throw new BuildError('ERR_RECIPE', `${name}: wanted ${text} once, found it ${parts.length - 1} times`);
    await writeFile(file, parts.join(instead));
  }
}

/** tsopenssl.node, compiled by node-gyp as the product is, with the flags of the sanitizer after those of binding.gyp. */
function addon(target: Target): Step {
  return {
    name: 'addon-sanitized',
    needs: ['openssl-sanitized', stepOf('toolchain', target), 'node-headers'],
    inputs: async (plan) => ({
      flags: sanitizerFlags,
      unwantedTexts,
      nodeGyp: await installedVersion(plan, 'node-gyp'),
      nodeAddonApi: await installedVersion(plan, 'node-addon-api'),
    }),
    code: ['addon/src', 'build/steps/addon.ts', 'build/steps/addon-headers.ts'],
    async run(context) {
      const { plan, dir, log, scratchDir, result } = context;
      const { env, pathFirst } = await toolchainOf(context, target);
      const modules = path.join(plan.root, 'node_modules');
      const sourceDir = path.join(scratchDir, 'addon');
      await copySources(path.join(plan.root, 'addon/src'), sourceDir);
      const input = {
        target,
        sourceDir,
        opensslDir: result('openssl-sanitized'),
        opensslVersion: plan.openssl.version,
        nodeHeadersDir: result('node-headers'),
        nodeAddonApiDir: path.join(modules, 'node-addon-api'),
        nodeGypBin: path.join(modules, 'node-gyp/bin/node-gyp.js'),
        env: {
          ...env,
          CXXFLAGS: [...sanitizerFlags, '-fsanitize=address', '-U_FORTIFY_SOURCE'].join(' '),
          LDFLAGS: '-fsanitize=address',
        },
        pathFirst,
        jobs: plan.jobs,
        log,
      };
      await compileAddon(input, path.join(dir, 'tsopenssl.node'));
    },
  };
}

/** planted.node: faults that must be reported, in a binary of its own that is compiled and linked in the same way. */
function planted(target: Target): Step {
  return {
    name: 'planted-sanitized',
    needs: ['openssl-sanitized', stepOf('toolchain', target), 'node-headers'],
    inputs: () => ({ flags: sanitizerFlags }),
    code: ['test/sanitizer/planted.cc', 'addon/src/exports.map'],
    async run(context) {
      const { plan, dir, log, result } = context;
      const { env, pathFirst } = await toolchainOf(context, target);
      const openssl = result('openssl-sanitized');
      const argv = [
        ...['g++', '-std=c++17', '-fPIC', '-shared', '-fvisibility=hidden', '-fsanitize=address'],
        ...[...sanitizerFlags, `-I${path.join(openssl, 'include')}`, '-DNAPI_VERSION=9'],
        `-I${path.join(result('node-headers'), 'include/node')}`,
        ...['-o', path.join(dir, 'planted.node'), path.join(plan.root, 'test/sanitizer/planted.cc')],
        path.join(openssl, 'lib/libcrypto.a'),
        `-Wl,--version-script=${path.join(plan.root, 'addon/src/exports.map')}`,
        ...['-Wl,-z,nodelete', '-lpthread', '-ldl'],
      ];
      await run(argv, { env, pathFirst, log });
    },
  };
}

/** The steps beside those of a plan whose one target is compiled by the machine's compiler. */
export function sanitizedSteps(target: Target): readonly Step[] {
  return [libraries(target), addon(target), planted(target)];
}
