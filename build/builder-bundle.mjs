// @ts-check
// Joins the builder's modules into one file of JavaScript, which node loads in a fraction of the time that it needs to compile and
// find them one by one. The file is made anew whenever a source changes: its name holds a digest of their content.
//
//   node_modules/.cache/tsopenssl/inputs.json      the modules that went into the newest file, as paths below the checkout
//   node_modules/.cache/tsopenssl/builder-<key>.mjs

import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const keptBundles = 8;

/**
 * The file of the builder, made now unless it is there.
 * @param {string} root - the checkout
 * @returns {Promise<string>}
 * @throws what esbuild says of sources that it cannot read
 */
export async function builderBundle(root) {
  const dir = path.join(root, 'node_modules/.cache/tsopenssl');
  const known = bundleOf(root, dir, readInputs(dir));
  if (known !== undefined && existsSync(known)) return known;
  const { inputs, text } = await bundle(root);
  const file = bundleOf(root, dir, inputs);
  if (file === undefined) throw new Error(`a module of the builder was removed while it was read`);
  mkdirSync(dir, { recursive: true });
  writeWhole(file, text);
  writeWhole(path.join(dir, 'inputs.json'), JSON.stringify(inputs));
  removeOldest(dir);
  return file;
}

/**
 * @param {string} dir
 * @returns {string[]}
 */
function readInputs(dir) {
  try {
    return JSON.parse(readFileSync(path.join(dir, 'inputs.json'), 'utf8'));
  } catch {
    return [];
  }
}

/**
 * Where the file made of these modules lies, or would lie. It also depends on this module, on the packages and on the checkout's
 * place, which is written into it.
 * @param {string} root
 * @param {string} dir
 * @param {string[]} inputs
 */
function bundleOf(root, dir, inputs) {
  if (inputs.length === 0) return undefined;
  const digest = createHash('sha256').update(root);
  try {
    for (const name of ['build/builder-bundle.mjs', 'package-lock.json', ...inputs])
      digest.update(`\0${name}\0`).update(readFileSync(path.join(root, name)));
  } catch {
    return undefined;
  }
  return path.join(dir, `builder-${digest.digest('hex').slice(0, 32)}.mjs`);
}

/** @param {string} root */
async function bundle(root) {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    entryPoints: [path.join(root, 'build/cli.ts')],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'silent',
    plugins: [{ name: 'own folder', setup: keepOwnFolders }],
  });
  return { inputs: Object.keys(metafile.inputs).sort(), text: outputFiles[0]?.text ?? '' };
}

/**
 * Modules read files beside them: what they take for their folder is the folder of their source.
 * @param {import('esbuild').PluginBuild} build
 */
function keepOwnFolders({ onLoad }) {
  onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
    contents: readFileSync(file, 'utf8').replaceAll(
      'import.meta.dirname',
      JSON.stringify(path.dirname(file)),
    ),
    loader: 'ts',
  }));
}

/**
 * Writes a file beside its place and renames it: another process may be reading it.
 * @param {string} file
 * @param {string} text
 */
function writeWhole(file, text) {
  const part = `${file}.${randomUUID()}`;
  writeFileSync(part, text);
  renameSync(part, file);
}

/** @param {string} dir */
function removeOldest(dir) {
  const files = readdirSync(dir)
    .filter((name) => name.startsWith('builder-'))
    .map((name) => ({ file: path.join(dir, name), ms: statSync(path.join(dir, name)).mtimeMs }))
    .sort((a, b) => b.ms - a.ms);
  for (const { file } of files.slice(keptBundles)) rmSync(file, { force: true });
}
