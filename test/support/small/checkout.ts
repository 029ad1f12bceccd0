// A checkout whose builder compiles little: all of this one's files but for the addon's sources, which are nearly empty, and
// OpenSSL's, which are few; with a cache in which everything is built, by a run that nobody disturbed. The steps are the
// same functions, the recipe has the same options, and what they make is laid out, validated and packed like the whole.

import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../../build/process.ts';
import { digestTree } from '../../../build/store.ts';
import { checkout, linkMirror, mainCache } from '../builder.ts';
import { writeEmptySources } from '../empty-sources.ts';
import { kept } from '../kept.ts';
import { emittedFolder, keyFile, sourceFile } from './names.ts';
import { smallSource } from './source.ts';

/** Files and folders of the checkout that the builder reads, but for node_modules. */
const parts = [
  ...['addon', 'build', 'bundles', 'openssl-config', 'platform', 'recipes'],
  ...['package.json', 'package-lock.json', 'tsconfig.json'],
];

const support = 'test/support';

/** The small addon: it needs both libraries, and asks for the directories that are compiled in, as the validator wants. */
const addonModule = `#include <napi.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>
static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  for (int type = OPENSSL_VERSION; type <= OPENSSL_MODULES_DIR; type++)
    exports.Set(type, OpenSSL_version(type));
  exports.Set("compressed", SSL_CTX_compress_certs(nullptr, 0));
  return exports;
}
NODE_API_MODULE(tsopenssl, Init)
`;

/** Where the parts lie, all absolute. */
export interface SmallCheckout {
  /** The program to run with node, in the place of build/cli.ts. */
  readonly program: string;
  /** Every step's result. */
  readonly cache: string;
  /** The artifacts. */
  readonly dist: string;
}

/** The small checkout, made now if it is not kept. */
export async function smallCheckout(): Promise<SmallCheckout> {
  const source = await smallSource();
  const inputs = {
    checkout,
    source: path.basename(source),
    files: await digestTree(checkout, [...parts.filter((name) => name !== 'addon'), `${support}/small`]),
    addon: await digestTree(checkout, [
      'addon/lib',
      'addon/src',
      'addon/package.json',
      'addon/tsconfig.json',
    ]),
  };
  const dir = await kept('small-checkout', inputs, async (work) => {
    await writeRoot(path.join(work, 'root'), source);
    const [cache, mirror] = [path.join(work, 'cache'), path.join(work, 'mirror')];
    await mkdir(cache);
    await cp(source, mirror, { recursive: true });
    await linkMirror(mirror);
    const program = [process.execPath, programOf(work), '--cache', cache];
    await run([...program, 'adopt', mainCache]);
    await run([...program, '--mirror', mirror, '--out', path.join(work, 'dist')]);
  });
  return { program: programOf(dir), cache: path.join(dir, 'cache'), dist: path.join(dir, 'dist') };
}

function programOf(dir: string): string {
  return path.join(dir, 'root', emittedFolder, support, 'small/program.js');
}

async function writeRoot(root: string, source: string): Promise<void> {
  await mkdir(root);
  for (const name of parts) {
    await cp(path.join(checkout, name), path.join(root, name), {
      recursive: true,
      filter: (file) => !/^addon\/(src\/build|node_modules)$/.test(path.relative(checkout, file)),
    });
  }
  await writeEmptySources(path.join(root, 'addon/src'), addonModule);
  await symlink(path.join(checkout, 'node_modules'), path.join(root, 'node_modules'));
  await cp(path.join(source, sourceFile), path.join(root, sourceFile));
  await cp(path.join(source, keyFile), path.join(root, 'recipes/keys', keyFile));
  const project = {
    extends: './tsconfig.json',
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      rewriteRelativeImportExtensions: true,
      rootDir: '.',
      outDir: emittedFolder,
    },
    files: [`${support}/small/program.ts`],
  };
  await mkdir(path.join(root, support), { recursive: true });
  await cp(path.join(checkout, support, 'small'), path.join(root, support, 'small'), { recursive: true });
  await writeFile(path.join(root, 'tsconfig.program.json'), JSON.stringify(project));
  const tsc = path.join(checkout, 'node_modules/typescript/bin/tsc');
  await run([process.execPath, tsc, '-p', path.join(root, 'tsconfig.program.json')], { cwd: root });
}
