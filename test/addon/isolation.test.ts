// The addon calls the OpenSSL inside of it and no other: proved by addresses, by the loader's own account, and by addons
// that were linked wrongly.

import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readElf } from '../../build/formats/elf.ts';
import { exportedSymbols } from '../../build/formats/elf-symbols.ts';
import { binary, runProgram } from '../support/addon.ts';
import { addonObjects } from '../support/addon-objects.ts';
import { checkout } from '../support/builder.ts';
import { builderCompiler } from '../support/compiler.ts';
import { temporaryFolder } from '../support/folder.ts';
import { nodes, type TestedNode } from '../support/nodes.ts';
import { distribution } from '../support/openssl.ts';

const { packageDir, prefix } = await distribution();
const sources = path.join(checkout, 'addon/src');
const libcrypto = path.join(prefix, 'lib/libcrypto.so.3');
const libssl = path.join(prefix, 'lib/libssl.so.3');
const compiler = await builderCompiler();
const [oldest] = (await nodes()) as [TestedNode];

const objects = await addonObjects();

/** zig has its libraries ready for a linker that strips, and compiles them anew for another one. */
const stripped = '-s';

/** Links the addon's objects with the given words. */
async function link(t: ExecutionContext, words: readonly string[]): Promise<string> {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'tsopenssl.node');
  await compiler.compile(
    'zig-c++',
    ['-shared', '-fPIC', '-pthread', stripped, '-o', file, ...objects, ...words, '-ldl'],
    folder,
  );
  return file;
}

const load = `
import { createRequire } from 'node:module';
try {
  const native = createRequire('/')(process.env.FILE);
  console.log(JSON.stringify({ version: native.libraryVersion(6), ...native.isolation() }));
} catch ({ code, message }) {
  console.log(JSON.stringify({ code, message }));
}`;

interface Loaded {
  readonly version?: string;
  readonly file?: string;
  readonly base?: string;
  readonly functions?: readonly { readonly name: string; readonly base: string }[];
  readonly code?: string;
  readonly message?: string;
}

async function loadWith(node: string, file: string, env: Record<string, string> = {}): Promise<Loaded> {
  const { stdout, stderr } = await runProgram(load, { node, env: { FILE: file, ...env } });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Loaded;
}

const hidden = [`-Wl,--version-script=${path.join(sources, 'exports.map')}`];
const shared = [libssl, libcrypto, `-Wl,-rpath,${path.dirname(libcrypto)}`];
const archives = ['libssl.a', 'libcrypto.a'].map((name) => path.join(compiler.openssl, 'lib', name));

test('finds every function of OpenSSL inside of the binary, in every node', async (t) => {
  for (const { node, version } of await nodes()) {
    const { file, base, functions = [], version: openssl } = await loadWith(node, binary);
    t.is(openssl, '3.5.7', version);
    t.is(file, binary);
    t.true(functions.length >= 10);
    t.deepEqual([...new Set(functions.map((each) => each.base))], [base as string]);
  }
});

/** How an addon is linked wrongly. */
const wrong: Readonly<Record<string, () => readonly string[]>> = {
  'to a shared libcrypto': () => shared,
  'statically, with every name exported': () => archives,
};

for (const [title, words] of Object.entries(wrong)) {
  test(`refuses to load when it is linked ${title}, since node's own OpenSSL would answer`, async (t) => {
    const { code, message = '' } = await loadWith(oldest.node, await link(t, words()));
    t.is(code, 'ERR_TSOPENSSL_NOT_ISOLATED');
    t.regex(
      message,
      /^tsopenssl is not isolated: wanted every function of OpenSSL at 0x[0-9a-f]+ in .*tsopenssl\.node, got/,
    );
    t.regex(message, new RegExp(`^ {2}EVP_MD_fetch at 0x[0-9a-f]+ in ${oldest.node}$`, 'm'));
    t.regex(message, /Build it from its own binding\.gyp with a static libcrypto/);
  });
}

test('loads when the same objects are linked statically and hidden', async (t) => {
  const file = await link(t, [...archives, ...hidden]);
  t.is((await loadWith(oldest.node, file)).version, '3.5.7');
});

test('the package says that its binary is not isolated, and what to do', async (t) => {
  const folder = await temporaryFolder(t);
  await cp(packageDir, path.join(folder, 'node_modules/tsopenssl'), { recursive: true });
  const platform = path.join(folder, 'node_modules/@tsopenssl/linux-x64');
  await mkdir(platform, { recursive: true });
  await cp(await link(t, shared), path.join(platform, 'tsopenssl.node'));
  const source = `await import(process.env.ENTRY).catch(({ name, code, message }) => console.log(JSON.stringify({ name, code, message })));`;
  const env = { ENTRY: path.join(folder, 'node_modules/tsopenssl/lib/index.js') };
  const { stdout } = await runProgram(source, { node: oldest.node, env });
  const { name, code, message } = JSON.parse(stdout) as Record<string, string>;
  t.deepEqual([name, code], ['OpenSSLError', 'ERR_TSOPENSSL_NOT_ISOLATED']);
  t.true(message?.includes(`${platform}/tsopenssl.node: tsopenssl is not isolated`));
  t.regex(message ?? '', /What to do:\n {2}- link a static libcrypto; build it from source/);
});

/** The names that the system's loader bound for an addon, and the files where it found them. */
async function bindings(t: ExecutionContext, file: string): Promise<readonly { name: string; to: string }[]> {
  const folder = await temporaryFolder(t);
  await loadWith(oldest.node, file, { LD_DEBUG: 'bindings', LD_DEBUG_OUTPUT: path.join(folder, 'log') });
  const logs = await Promise.all(
    (await readdir(folder)).map((name) => readFile(path.join(folder, name), 'utf8')),
  );
  const pattern = /binding file (\S+) \[\d+\] to (\S+) \[\d+\]: normal symbol `(\w+)'/g;
  return [...logs.join('').matchAll(pattern)]
    .filter(([, from]) => from === file)
    .map(([, , to = '', name = '']) => ({ name, to }));
}

test('the loader binds no name of OpenSSL for the addon, neither to node nor elsewhere', async (t) => {
  const { dynamic } = readElf(await readFile(libcrypto), libcrypto);
  const names = new Set(exportedSymbols(dynamic?.symbols ?? []).map(({ name }) => name));
  t.true(names.size > 4000);
  const ours = await bindings(t, binary);
  t.true(ours.some(({ name, to }) => name === 'napi_create_function' && to === oldest.node));
  t.deepEqual(
    ours.filter(({ name }) => names.has(name)),
    [],
  );
  const control = await bindings(t, await link(t, shared));
  t.true(control.some(({ name, to }) => names.has(name) && to === oldest.node));
});

test("binds a provider's library to its own OpenSSL, not to node's", async (t) => {
  const folder = await temporaryFolder(t);
  const library = path.join(folder, 'probe.so');
  const source = path.join(checkout, 'test/addon/fixtures/probe-provider.c');
  await compiler.compile(
    'zig-cc',
    [
      '-shared',
      '-fPIC',
      '-pthread',
      stripped,
      `-I${compiler.openssl}/include`,
      source,
      '-o',
      library,
      ...shared,
    ],
    folder,
  );
  const configuration = path.join(folder, 'probe.cnf');
  const text = (section: string) =>
    `${section} = i\n[i]\nproviders = p\n[p]\ndefault = d\nprobe = b\n[d]\nactivate = 1\n[b]\nactivate = 1\nmodule = ${library}\n`;
  await writeFile(configuration, text('openssl_conf'));
  const program = `
    process.env.OPENSSL_CONF = process.env.WANTED;
    const { info } = await import(entry);
    console.log(info().providers.map(({ name }) => name).join());`;
  const { stdout, stderr } = await runProgram(program, { node: oldest.node, env: { WANTED: configuration } });
  t.is(stdout, 'default,probe\n');
  t.regex(stderr, /^probe: OpenSSL 3\.5\.7 /);

  await writeFile(configuration, text('nodejs_conf'));
  const control = await runProgram('', { node: oldest.node, env: { OPENSSL_CONF: configuration } });
  t.regex(control.stderr, /^probe: OpenSSL 3\.0\./);
});

test("lives beside node's own crypto and tls, each with its own OpenSSL", async (t) => {
  const program = `
    import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
    import { readFileSync } from 'node:fs';
    import tls from 'node:tls';
    const { crypto, version } = await import(entry);
    const pem = tls.rootCertificates[0];
    const ours = crypto.loadCertificate(crypto.FILETYPE_PEM, pem);
    const theirs = new X509Certificate(pem);
    const der = crypto.dumpCertificate(crypto.FILETYPE_ASN1, ours);
    console.log(JSON.stringify({
      ours: version.openssl.version, theirs: process.versions.openssl,
      digests: [ours.digest('sha256'), theirs.fingerprint256],
      serials: [ours.getSerialNumber().toString(16), BigInt('0x' + theirs.serialNumber).toString(16)],
      equal: der.equals(theirs.raw), key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.type,
      hash: createHash('sha256').update(der).digest('hex').toUpperCase() === ours.digest('sha256').replaceAll(':', ''),
      contexts: typeof tls.createSecureContext({ ca: pem }).context,
    }));`;
  for (const { node, version } of await nodes()) {
    const { stdout, stderr, exitCode } = await runProgram(program, { node });
    t.is(exitCode, 0, stderr);
    const said = JSON.parse(stdout);
    t.is(said.ours, '3.5.7', version);
    t.not(said.theirs, '3.5.7');
    t.is(said.digests[0], said.digests[1]);
    t.is(said.serials[0], said.serials[1]);
    t.like(said, { equal: true, key: 'public', hash: true, contexts: 'object' });
  }
});
