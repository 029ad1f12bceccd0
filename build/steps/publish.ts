// Puts finished artifacts into dist/, with their checksums and the manifest. Each file is written beside its place and
// renamed; what an earlier manifest listed and this one does not is removed.

import { createHash } from 'node:crypto';
import { copyFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureDir } from '../ensure-dir.ts';
import { fromFileSystemError } from '../errors.ts';
import type { Digests } from '../known-digests.ts';
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
 * @param digests - of files that may be known already
 * @returns absolute paths of all that lies in `outDir` now and belongs to this build
 */
export async function publish(
  artifacts: readonly Artifact[],
  outDir: string,
  makeManifest: (records: readonly ArtifactRecord[]) => string,
  digests: Pick<Digests, 'digestFile'> = { digestFile },
): Promise<readonly string[]> {
  try {
    await ensureDir(outDir);
    const records = await Promise.all(artifacts.map((artifact) => describe(artifact, digests)));
    const manifest = makeManifest(records);
    const names = [...records.map(({ file }) => file), manifestName];
    await removeOutdated(outDir, new Set([...names, checksumsName]));
    for (const [index, { source }] of artifacts.entries()) {
      await place(path.join(outDir, path.basename(source)), records[index]?.sha256 ?? '', digests, (to) =>
        copyFile(source, to),
      );
    }
    await placeText(path.join(outDir, manifestName), manifest, digests);
    const sums = await Promise.all(
      names.map(async (name) => `${await digests.digestFile(path.join(outDir, name))}  ${name}\n`),
    );
    await placeText(path.join(outDir, checksumsName), sums.join(''), digests);
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
      await place(to, await digestFile(source), { digestFile }, (part) => copyFile(source, part));
    }
  } catch (error) {
    throw fromFileSystemError(error, `writing to ${outDir}`);
  }
}

/**
 * Looks whether {@link publish} would change anything.
 * @returns what it would return; undefined where a file is missing or differs
 */
export async function findPublished(
  artifacts: readonly Artifact[],
  outDir: string,
  makeManifest: (records: readonly ArtifactRecord[]) => string,
  digests: Pick<Digests, 'digestFile'>,
): Promise<readonly string[] | undefined> {
  try {
    const records = await Promise.all(artifacts.map((artifact) => describe(artifact, digests)));
    const manifest = makeManifest(records);
    const wanted = [...records, { file: manifestName, sha256: digestText(manifest) }];
    for (const { file, sha256 } of wanted)
      if ((await digests.digestFile(path.join(outDir, file))) !== sha256) return undefined;
    const sums = wanted.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join('');
    if ((await readFile(path.join(outDir, checksumsName), 'utf8')) !== sums) return undefined;
    return [...wanted.map(({ file }) => file), checksumsName].map((name) => path.join(outDir, name));
  } catch {
    // publishing says what is wrong
    return undefined;
  }
}

async function describe(
  { source, format, target, tools }: Artifact,
  { digestFile }: Pick<Digests, 'digestFile'>,
): Promise<ArtifactRecord> {
  const sha256 = await digestFile(source);
  return { file: path.basename(source), format, target, sizeBytes: (await stat(source)).size, sha256, tools };
}

/** Writes one file unless it is there already with the wanted digest. */
async function place(
  file: string,
  sha256: string,
  { digestFile }: Pick<Digests, 'digestFile'>,
  write: (to: string) => Promise<void>,
): Promise<void> {
  if ((await digestFile(file).catch(() => '')) === sha256) return;
  const part = path.join(path.dirname(file), `.${path.basename(file)}.part`);
  try {
    await write(part);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

function placeText(file: string, text: string, digests: Pick<Digests, 'digestFile'>): Promise<void> {
  return place(file, digestText(text), digests, (to) => writeFile(to, text));
}

function digestText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function removeOutdated(outDir: string, current: ReadonlySet<string>): Promise<void> {
  const text = await readFile(path.join(outDir, manifestName), 'utf8').catch(() => '{}');
  const { artifacts = [] } = JSON.parse(text) as { artifacts?: readonly { file: string }[] };
  const names = artifacts.map(({ file }) => path.basename(file)).filter((name) => !current.has(name));
  await Promise.all(names.map((name) => rm(path.join(outDir, name), { force: true })));
}
