// A project whose suites are planted test files, run by the real runner and the real `.ci/run`.

import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { type RunResult, run } from '../../build/process.ts';
import { checkout } from './builder.ts';
import { temporaryFolder } from './folder.ts';

/** Names of files in test/run/planted. */
type Planted =
  | 'fails'
  | 'waits'
  | 'crashes'
  | 'skips'
  | 'hangs'
  | 'passes'
  | 'throws-late'
  | 'has-no-tests'
  | 'leaves-mark'
  | 'needs-build';

export interface PlantedProject {
  readonly root: string;
  /** Runs `npm test` with these words behind `--`. */
  test(...words: readonly string[]): Promise<RunResult>;
  /** Runs `.ci/run`. */
  ci(): Promise<RunResult>;
}

/**
 * Makes a project of two suites; one without files is one whose build fails.
 * @param timeout - ava's
 */
export async function plantedProject(
  t: ExecutionContext,
  suites: { readonly test: readonly Planted[]; readonly platforms?: readonly Planted[] },
  timeout = '60s',
): Promise<PlantedProject> {
  const root = await temporaryFolder(t);
  const start = 'node --import tsx test/run/planted/suite.ts';
  const folders = { test: suites.test, platforms: suites.platforms ?? [] };
  const folderOf = (name: keyof typeof folders) => (folders[name].length === 0 ? 'unbuildable' : name);
  const scripts = {
    lint: 'node --version',
    test: `${start} 'npm test' ${folderOf('test')}`,
    'test:platforms': `${start} 'npm run test:platforms' ${folderOf('platforms')}`,
  };
  await mkdir(path.join(root, '.ci'));
  await mkdir(path.join(root, 'test'));
  await copyFile(path.join(checkout, '.ci/run'), path.join(root, '.ci/run'));
  await symlink(path.join(checkout, 'test/run'), path.join(root, 'test/run'));
  await symlink(path.join(checkout, 'node_modules'), path.join(root, 'node_modules'));
  await writeFile(path.join(root, 'package.json'), JSON.stringify({ type: 'module', scripts }));
  for (const [name, files] of Object.entries(folders)) await plant(root, name, files, timeout);
  const script = path.join(root, '.ci/run');
  return {
    root,
    test: (...words) => run(['npm', 'test', '--', ...words], { cwd: root, allowFailure: true }),
    ci: () => run([script], { cwd: root, allowFailure: true }),
  };
}

async function plant(root: string, name: string, files: readonly Planted[], timeout: string): Promise<void> {
  const options = {
    extensions: { ts: 'module' },
    nodeArguments: ['--import=tsx'],
    workerThreads: false,
    concurrency: 2,
    timeout,
    files: [`test/${name}/*.test.ts`],
  };
  const observed = path.join(checkout, 'test/run/observed.mjs');
  const config = `import { observed } from ${JSON.stringify(observed)};
export default await observed(${JSON.stringify(options)});\n`;
  await mkdir(path.join(root, 'test', name));
  await writeFile(path.join(root, `ava.${name}.config.mjs`), config);
  for (const file of files) {
    const to = path.join(root, 'test', name, `${file}.test.ts`);
    await copyFile(path.join(checkout, 'test/run/planted', `${file}.ts`), to);
  }
}
