// Checkouts whose builder compiles little: all of this one's files, but the sources of the addon are nearly empty, and the recipe
// names another source of OpenSSL, or more options. Steps, validators and packagers are the same, and so is the command line.

import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestTree } from '../../../build/store.ts';
import type { Source } from '../../../build/types.ts';
import { checkout, linkCache, linkMirror, startBuilder } from '../builder.ts';
import { writeEmptySources } from '../empty-sources.ts';
import { kept } from '../kept.ts';
import { keyFile, smallSource, sourceFile } from './source.ts';

/** Files and folders of the checkout that the builder reads, but for node_modules. */
const parts = [
  ...['addon', 'build', 'bundles', 'openssl-config', 'platform', 'recipes'],
  ...['package.json', 'package-lock.json', 'tsconfig.json'],
];

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

const leftOut =
  'aria argon2 async bf blake2 camellia cast cmp cms comp ct des dgram dh dsa dtls ec2m engine gost ml-dsa ml-kem ocsp ocb ' +
  'poly1305 psk quic rc2 rc4 rfc3779 rmd160 scrypt seed siphash siv slh-dsa sm2 sm3 sm4 srp srtp ssl-trace ts whirlpool';

/** Options of Configure for a build of hundreds of files that takes a fraction of the time. */
const reducedOptions: readonly string[] = [...leftOut.split(' ').map((name) => `no-${name}`), '-O0'];

const recipe = 'recipes/openssl-3.5.ts';

/** A checkout with the small source, everything built in a cache of its own by a run that nobody disturbed. */
export interface SmallCheckout {
  readonly root: string;
  readonly cache: string;
}

/** The checkout with the small source, made now if it is not kept. */
export async function smallCheckout(): Promise<SmallCheckout> {
  const source = await smallSource();
  const dir = await kept('small-checkout', await inputsOf([source]), async (work) => {
    const [root, cache, mirror] = ['root', 'cache', 'mirror'].map((name) => path.join(work, name)) as [
      string,
      string,
      string,
    ];
    await writeRoot(root, smallRecipe(JSON.parse(await readFile(path.join(source, sourceFile), 'utf8'))));
    await cp(path.join(source, keyFile), path.join(root, 'recipes/keys', keyFile));
    // what does not depend on the source is the same as in the main cache
    await linkCache(cache, []);
    await cp(source, mirror, { recursive: true });
    await linkMirror(mirror);
    const args = ['--cache', cache, '--mirror', mirror, '--out', path.join(work, 'dist')];
    const { code, stderr } = await startBuilder(args, {}, root).finished;
    if (code !== 0)
      throw new Error(`the build of the small source failed with exit status ${code}\n${stderr}`);
  });
  return { root: path.join(dir, 'root'), cache: path.join(dir, 'cache') };
}

/** A checkout with OpenSSL's whole source and {@link reducedOptions}, of which nothing is built. */
export async function reducedCheckout(): Promise<string> {
  const dir = await kept('reduced-checkout', await inputsOf([]), (work) =>
    writeRoot(path.join(work, 'root'), (text) =>
      replaced(text, /\boptions: \[/, `$&${reducedOptions.map((option) => `'${option}', `).join('')}`),
    ),
  );
  return path.join(dir, 'root');
}

async function inputsOf(sources: readonly string[]) {
  const files = [...parts.filter((name) => name !== 'addon'), 'test/support/small'];
  const addon = ['addon/lib', 'addon/src', 'addon/package.json', 'addon/tsconfig.json'];
  return { checkout, sources, files: await digestTree(checkout, [...files, ...addon]) };
}

/** Makes the recipe name another source. */
function smallRecipe({ sizeBytes, sha256, signature }: Source): (text: string) => string {
  return (text) => {
    const sized = replaced(text, /\bsizeBytes: \d+/, `sizeBytes: ${sizeBytes}`);
    const hashed = replaced(sized, /\bsha256: '\w+'/, `sha256: '${sha256}'`);
    const keyed = replaced(hashed, /\bkeyFile: '[^']+'/, `keyFile: '${keyFile}'`);
    return replaced(keyed, /\bfingerprint: '\w+'/, `fingerprint: '${signature?.fingerprint}'`);
  };
}

function replaced(text: string, pattern: RegExp, by: string): string {
  if (!pattern.test(text)) throw new Error(`${recipe}: wanted ${pattern}, found none`);
  return text.replace(pattern, by);
}

async function writeRoot(root: string, changeRecipe: (text: string) => string): Promise<void> {
  await mkdir(root);
  for (const name of parts) {
    await cp(path.join(checkout, name), path.join(root, name), {
      recursive: true,
      filter: (file) => !/^addon\/(src\/build|node_modules)$/.test(path.relative(checkout, file)),
    });
  }
  await writeEmptySources(path.join(root, 'addon/src'), addonModule);
  await symlink(path.join(checkout, 'node_modules'), path.join(root, 'node_modules'));
  const file = path.join(root, recipe);
  await writeFile(file, changeRecipe(await readFile(file, 'utf8')));
}
