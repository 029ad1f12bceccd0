// The addon in worker threads, in two copies, and at the end of a process.

import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { RunResult } from '../../build/process.ts';
import { type ProgramOptions, runProgram } from '../support/addon.ts';
import { temporaryFolder } from '../support/folder.ts';
import { nodes } from '../support/nodes.ts';
import { distribution } from '../support/openssl.ts';

const { packageDir, platformDir } = await distribution();

/** Defines `work(options)`, which loads the addon in a worker thread and answers its exit code and what it said. */
const workers = `
import { Worker } from 'node:worker_threads';
const job = \`
  import { parentPort } from 'node:worker_threads';
  const { caBundle, info, OpenSSLError } = await import(\${JSON.stringify(entry)})
    .catch(({ code, message }) => { parentPort.postMessage(code + ' ' + message); process.exit(); });
  const [root] = caBundle.iterCaBundle();
  const { configuration, providers, version } = info();
  parentPort.postMessage(JSON.stringify([version.openssl.version, root.getX509().digest('sha256') === root.sha256,
    configuration.loaded, providers.map(({ name }) => name).sort().join()]));
\`;
const work = (options = {}) => new Promise((resolve, reject) => {
  let said;
  const worker = new Worker(job, { eval: true, ...options });
  worker.on('message', (message) => { said = message; });
  worker.on('error', reject);
  worker.on('exit', (code) => resolve(code + ' ' + said));
});
`;

async function run(t: ExecutionContext, source: string, options?: ProgramOptions): Promise<unknown> {
  const result: RunResult = await runProgram(source, options);
  t.is(result.exitCode, 0, result.stderr);
  t.is(result.stderr, '');
  return JSON.parse(result.stdout);
}

const quiet = { OPENSSL_CONF: '/dev/null' };
const good = '0 ["3.5.7",true,true,"default"]';

for (const { node, version } of await nodes()) {
  test(`loads and unloads in 20 workers of node ${version}, one after the other and at once`, async (t) => {
    const source = `${workers}
      const inTurn = [];
      for (let i = 0; i < 20; i++) inTurn.push(await work());
      const atOnce = await Promise.all(Array.from({ length: 20 }, () => work()));
      console.log(JSON.stringify([inTurn, atOnce]));`;
    const [inTurn, atOnce] = (await run(t, source, { node, env: quiet })) as [string[], string[]];
    t.deepEqual(inTurn, Array(20).fill(good));
    t.deepEqual(atOnce, Array(20).fill(good));
  });
}

test('lives in the main thread and in workers at once, and in workers that are ended from outside', async (t) => {
  const source = `${workers}
    const { crypto, info } = await import(entry);
    const ended = await Promise.all(Array.from({ length: 20 }, async (_, index) => {
      const worker = new Worker(job, { eval: true });
      await new Promise((resolve) => setTimeout(resolve, index * 5));
      return worker.terminate();
    }));
    console.log(JSON.stringify([ended.length, await work(), info().version.openssl.version]));`;
  t.deepEqual(await run(t, source, { env: quiet }), [20, good, '3.5.7']);
});

test('workers can be ended in the midst of calls, also of calls that throw', async (t) => {
  // Node-API cannot throw in a thread that is being ended, and node-addon-api took that for a fatal error
  const source = `
    import { Worker } from 'node:worker_threads';
    const job = \`
      import { createRequire } from 'node:module';
      import { parentPort } from 'node:worker_threads';
      const native = createRequire('/')(\${JSON.stringify(binary)});
      parentPort.postMessage('ready');
      const attempt = (call) => { try { call(); } catch {} };
      for (;;) {
        attempt(() => native.loadCertificate(1, Buffer.from('no certificate')));
        attempt(() => native.certificateSerial({}));
        native.providers();
        native.parseConfiguration(Buffer.from('[s]\\\\na = 1'));
      }\`;
    const end = () => new Promise((resolve, reject) => {
      const worker = new Worker(job, { eval: true });
      worker.on('message', () => setTimeout(() => worker.terminate(), Math.random() * 10));
      worker.on('error', reject);
      worker.on('exit', resolve);
    });
    let ended = 0;
    for (let round = 0; round < 20; round++) ended += (await Promise.all([end(), end(), end(), end()])).length;
    console.log(ended);`;
  t.is(await run(t, source), 80);
});

test('has one configuration for all threads: the one that was loaded first', async (t) => {
  const folder = await temporaryFolder(t);
  const legacy = path.join(folder, 'legacy.cnf');
  const text = 'openssl_conf = i\n[i]\nproviders = p\n[p]\ndefault = a\nlegacy = a\n[a]\nactivate = 1\n';
  await writeFile(legacy, text);
  const source = `${workers}
    const first = await work({ env: { OPENSSL_CONF: ${JSON.stringify(legacy)} } });
    const second = await work({ env: { OPENSSL_CONF: '' } });
    const third = await work({ env: { OPENSSL_CONF: '/nonexistent' } });
    console.log(JSON.stringify([first, second, third]));`;
  const withLegacy = '0 ["3.5.7",true,true,"default,legacy"]';
  t.deepEqual(await run(t, source), [withLegacy, withLegacy, withLegacy]);
});

test('answers each thread with the same error when the configuration cannot be used', async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'broken.cnf');
  await writeFile(file, 'openssl_conf = i\n[i]\nmystery = s\n');
  const source = `${workers}
    const env = { OPENSSL_CONF: ${JSON.stringify(file)} };
    console.log(JSON.stringify(await Promise.all(Array.from({ length: 8 }, () => work({ env })))));`;
  const said = (await run(t, source)) as string[];
  t.is(said.length, 8);
  t.is(new Set(said).size, 1);
  t.true(
    said[0]?.startsWith(
      `0 ERR_OPENSSL_CONFIG the configuration cannot be used: ${file}:3: unknown module name`,
    ),
  );
});

test('two copies of the package live in one process, each with its own OpenSSL, and take nothing of each other', async (t) => {
  const folder = await temporaryFolder(t);
  const copies = ['a', 'b'].map((name) => path.join(folder, name, 'node_modules'));
  for (const copy of copies) {
    await mkdir(path.join(copy, '@tsopenssl'), { recursive: true });
    await cp(packageDir, path.join(copy, 'tsopenssl'), { recursive: true });
    await cp(platformDir, path.join(copy, '@tsopenssl/linux-x64'), { recursive: true });
  }
  const legacy = path.join(folder, 'legacy.cnf');
  await writeFile(
    legacy,
    'openssl_conf = i\n[i]\nproviders = p\n[p]\ndefault = a\nlegacy = a\n[a]\nactivate = 1\n',
  );
  const source = `
    import { createRequire } from 'node:module';
    const require = createRequire('/');
    const copies = ${JSON.stringify(copies)};
    process.env.OPENSSL_CONF = ${JSON.stringify(legacy)};
    const a = await import(copies[0] + '/tsopenssl/lib/index.js');
    process.env.OPENSSL_CONF = '';
    const b = await import(copies[1] + '/tsopenssl/lib/index.js');
    const [nativeA, nativeB] = copies.map((copy) => require(copy + '/@tsopenssl/linux-x64/tsopenssl.node'));
    const [root] = a.caBundle.iterCaBundle();
    const handle = nativeA.loadCertificate(1, Buffer.from(root.certificate));
    const messageOf = (call) => { try { return String(call()); } catch (error) { return error.name + ': ' + error.message; } };
    console.log(JSON.stringify({
      bases: new Set([a, b].map(({ info }) => info().addon.base)).size,
      providers: [a, b].map(({ info }) => info().providers.map(({ name }) => name).sort().join()),
      own: nativeA.certificateVersion(handle),
      foreign: messageOf(() => nativeB.certificateVersion(handle)),
      object: messageOf(() => b.crypto.dumpCertificate(b.crypto.FILETYPE_PEM, root.getX509())).split(', got')[0],
      read: b.crypto.loadCertificate(b.crypto.FILETYPE_PEM, root.certificate).digest('sha256') === root.sha256,
    }));`;
  t.deepEqual(await run(t, source), {
    bases: 2,
    providers: ['default,legacy', 'default'],
    own: 2,
    foreign: 'TypeError: Expected a handle of this addon for certificate',
    object: 'TypeError: Expected an X509 for certificate',
    read: true,
  });
});

/** How a process ends while the addon is in use. */
const endings: Readonly<Record<string, string>> = {
  'by running out of work': '',
  'by process.exit': 'process.exit(0);',
  'by process.exit while workers run':
    'for (let i = 0; i < 8; i++) new Worker(job, { eval: true }); setTimeout(() => process.exit(0), 60);',
  'by process.exit in the garbage of certificates':
    'for (let i = 0; i < 2000; i++) caBundle.iterCaBundle().next().value.getX509(); process.exit(0);',
};

for (const [title, source] of Object.entries(endings)) {
  test(`a process ends cleanly ${title}`, async (t) => {
    const program = `${workers}\nconst { caBundle } = await import(entry); [...caBundle.iterCaBundleX509()]; console.log('1');\n${source}`;
    t.is(await run(t, program, { env: quiet }), 1);
  });
}
