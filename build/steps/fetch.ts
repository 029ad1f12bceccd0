// Fetches one file: places in order, a temporary name, size and SHA-256, the OpenPGP signature, then the name it is
// known by. Which place answered does not matter; the digest decides.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BuildError, fromFileSystemError } from '../errors.ts';
import type { SignatureSpec, Source } from '../types.ts';
import { debianMirrors } from './debian-mirrors.ts';
import { verifySignature } from './verify-signature.ts';

export interface FetchOptions {
  /** Folder that is asked first. */
  readonly mirrorDir: string | undefined;
  /** Folder of the armoured keys that recipes name. */
  readonly keysDir: string;
  readonly progress: (doneBytes: number, totalBytes: number) => void;
  readonly note: (text: string) => void;
}

/** A connection that says nothing for so long is given up. */
const stallMs = 30_000;

/** An armoured OpenPGP signature has less than 1 kB; OpenSSL's have come from several keys at once. */
const largestSignatureBytes = 65_536;

/**
 * Fetches a source into a folder, verified, with its signature beside it, so that the folder can serve as a mirror.
 * @returns path of the file
 * @throws {BuildError} ERR_NETWORK, ERR_INTEGRITY, ERR_SIGNATURE, ERR_DISK_FULL
 */
export async function fetchSource(source: Source, dir: string, options: FetchOptions): Promise<string> {
  const file = path.join(dir, source.fileName);
  const part = `${file}.part`;
  try {
    await fetchFirst(placesOf(source, options), part, source.sizeBytes, options, (got) =>
      checkDigest(source, got),
    );
    if (source.signature !== undefined) await fetchSignature(source, source.signature, part, options);
    await rename(part, file);
    return file;
  } catch (error) {
    await rm(part, { force: true });
    await rm(`${part}.asc`, { force: true });
    throw fromFileSystemError(error, `fetching ${source.fileName}`);
  }
}

/** Fetches and checks the signature of what lies in `part`, and leaves it beside. */
async function fetchSignature(
  source: Source,
  signature: SignatureSpec,
  part: string,
  options: FetchOptions,
): Promise<void> {
  const signaturePart = `${part}.asc`;
  const places = placesOf({ ...source, ...signature, debianSuffix: '.asc' }, options);
  const quiet = { ...options, progress: () => {} };
  await fetchFirst(places, signaturePart, largestSignatureBytes, quiet, () => {}).catch((error: unknown) => {
    const text = `${source.fileName}: wanted its signature, found none: ${messageOf(error)}`;
    throw new BuildError('ERR_SIGNATURE', text, { cause: error });
  });
  const key = await readFile(path.join(options.keysDir, signature.keyFile), 'utf8');
  await verifySignature(part, await readFile(signaturePart), key, signature.fingerprint);
  await rename(signaturePart, path.join(path.dirname(part), signature.fileName));
}

interface Place {
  readonly address: string;
  open(): Promise<{ stream: Readable; sizeBytes: number }>;
}

/** What was received: its size and digest, and where it came from. */
interface Received {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly address: string;
}

/** Places in order; apt is asked for its mirrors only when nobody else had the file. */
async function* placesOf(
  source: Pick<Source, 'fileName' | 'urls' | 'debianPath'> & { debianSuffix?: string },
  { mirrorDir }: FetchOptions,
): AsyncGenerator<Place> {
  if (mirrorDir !== undefined) yield folderPlace(path.join(mirrorDir, source.fileName));
  yield* source.urls.map(addressPlace);
  if (source.debianPath === undefined) return;
  for (const base of await debianMirrors()) {
    yield addressPlace(`${base}/${source.debianPath}${source.debianSuffix ?? ''}`);
  }
}

function folderPlace(file: string): Place {
  return {
    address: file,
    open: async () => ({ sizeBytes: (await stat(file)).size, stream: createReadStream(file) }),
  };
}

function addressPlace(address: string): Place {
  return {
    address,
    async open() {
      const connect = AbortSignal.timeout(stallMs);
      const response = await fetch(address, { signal: connect, redirect: 'follow' });
      if (!response.ok || response.body === null)
        throw new Error(`answered ${response.status} ${response.statusText}`);
      const sizeBytes = Number(response.headers.get('content-length') ?? 0);
      return { sizeBytes, stream: Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]) };
    },
  };
}

/** Tries places in order; the first whose bytes pass `check` wins. A wrong digest is remembered above other failures. */
async function fetchFirst(
  places: AsyncIterable<Place>,
  part: string,
  limitBytes: number,
  options: FetchOptions,
  check: (got: Received) => void,
): Promise<void> {
  const failures: unknown[] = [];
  for await (const place of places) {
    try {
      check(await receive(place, part, limitBytes, options.progress));
      return;
    } catch (error) {
      await rm(part, { force: true });
      if (isFull(error)) throw error;
      failures.push(error instanceof BuildError ? error : new Error(`${place.address}: ${messageOf(error)}`));
      options.note(`    ${messageOf(failures.at(-1))}`);
    }
  }
  const wrong = failures.find((failure) => failure instanceof BuildError);
  if (wrong !== undefined) throw wrong;
  const tried = failures.map((failure) => `\n  ${messageOf(failure)}`).join('');
  const remedy = 'check the network, or name a folder that holds the file with --mirror DIR';
  throw new BuildError('ERR_NETWORK', `${path.basename(part, '.part')}: no place has it; ${remedy}${tried}`);
}

/** @throws {BuildError} ERR_INTEGRITY as soon as more than `limitBytes` have come */
async function receive(
  place: Place,
  part: string,
  limitBytes: number,
  progress: FetchOptions['progress'],
): Promise<Received> {
  const { stream, sizeBytes } = await place.open();
  const hash = createHash('sha256');
  let done = 0;
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`no data for ${stallMs / 1000} s`)), stallMs);
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      timer.refresh();
      done += chunk.length;
      if (done > limitBytes) return next(tooLong(place.address, limitBytes));
      hash.update(chunk);
      progress(done, sizeBytes);
      next(undefined, chunk);
    },
  });
  try {
    await pipeline(stream, meter, createWriteStream(part), { signal: stalled.signal });
  } finally {
    clearTimeout(timer);
  }
  return { sizeBytes: done, sha256: hash.digest('hex'), address: place.address };
}

function tooLong(address: string, limitBytes: number): BuildError {
  const text = `${address}: expected at most ${limitBytes} bytes, got more; the download was stopped and deleted`;
  return new BuildError('ERR_INTEGRITY', text);
}

function checkDigest(source: Source, got: Received): void {
  const gone = 'the file was deleted';
  if (got.sizeBytes !== source.sizeBytes) {
    const text = `${got.address}: wanted ${source.sizeBytes} bytes, got ${got.sizeBytes}; ${gone}`;
    throw new BuildError('ERR_INTEGRITY', text);
  }
  if (got.sha256 !== source.sha256) {
    const text = `${got.address}: wanted sha256 ${source.sha256}, got ${got.sha256}; ${gone}`;
    throw new BuildError('ERR_INTEGRITY', text);
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
