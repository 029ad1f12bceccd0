// The small source as an archive with a signature, in the form in which the recipe's own is fetched.

import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createMessage, generateKey, readPrivateKey, sign } from 'openpgp';
import { run } from '../../../build/process.ts';
import { digestFile, digestTree } from '../../../build/store.ts';
import type { Source } from '../../../build/types.ts';
import { openssl35 } from '../../../recipes/openssl-3.5.ts';
import { checkout } from '../builder.ts';
import { kept } from '../kept.ts';
import { stepResult } from '../step-result.ts';
import { cutOpenSSL } from './cut-openssl.ts';

/** Public key of the signature, beside the archive. */
export const keyFile = 'small-source.asc';

/** What the source is, as JSON, beside the archive. */
export const sourceFile = 'small-source.json';

/** Makes the archive; returns the folder that holds it, its signature, the key and the {@link Source} as JSON. */
export async function smallSource(): Promise<string> {
  const { source } = openssl35;
  const inputs = {
    source: source.sha256,
    code: await digestTree(checkout, ['test/support/small/cut-openssl.ts', 'test/support/small/source.ts']),
  };
  return kept('small-source', inputs, async (dir) => {
    const tree = path.join(dir, openssl35.folder);
    await cutOpenSSL(path.join(await stepResult('fetch-openssl'), source.fileName), tree);
    const archive = path.join(dir, source.fileName);
    const order = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=go-w'];
    await run(['tar', '--create', '--gzip', ...order, '--file', archive, '-C', dir, openssl35.folder]);
    await rm(tree, { recursive: true });
    const fingerprint = await signFile(archive, path.join(dir, keyFile));
    const small: Source = {
      fileName: source.fileName,
      urls: [],
      sizeBytes: (await stat(archive)).size,
      sha256: await digestFile(archive),
      signature: { fileName: `${source.fileName}.asc`, urls: [], keyFile, fingerprint },
    };
    await writeFile(path.join(dir, sourceFile), JSON.stringify(small));
  });
}

/** Signs with a key of its own; returns the key's fingerprint. */
async function signFile(file: string, publicKeyFile: string): Promise<string> {
  const userIDs = [{ name: 'Test key' }];
  const pair = await generateKey({ userIDs, type: 'ecc', curve: 'ed25519Legacy', format: 'armored' });
  const signingKeys = await readPrivateKey({ armoredKey: pair.privateKey });
  const message = await createMessage({ binary: await readFile(file) });
  await writeFile(`${file}.asc`, String(await sign({ message, signingKeys, detached: true })));
  await writeFile(publicKeyFile, pair.publicKey);
  return signingKeys.getFingerprint().toUpperCase();
}
