// Joins the trees of several architectures of macOS: a file that differs between them becomes a universal one.

import { copyFile, lstat, mkdir, readdir, readFile, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import { run } from '../process.ts';

interface JoinOptions {
  /** Folder of llvm-lipo. */
  readonly pathFirst: readonly string[];
  readonly log: string;
}

/** First bytes of what llvm-lipo joins: Mach-O files and archives of objects. */
const joinable = /^(cffaedfe|213c617263683e0a)/;

/**
 * Joins trees that hold the same paths.
 * @param trees - one for each architecture, in the order of the universal files
 * @param outDir - empty folder for the joined tree
 * @throws {BuildError} ERR_VALIDATION a path is not in every tree, or a text differs
 */
export async function joinTrees(
  trees: readonly string[],
  outDir: string,
  options: JoinOptions,
): Promise<void> {
  const [first = '', ...others] = trees;
  const names = await pathsOf(first);
  for (const other of others) {
    const different = symmetricDifference(names, await pathsOf(other));
    if (different.length > 0) {
      const text = `wanted the same paths in every architecture, got ${different.join(', ')} in ${other} or ${first} alone`;
      throw new BuildError('ERR_VALIDATION', text);
    }
  }
  for (const name of names) await joinPath(name, trees, outDir, options);
}

async function pathsOf(dir: string): Promise<string[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found.map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name))).sort();
}

function symmetricDifference(left: readonly string[], right: readonly string[]): string[] {
  return [...left.filter((name) => !right.includes(name)), ...right.filter((name) => !left.includes(name))];
}

async function joinPath(
  name: string,
  trees: readonly string[],
  outDir: string,
  options: JoinOptions,
): Promise<void> {
  const sources = trees.map((dir) => path.join(dir, name));
  const [source = ''] = sources;
  const place = path.join(outDir, name);
  const status = await lstat(source);
  if (status.isDirectory()) return void (await mkdir(place, { recursive: true }));
  if (status.isSymbolicLink()) return symlink(await readlink(source), place);
  const contents = await Promise.all(sources.map((file) => readFile(file)));
  if (contents.every((content) => content.equals(contents[0] ?? content))) return copyFile(source, place);
  if (!contents.every((content) => joinable.test(content.toString('hex', 0, 8)))) {
    throw new BuildError('ERR_VALIDATION', `${name}: wanted one text in every architecture, got several`);
  }
  await run(['llvm-lipo', '-create', ...sources, '-output', place], options);
}
