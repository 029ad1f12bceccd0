import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createMessage, generateKey, type PrivateKey, readPrivateKey, reformatKey, sign } from 'openpgp';
import { BuildError, type BuildErrorCode } from '../../../build/errors.ts';
import { fetchSource } from '../../../build/steps/fetch.ts';
import type { Source } from '../../../build/types.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { startServer } from '../../support/server.ts';

const content = Buffer.alloc(300_000, 'tsopenssl ');
const sha256 = createHash('sha256').update(content).digest('hex');

interface Signer {
  readonly privateKey: PrivateKey;
  readonly armoredKey: string;
  readonly fingerprint: string;
  sign(bytes: Uint8Array, date?: Date): Promise<string>;
}

async function makeSigner(options: { date?: Date; validSeconds?: number } = {}): Promise<Signer> {
  const pair = await generateKey({
    userIDs: [{ name: 'Test key' }],
    type: 'ecc',
    curve: 'ed25519Legacy',
    format: 'armored',
    ...(options.date === undefined ? {} : { date: options.date }),
    ...(options.validSeconds === undefined ? {} : { keyExpirationTime: options.validSeconds }),
  });
  const privateKey = await readPrivateKey({ armoredKey: pair.privateKey });
  return {
    privateKey,
    armoredKey: pair.publicKey,
    fingerprint: privateKey.getFingerprint().toUpperCase(),
    async sign(bytes, date = new Date()) {
      const message = await createMessage({ binary: bytes });
      return String(await sign({ message, signingKeys: privateKey, detached: true, date }));
    },
  };
}

/** A mirror, a folder of keys and an empty folder to fetch into. */
async function setUp(t: ExecutionContext, signer?: Signer, signed = new Date()) {
  const root = await temporaryFolder(t);
  const [mirrorDir, keysDir, dir] = ['mirror', 'keys', 'fetched'].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const one of [mirrorDir, keysDir, dir]) await mkdir(one);
  await writeFile(path.join(mirrorDir, 'source.tar.gz'), content);
  if (signer !== undefined) {
    await writeFile(path.join(keysDir, 'key.asc'), signer.armoredKey);
    await writeFile(path.join(mirrorDir, 'source.tar.gz.asc'), await signer.sign(content, signed));
  }
  const source: Source = {
    fileName: 'source.tar.gz',
    urls: [],
    sizeBytes: content.length,
    sha256,
    ...(signer === undefined
      ? {}
      : {
          signature: {
            fileName: 'source.tar.gz.asc',
            urls: [],
            keyFile: 'key.asc',
            fingerprint: signer.fingerprint,
          },
        }),
  };
  const options = { mirrorDir, keysDir, progress: () => {}, note: () => {} };
  return { root, mirrorDir, keysDir, dir, source, options };
}

async function fails(
  t: ExecutionContext,
  dir: string,
  promise: Promise<unknown>,
  code: BuildErrorCode,
  message: RegExp,
) {
  const error = await t.throwsAsync(promise, { instanceOf: BuildError, message });
  t.is(error?.code, code);
  t.deepEqual(await readdir(dir), [], 'nothing half-made is left');
}

test('takes a source from the mirror folder, and its bytes are those of the recipe', async (t) => {
  const { dir, source, options } = await setUp(t);
  t.deepEqual(await readFile(await fetchSource(source, dir, options)), content);
  t.deepEqual(await readdir(dir), ['source.tar.gz']);
});

test('takes a source from the next address when one does not have it, and reports progress in bytes', async (t) => {
  const { dir, source, options } = await setUp(t);
  const base = await startServer(t, (request, response) => {
    if (request.url !== '/good') return response.writeHead(404).end();
    return response.writeHead(200, { 'content-length': content.length }).end(content);
  });
  const seen: [number, number][] = [];
  const urls = [`${base}/missing`, `${base}/good`];
  const progress = (done: number, total: number) => seen.push([done, total]);
  await fetchSource({ ...source, urls }, dir, { ...options, mirrorDir: undefined, progress });
  t.deepEqual(seen.at(-1), [content.length, content.length]);
});

test('rejects a source whose size matches but whose digest does not', async (t) => {
  const { dir, mirrorDir, source, options } = await setUp(t);
  const flipped = Buffer.from(content);
  flipped[1000] = (flipped[1000] ?? 0) ^ 1;
  await writeFile(path.join(mirrorDir, 'source.tar.gz'), flipped);
  await fails(
    t,
    dir,
    fetchSource(source, dir, options),
    'ERR_INTEGRITY',
    /wanted sha256 \w+, got \w+; the file was deleted/,
  );
});

test('stops a download that exceeds the size in the recipe', async (t) => {
  const { dir, source, options } = await setUp(t);
  let sentBytes = 0;
  const base = await startServer(t, (_request, response) => {
    // without an end: only the client can stop it
    const send = () => {
      while (!response.destroyed && response.write(content)) sentBytes += content.length;
    };
    response.on('drain', send);
    send();
  });
  await fails(
    t,
    dir,
    fetchSource({ ...source, urls: [`${base}/endless`] }, dir, { ...options, mirrorDir: undefined }),
    'ERR_INTEGRITY',
    /\/endless: expected at most 300000 bytes, got more; the download was stopped and deleted/,
  );
  t.true(sentBytes < 100 * content.length, `the server has sent ${sentBytes} bytes`);
});

test('rejects a truncated download, and takes the whole one from the next place', async (t) => {
  const { dir, source, options } = await setUp(t);
  const base = await startServer(t, (request, response) => {
    const bytes = request.url === '/cut' ? content.subarray(0, 1000) : content;
    response.writeHead(200).end(bytes);
  });
  const alone = { ...options, mirrorDir: undefined };
  const cut = fetchSource({ ...source, urls: [`${base}/cut`] }, dir, alone);
  await fails(t, dir, cut, 'ERR_INTEGRITY', /wanted 300000 bytes, got 1000/);
  await t.notThrowsAsync(fetchSource({ ...source, urls: [`${base}/cut`, `${base}/whole`] }, dir, alone));
});

test('rejects a connection that breaks in the middle', async (t) => {
  const { dir, source, options } = await setUp(t);
  const base = await startServer(t, (_request, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 1000), () => response.destroy());
  });
  const broken = fetchSource({ ...source, urls: [base] }, dir, { ...options, mirrorDir: undefined });
  await fails(
    t,
    dir,
    broken,
    'ERR_NETWORK',
    /no place has it; check the network, or name a folder .* --mirror DIR/,
  );
});

test('accepts a signature by the pinned key, and one by a key that expired after it signed', async (t) => {
  const today = await setUp(t, await makeSigner());
  await t.notThrowsAsync(fetchSource(today.source, today.dir, today.options));

  const made = new Date('2020-01-01T00:00:00Z');
  const expired = await makeSigner({ date: made, validSeconds: 86_400 });
  const past = await setUp(t, expired, new Date('2020-01-01T12:00:00Z'));
  await t.notThrowsAsync(fetchSource(past.source, past.dir, past.options));
});

test('rejects a signature that was made when the key had expired', async (t) => {
  const signer = await makeSigner({ date: new Date('2020-01-01T00:00:00Z') });
  const { dir, mirrorDir, keysDir, source, options } = await setUp(t, signer);
  const late = await signer.sign(content, new Date('2022-01-01T00:00:00Z'));
  await writeFile(path.join(mirrorDir, 'source.tar.gz.asc'), late);
  await t.notThrowsAsync(fetchSource(source, dir, options), 'good while the key has no end');
  await rm(dir, { recursive: true });
  await mkdir(dir);

  const { privateKey, date } = { privateKey: signer.privateKey, date: new Date('2020-01-01T00:00:00Z') };
  const userIDs = [{ name: 'Test key' }];
  const ended = await reformatKey({
    privateKey,
    userIDs,
    date,
    keyExpirationTime: 86_400,
    format: 'armored',
  });
  await writeFile(path.join(keysDir, 'key.asc'), ended.publicKey);
  await fails(t, dir, fetchSource(source, dir, options), 'ERR_SIGNATURE', /that does not verify/);
});

test('rejects a missing signature, a damaged one, one of other bytes and one by another key', async (t) => {
  const signer = await makeSigner();
  const { dir, mirrorDir, source, options } = await setUp(t, signer);
  const file = path.join(mirrorDir, 'source.tar.gz.asc');
  const cases: [string, string, RegExp][] = [
    ['damaged', 'not a signature', /found no readable signature/],
    ['other bytes', await signer.sign(Buffer.from('other')), /that does not verify/],
    [
      'another key',
      await (await makeSigner()).sign(content),
      /found a signature by [0-9a-f]{16} that does not verify/,
    ],
  ];
  for (const [, text, message] of cases) {
    await writeFile(file, text);
    await fails(t, dir, fetchSource(source, dir, options), 'ERR_SIGNATURE', message);
  }
  await rm(file);
  await fails(t, dir, fetchSource(source, dir, options), 'ERR_SIGNATURE', /wanted its signature, found none/);
  await writeFile(file, await signer.sign(content));
  await t.notThrowsAsync(fetchSource(source, dir, options));
});

test('rejects a key file that holds another key than the recipe says', async (t) => {
  const { dir, keysDir, source, options } = await setUp(t, await makeSigner());
  const other = await makeSigner();
  await writeFile(path.join(keysDir, 'key.asc'), other.armoredKey);
  const message = new RegExp(`but the key file holds ${other.fingerprint}`);
  await fails(t, dir, fetchSource(source, dir, options), 'ERR_SIGNATURE', message);
});
