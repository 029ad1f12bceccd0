import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { emitLibrary } from '../../../build/steps/library.ts';
import { checkout } from '../../support/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { treeDigest } from '../../support/tree-digest.ts';

const tscBin = path.join(checkout, 'node_modules/typescript/bin/tsc');

/** Emits a library below a folder of its own, `folder`, whose name may matter to a careless step. */
async function emit(t: ExecutionContext, addonDir: string, folder = 'out'): Promise<string> {
  const place = path.join(await temporaryFolder(t), folder);
  const scratchDir = path.join(place, 'scratch');
  await mkdir(scratchDir, { recursive: true });
  await emitLibrary({ addonDir, tscBin, scratchDir }, path.join(place, 'lib'));
  return path.join(place, 'lib');
}

/** A checkout with nothing but a library, `addon/lib`, whose modules are given by name. */
async function smallCheckout(
  t: ExecutionContext,
  modules: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = path.join(await temporaryFolder(t), 'another checkout');
  const addonDir = path.join(folder, 'addon');
  await mkdir(path.join(addonDir, 'lib'), { recursive: true });
  await symlink(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'));
  for (const name of ['tsconfig.json', 'addon/tsconfig.json']) {
    await cp(path.join(checkout, name), path.join(folder, name));
  }
  const all = {
    '../package.json': '{ "type": "module" }\n',
    'package-folder.ts': await readFile(path.join(checkout, 'addon/lib/package-folder.ts'), 'utf8'),
    'index.cts': "export * from './index.ts';\n",
    'crypto.ts': "export { packageFolder as folder } from './package-folder.ts';\n",
    ...Object.fromEntries(
      ['ssl', 'https', 'tls', 'tsafe'].map((name) => [
        `${name}.ts`,
        "export { packageFolder as place } from './package-folder.ts';\n",
      ]),
    ),
    'cli.ts': "#!/usr/bin/env node\nimport('./index.ts').then(console.log);\n",
    ...modules,
  };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(path.dirname(path.join(addonDir, 'lib', name)), { recursive: true });
    await writeFile(path.join(addonDir, 'lib', name), text);
  }
  return addonDir;
}

test('joins what the library reads at once into one file, its namespaces into others, for import and for require, and keeps its declarations apart', async (t) => {
  const dir = await emit(t, path.join(checkout, 'addon'));
  const files = (await readdir(dir, { recursive: true })).filter((name) => /\.c?[jt]s$/.test(name));
  t.deepEqual(files.filter((name) => !/\.d\.c?ts$/.test(name)).sort(), [
    ...['ca-bundle.cjs', 'cli.js', 'crypto.cjs', 'debug.cjs', 'distribution-version.cjs'],
    ...['explain-attempts.cjs', 'https.cjs', 'index.cjs', 'index.js', 'rand.cjs', 'read-trusted-windows.cjs'],
    ...['shared-crypto.cjs', 'shared-pkcs12.cjs', 'shared-roots.cjs', 'shared-ssl.cjs', 'shared-tls.cjs'],
    ...['ssl.cjs', 'tls.cjs', 'tsafe.cjs'],
  ]);
  for (const name of ['index.d.ts', 'index.d.cts', 'ca-bundle.d.ts', 'native/binding.d.ts']) {
    t.true(files.includes(name), name);
  }
  t.true((await readFile(path.join(dir, 'cli.js'), 'utf8')).startsWith('#!/usr/bin/env node\n'));
});

const namespaces = [
  ...["export * as crypto from './crypto.ts';", "export * as SSL from './ssl.ts';"],
  ...['https', 'tls', 'tsafe'].map((name) => `export * as ${name} from './${name}.ts';`),
  '',
].join('\n');

test('gives the same objects to import and to require, under the names that the sources give them', async (t) => {
  const addonDir = await smallCheckout(t, {
    'index.ts': [
      namespaces,
      "export * as part from './part.ts';",
      "export { packageFolder, packageRequire } from './package-folder.ts';",
      "export { Text } from './other.ts';",
    ].join('\n'),
    'part.ts': 'export const one = 1;\n',
    'other.ts': 'export class Text {\n  static make = () => new Text();\n}\n',
  });
  const dir = await emit(t, addonDir);
  await writeFile(path.join(dir, '../package.json'), '{ "type": "module" }');

  const require = createRequire(path.join(dir, 'index.js'));
  const copy = path.join(dir, '../copy');
  await cp(dir, copy, { recursive: true });
  const required = require(path.join(dir, 'index.cjs'));
  const imported = await import(path.join(dir, 'index.js'));

  t.deepEqual(Object.keys(imported), [
    ...['SSL', 'Text', 'crypto', 'https', 'packageFolder', 'packageRequire', 'part', 'tls', 'tsafe'],
  ]);
  for (const name of Object.keys(imported)) t.is(imported[name], required[name], name);
  t.not(imported.Text, require(path.join(copy, 'index.cjs')).Text);
  t.is(imported.packageFolder, path.dirname(dir));
  t.is(imported.packageRequire.resolve('./index.js'), path.join(dir, 'index.js'));
  t.is(imported.Text.name, 'Text');
  t.is(imported.part.one, 1);
  t.true(Object.isFrozen(imported.part));
  t.is(imported.crypto.folder, imported.packageFolder);
  t.true(Object.isFrozen(imported.crypto));
  t.is(imported.SSL.place, imported.packageFolder);
  t.is(required[Symbol.for('tsopenssl.shared')].packageFolder, imported.packageFolder);
});

test('emits the same bytes in another folder, and other bytes for another source', async (t) => {
  const addonDir = await smallCheckout(t, {
    'index.ts': `${namespaces}export const text = "here";\n`,
  });
  const other = await smallCheckout(t, {
    'index.ts': `${namespaces}export const text = "here";\n`,
  });
  const wanted = await treeDigest(await emit(t, addonDir));
  t.is(await treeDigest(await emit(t, other, 'a folder with blanks')), wanted);
  await writeFile(path.join(other, 'lib/index.ts'), `${namespaces}export const text = "there";\n`);
  t.not(await treeDigest(await emit(t, other)), wanted);
});

test('stops at a library that does not compile', async (t) => {
  const addonDir = await smallCheckout(t, { 'index.ts': 'export const wrong: number = "text";\n' });
  const error = await t.throwsAsync(emit(t, addonDir), { instanceOf: BuildError });
  t.is(error?.code, 'ERR_PROCESS');
  t.regex(error?.message ?? '', /lib\/index\.ts\(1,14\): error TS2322/);
});

test('stops at a library that imports a package, which would not be there', async (t) => {
  const addonDir = await smallCheckout(t, {
    'index.ts': `${namespaces}export { Pack } from 'tar';\n`,
  });
  const error = await t.throwsAsync(emit(t, addonDir), { instanceOf: BuildError });
  t.is(error?.code, 'ERR_VALIDATION');
  t.regex(
    error?.message ?? '',
    /^wanted imports of node and of itself alone, got: "tar" is imported by ".*index\.js"/,
  );
});

test('stops at a late module that does more than pass functions on, and at one that needs what the library reads at once', async (t) => {
  const index = "export { say } from './late-say.ts';\nexport { said } from './said.ts';\n";
  const said = 'export const said: string[] = [];\n';
  const message = async (modules: Readonly<Record<string, string>>) => {
    const addonDir = await smallCheckout(t, { 'index.ts': index, 'said.ts': said, ...modules });
    const error = await t.throwsAsync(emit(t, addonDir), { instanceOf: BuildError });
    return error?.message ?? '';
  };
  t.regex(
    await message({ 'late-say.ts': 'export const say = (text: string): string => text;\n' }),
    /late-say\.js: wanted one line that passes functions on, got export const say/,
  );
  const passed = { 'late-say.ts': "export { say } from './say.ts';\n" };
  t.regex(
    await message({
      ...passed,
      'say.ts': "import { said } from './said.ts';\nexport const say = (text: string) => said.push(text);\n",
    }),
    /say\.js: wanted nothing of what others use as well, since it is read late; got index\.cjs/,
  );
  const addonDir = await smallCheckout(t, {
    'index.ts': index,
    'said.ts': said,
    ...passed,
    'say.ts': 'export const say = (text: string): string => text;\n',
  });
  const library = path.join(await emit(t, addonDir), 'index.cjs');
  t.is(createRequire(library)(library).say('a'), 'a');
});

test('reads crypto when something of it is first asked for', async (t) => {
  const dir = await emit(
    t,
    await smallCheckout(t, {
      'index.ts': `${namespaces}export { loadCertificate } from './late-crypto.ts';\n`,
      'late-crypto.ts': "export { loadCertificate } from './crypto.ts';\n",
      'crypto.ts': "export { loadCertificate } from './crypto/certificate.ts';\n",
      'crypto/certificate.ts':
        'export const loadCertificate = (...words: string[]): string => words.join();\n',
    }),
  );
  const require = createRequire(path.join(dir, 'index.js'));
  const isRead = () => Object.hasOwn(require.cache, path.join(dir, 'crypto.cjs'));
  const library = require(path.join(dir, 'index.cjs'));
  t.deepEqual(Object.keys(library), ['loadCertificate', 'crypto', 'SSL', 'https', 'tls', 'tsafe']);
  t.false(isRead());
  t.is(library.loadCertificate('a', 'b'), 'a,b');
  t.true(isRead());

  const readSsl = () => Object.hasOwn(require.cache, path.join(dir, 'ssl.cjs'));
  const { SSL } = library;
  t.deepEqual(Object.keys(SSL), ['place']);
  t.false('other' in SSL);
  t.false(readSsl());
  t.throws(() => {
    SSL.place = 'another';
  });
  t.is(SSL.place, path.dirname(dir));
  t.true(readSsl());
  t.true(Object.isFrozen(SSL));
  t.like(Object.getOwnPropertyDescriptor(SSL, 'place'), { value: path.dirname(dir), enumerable: true });
  t.is(library.SSL, SSL);
  t.is(library.crypto.loadCertificate('c'), 'c');
});
