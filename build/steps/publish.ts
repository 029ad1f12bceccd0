// Puts finished artifacts into dist/, with their checksums and the manifest. Each file is written beside its place and
// renamed; what an earlier manifest listed and this one does not is removed.

import { copyFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureDir } from '../ensure-dir.ts';
import { fromFileSystemError } from '../errors.ts';
import { digestFile } from '../store.ts';
import type { Format, TargetId } from '../types.ts';

/** One artifact as the manifest shows it. */
export interface ArtifactRecord {
  readonly file: string;
  readonly format: Format;
  /** The target that it is for; null where it is for all of them. */
  readonly target: TargetId | null;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Programs that packed it, and what they say of their version. */
  readonly tools: Readonly<Record<string, string>>;
}

/** What is to be published. */
export interface Artifact {
  /** Absolute path in the store. */
  readonly source: string;
  readonly format: Format;
  readonly target: TargetId | null;
  readonly tools: Readonly<Record<string, string>>;
}

const manifestName = 'manifest.json';
const checksumsName = 'SHA256SUMS';

/**
 * Publishes artifacts.
 * @param makeManifest - the manifest's text for the artifacts as they are
 * @returns absolute paths of all that lies in `outDir` now and belongs to this build
 */
export async function publish(
  artifacts: readonly Artifact[],
  outDir: string,
  makeManifest: (records: readonly ArtifactRecord[]) => string,
): Promise<readonly string[]> {
  try {
    await ensureDir(outDir);
    const records = await Promise.all(artifacts.map(describe));
    const manifest = makeManifest(records);
    const names = [...records.map(({ file }) => file), manifestName];
    await removeOutdated(outDir, new Set([...names, checksumsName]));
    for (const [index, { source }] of artifacts.entries()) {
      await place(path.join(outDir, path.basename(source)), records[index]?.sha256, (to) =>
        copyFile(source, to),
      );
    }
    await place(path.join(outDir, manifestName), undefined, (to) => writeFile(to, manifest));
    const sums = await Promise.all(
      names.map(async (name) => `${await digestFile(path.join(outDir, name))}  ${name}\n`),
    );
    await place(path.join(outDir, checksumsName), undefined, (to) => writeFile(to, sums.join('')));
    return [...names, checksumsName].map((name) => path.join(outDir, name));
  } catch (error) {
    throw fromFileSystemError(error, `writing to ${outDir}`);
  }
}

/** Puts some artifacts into `outDir` ahead of the others; `publish` writes the manifest and the checksums. */
export async function placeArtifacts(sources: readonly string[], outDir: string): Promise<void> {
  try {
    await ensureDir(outDir);
    for (const source of sources) {
      const to = path.join(outDir, path.basename(source));
      await place(to, await digestFile(source), (part) => copyFile(source, part));
    }
  } catch (error) {
    throw fromFileSystemError(error, `writing to ${outDir}`);
  }
}

async function describe({ source, format, target, tools }: Artifact): Promise<ArtifactRecord> {
  const sha256 = await digestFile(source);
  return { file: path.basename(source), format, target, sizeBytes: (await stat(source)).size, sha256, tools };
}

/** Writes one file unless it is there already with the wanted digest. */
async function place(
  file: string,
  sha256: string | undefined,
  write: (to: string) => Promise<void>,
): Promise<void> {
  if (sha256 !== undefined && (await digestFile(file).catch(() => '')) === sha256) return;
  const part = path.join(path.dirname(file), `.${path.basename(file)}.part`);
  try {
    await write(part);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function removeOutdated(outDir: string, current: ReadonlySet<string>): Promise<void> {
  const text = await readFile(path.join(outDir, manifestName), 'utf8').catch(() => '{}');
  const { artifacts = [] } = JSON.parse(text) as { artifacts?: readonly { file: string }[] };
  const names = artifacts.map(({ file }) => path.basename(file)).filter((name) => !current.has(name));
  await Promise.all(names.map((name) => rm(path.join(outDir, name), { force: true })));
}
