// What the tests of every Linux target ask of the embedded command line.

import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { run } from '../../build/process.ts';
import type { Target } from '../../build/types.ts';
import { releaseInfo } from './artifacts.ts';
import { type CommandLine, makeCertificate } from './handshake.ts';
import { distribution } from './openssl.ts';

/** Version, directories, algorithms that are left out, and a certificate that another OpenSSL reads. */
export async function useCommandLine(
  t: ExecutionContext,
  command: CommandLine,
  target: Target,
): Promise<void> {
  const { opensslVersion } = releaseInfo;
  const version = (await run([...command, 'version', '-a'])).stdout;
  t.true(version.startsWith(`OpenSSL ${opensslVersion} `), version);
  t.true(version.includes(`(Library: OpenSSL ${opensslVersion} `), version);
  const { openssldir, modulesdir, enginesdir } = target.directories;
  for (const [name, folder] of Object.entries({
    OPENSSLDIR: openssldir,
    MODULESDIR: modulesdir,
    ENGINESDIR: enginesdir,
  })) {
    t.true(version.includes(`${name}: "${folder}"\n`), version);
  }

  const disabled = (await run([...command, 'list', '-disabled'])).stdout;
  for (const algorithm of ['IDEA', 'MDC2', 'RC5']) t.regex(disabled, new RegExp(`^${algorithm}$`, 'm'));
  t.notRegex(disabled, /^RSA$/m);

  const { certificate, key } = await makeCertificate(t, command);
  const { openssl } = await distribution();
  const ours = await run([
    ...command,
    'x509',
    '-in',
    certificate,
    '-noout',
    '-fingerprint',
    '-sha256',
    '-subject',
  ]);
  const theirs = await run([
    openssl,
    'x509',
    '-in',
    certificate,
    '-noout',
    '-fingerprint',
    '-sha256',
    '-subject',
  ]);
  t.is(ours.stdout, theirs.stdout);
  t.regex(ours.stdout, /^subject=CN ?= ?localhost$/m);
  const verify = () => run([openssl, 'verify', '-CAfile', certificate, certificate], { allowFailure: true });
  t.is((await verify()).exitCode, 0);
  await rm(key);
  const signed = path.join(path.dirname(certificate), 'other.pem');
  const without = await run([...command, 'req', '-x509', '-key', key, '-subj', '/CN=x', '-out', signed], {
    allowFailure: true,
  });
  t.not(without.exitCode, 0);
}

/** Digests and ciphers that have code of their own for a processor: they must compute what they compute on x64. */
export async function computeAsElsewhere(t: ExecutionContext, command: CommandLine): Promise<void> {
  const { openssl } = await distribution();
  const key = ['-K', '0f'.repeat(32), '-iv', '1e'.repeat(16), '-a', '-A'];
  const input = 'tsopenssl '.repeat(1000);
  for (const words of [
    ...['sha1', 'sha256', 'sha512', 'sha3-256', 'sm3', 'md5'].map((name) => ['dgst', `-${name}`, '-r']),
    ...['aes-256-ctr', 'aes-256-cbc', 'chacha20', 'sm4-ctr'].map((name) => ['enc', `-${name}`, ...key]),
  ]) {
    const ask = async (argv: CommandLine, text: string) =>
      (await run([...argv, ...words], { input: text })).stdout;
    const wanted = await ask([openssl], input);
    t.is(await ask(command, input), wanted, words.join(' '));
    t.not(await ask(command, `${input}x`), wanted);
  }
}
