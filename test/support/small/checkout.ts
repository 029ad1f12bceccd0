// Checkouts whose builder compiles little: all of this one's files, but the sources of the addon are nearly empty, and the recipe
// names another source of OpenSSL, or more options. Steps, validators and packagers are the same, and so is the command line.

import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
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

/** A checkout with the small source, and what a run that nobody disturbed made of it. */
export interface SmallCheckout {
  readonly root: string;
  /** A cache that has every step. */
  readonly cache: string;
  /** A folder that has all sources. */
  readonly mirror: string;
}

/** The checkout with the small source. What was made of it is kept, and does not depend on the place of the checkout. */
export async function smallCheckout(): Promise<SmallCheckout> {
  const source = await smallSource();
  const root = await writeRoot(
    smallRecipe(JSON.parse(await readFile(path.join(source, sourceFile), 'utf8'))),
  );
  await cp(path.join(source, keyFile), path.join(root, 'recipes/keys', keyFile));
  const files = await digestTree(root, parts);
  const dir = await kept('small-checkout', { files }, async (work, scratchDir) => {
    const [cache, mirror] = ['cache', 'mirror'].map((name) => path.join(work, name)) as [string, string];
    // what does not depend on the source is the same as in the main cache
    await linkCache(cache, []);
    await cp(source, mirror, { recursive: true });
    await linkMirror(mirror);
    const args = ['--cache', cache, '--mirror', mirror, '--out', path.join(scratchDir, 'dist')];
    const { code, stderr } = await startBuilder(args, {}, root).finished;
    if (code !== 0)
      throw new Error(`the build of the small source failed with exit status ${code}\n${stderr}`);
  });
  return { root, cache: path.join(dir, 'cache'), mirror: path.join(dir, 'mirror') };
}

/** A checkout with OpenSSL's whole source and {@link reducedOptions}, of which nothing is built. */
export function reducedCheckout(): Promise<string> {
  const options = reducedOptions.map((option) => `'${option}', `).join('');
  return writeRoot((text) => replaced(text, /\boptions: \[/, `$&${options}`));
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

/** Writes a checkout of this process, which goes when the process ends; returns its folder. */
async function writeRoot(changeRecipe: (text: string) => string): Promise<string> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-checkout-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
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
  return root;
}
