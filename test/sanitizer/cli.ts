// npm run test:asan: compiles the addon and its OpenSSL with AddressSanitizer, puts that binary into a copy of the packaged
// library, and runs the tests of the API with it. Words on the command line are handed to ava.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openCacheFolder } from '../../build/cache-folder.ts';
import { consoleReporter } from '../../build/console.ts';
import { keySteps, runSteps } from '../../build/engine.ts';
import { BuildError } from '../../build/errors.ts';
import { makePlan } from '../../build/make-plan.ts';
import { pipelineSteps } from '../../build/pipeline.ts';
import { run } from '../../build/process.ts';
import { checkout } from '../support/builder.ts';
import { distribution } from '../support/openssl.ts';
import { sanitizedSteps } from './steps.ts';

/** Folders of the results of the steps `addon-sanitized` and `planted-sanitized`. */
async function compile(): Promise<{ readonly addon: string; readonly planted: string }> {
  const plan = await makePlan(checkout, { toolchain: 'host' });
  await openCacheFolder(plan.cacheDir);
  const steps = [...pipelineSteps(plan), ...plan.targets.flatMap(sanitizedSteps)];
  const wanted = ['addon-sanitized', 'planted-sanitized'];
  const keyed = await keySteps(steps, wanted, plan);
  const result = await runSteps(keyed, wanted, plan, { reporter: consoleReporter, explain: false });
  return { addon: result('addon-sanitized'), planted: result('planted-sanitized') };
}

/** Lays out the packages as npm does, with the sanitized binary in the place of the shipped one. */
async function stage(modules: string): Promise<void> {
  const { packageDir, platformDir } = await distribution();
  const { addon, planted } = await compile();
  const platform = path.join(modules, '@tsopenssl', path.basename(platformDir));
  await cp(packageDir, path.join(modules, 'tsopenssl'), { recursive: true });
  await cp(path.join(platformDir, 'package.json'), path.join(platform, 'package.json'));
  await cp(path.join(addon, 'tsopenssl.node'), path.join(platform, 'tsopenssl.node'));
  await cp(path.join(planted, 'planted.node'), path.join(modules, 'planted.node'));
}

async function runTests(modules: string, words: readonly string[]): Promise<number> {
  const { stdout } = await run(['gcc', '-print-file-name=libasan.so']);
  const ava = path.join(checkout, 'node_modules/ava/entrypoints/cli.mjs');
  const argv = [ava, '--config', 'ava.asan.config.mjs', ...words];
  const env = { ...process.env, TSOPENSSL_TEST_MODULES: modules, TSOPENSSL_TEST_LIBASAN: stdout.trim() };
  const child = spawn(process.execPath, argv, { cwd: checkout, stdio: 'inherit', env });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-sanitized-'));
const modules = path.join(folder, 'node_modules');
try {
  await stage(modules);
  process.exitCode = await runTests(modules, process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  consoleReporter.note(`${error.code}: ${error.message}`);
  process.exitCode = error.exitStatus;
} finally {
  await rm(folder, { recursive: true, force: true });
}
