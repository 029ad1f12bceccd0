// Which binary is loaded, and what is said where none can be: with real packages in real folders.

import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { runProgram } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { nodes } from '../../support/nodes.ts';
import { distribution } from '../../support/openssl.ts';

const { packageDir, platformDir } = await distribution();

interface Installed {
  readonly main: string;
  readonly platform: string;
}

/** The two packages in a node_modules of their own. */
async function install(t: ExecutionContext): Promise<Installed> {
  const modules = path.join(await temporaryFolder(t), 'node_modules');
  const main = path.join(modules, 'tsopenssl');
  const platform = path.join(modules, '@tsopenssl/linux-x64');
  await cp(packageDir, main, { recursive: true });
  await mkdir(platform, { recursive: true });
  for (const name of ['package.json', 'tsopenssl.node']) {
    await cp(path.join(platformDir, name), path.join(platform, name));
  }
  return { main, platform };
}

interface Outcome {
  readonly path?: string;
  readonly warnings?: readonly string[];
  readonly code?: string;
  readonly message?: string;
}

async function load({ main }: Installed, nodeArguments: readonly string[] = []): Promise<Outcome> {
  const source = `
    const warnings = [];
    process.on('warning', ({ code, message }) => warnings.push(code + ' ' + message));
    process.env.OPENSSL_CONF = '';
    try {
      const { info } = await import(process.env.MAIN + '/lib/index.js');
      await new Promise(setImmediate);
      console.log(JSON.stringify({ path: info().addon.path, warnings }));
    } catch ({ code, message }) {
      console.log(JSON.stringify({ code, message }));
    }`;
  const { stdout, stderr } = await runProgram(source, { env: { MAIN: main }, nodeArguments });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Outcome;
}

const builtIn = ({ main }: Installed) => path.join(main, 'src/build/Release/tsopenssl.node');

test("loads the binary of the platform's package", async (t) => {
  const installed = await install(t);
  t.deepEqual(await load(installed), { path: path.join(installed.platform, 'tsopenssl.node'), warnings: [] });
});

test('prefers the binary that was built from source', async (t) => {
  const installed = await install(t);
  await mkdir(path.dirname(builtIn(installed)), { recursive: true });
  await cp(path.join(installed.platform, 'tsopenssl.node'), builtIn(installed));
  t.deepEqual(await load(installed), { path: builtIn(installed), warnings: [] });
  await rm(installed.platform, { recursive: true });
  t.is((await load(installed)).path, builtIn(installed));
});

test('warns when the binary that was built from source cannot be loaded, and takes the other one', async (t) => {
  const installed = await install(t);
  await mkdir(path.dirname(builtIn(installed)), { recursive: true });
  await writeFile(builtIn(installed), 'no ELF file');
  const { path: used, warnings } = await load(installed);
  t.is(used, path.join(installed.platform, 'tsopenssl.node'));
  t.is(warnings?.length, 1);
  t.true(warnings?.[0]?.startsWith(`TSOPENSSL_BUILT_BINARY ${builtIn(installed)} was not loaded: `));
  t.true(warnings?.[0]?.endsWith(`; using ${used}`));
});

/** What is done to an installation, arguments of node, and what the error must say after its list. */
const damages: Readonly<
  Record<string, readonly [(it: Installed) => Promise<unknown>, readonly string[], RegExp]>
> = {
  'is not installed': [
    ({ platform }) => rm(platform, { recursive: true }),
    [],
    /@tsopenssl\/linux-x64\/tsopenssl\.node: the package is not installed\nWhat to do:\n {2}- install again with optional dependencies/,
  ],
  'is for another platform': [
    ({ platform }) => writeFile(path.join(platform, 'tsopenssl.node'), 'MZ: no ELF file'),
    [],
    /tsopenssl\.node: (invalid ELF header|file too short)\nWhat to do:\n {2}- (the binary is for another platform|install tsopenssl again)/,
  ],
  'may not be loaded': [
    async () => undefined,
    ['--no-addons'],
    /loading addons is disabled\.\nWhat to do:\n {2}- node was started without the right to load addons/,
  ],
};

for (const [title, [damage, nodeArguments, pattern]] of Object.entries(damages)) {
  test(`lists what was tried and what to do when the binary ${title}`, async (t) => {
    const installed = await install(t);
    await damage(installed);
    const { code, message = '' } = await load(installed, nodeArguments);
    t.is(code, 'ERR_TSOPENSSL_NOT_LOADED');
    t.true(
      message.startsWith(
        `no binary of tsopenssl could be loaded on ${process.platform}-${process.arch}; tried\n`,
      ),
    );
    t.true(message.includes(`  - ${builtIn(installed)}: it was not built\n`), message);
    t.regex(message, pattern);
  });
}

test('import and require give the same objects, without a warning, in every node', async (t) => {
  const { main } = await install(t);
  const source = `
    import { createRequire } from 'node:module';
    const required = createRequire(process.env.MAIN)(process.env.MAIN);
    const imported = await import(process.env.MAIN + '/lib/index.js');
    console.log(JSON.stringify([Object.keys(required).sort().join() === Object.keys(imported).sort().join(),
      required.crypto.X509 === imported.crypto.X509, required.info().version.openssl.version]));`;
  for (const { node, version } of await nodes()) {
    const { stdout, stderr } = await runProgram(source, {
      node,
      env: { MAIN: main, OPENSSL_CONF: '/dev/null' },
    });
    t.deepEqual(JSON.parse(stdout), [true, true, '3.5.7'], version);
    t.is(stderr, '', version);
  }
});
