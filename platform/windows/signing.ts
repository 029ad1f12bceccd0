// Authenticode signatures, where a certificate is given: on both installers, and on the uninstaller inside the .exe.
//
// The programs and libraries that they install stay as they were staged: the same bytes in every package, which is what the
// checksums and the npm packages' integrity speak of. The installers' signatures cover them.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import { environment } from '../../build/environment.ts';
import { BuildError } from '../../build/errors.ts';
import { run } from '../../build/process.ts';
import type { PackageInfo, Packager } from '../../build/types.ts';
import { displayNames } from './installation.ts';

/** Who signs. */
export interface Signer {
  /** File with the certificate, its chain and the key. */
  readonly pkcs12: string;
  /** File whose first line is the password; without it, the password is empty. */
  readonly passwordFile: string | undefined;
  /** RFC 3161 server. Without it there is no time stamp, and the same input gives the same signature. */
  readonly timestampUrl: string | undefined;
}

const { signPkcs12, signPasswordFile, signTimestampUrl } = environment;

/** What the environment says. */
export const environmentSigner: Signer | undefined =
  signPkcs12 === undefined
    ? undefined
    : { pkcs12: path.resolve(signPkcs12), passwordFile: signPasswordFile, timestampUrl: signTimestampUrl };

/** What a packager that signs has beside the others: the program, who signs, and the question whether that can be done. */
export function signingParts(signer: Signer | undefined, tools: readonly string[]) {
  if (signer === undefined) return { tools };
  const content = existsSync(signer.pkcs12) ? readFileSync(signer.pkcs12) : '';
  const settings = {
    signer: createHash('sha256').update(content).digest('hex'),
    timestampUrl: signer.timestampUrl ?? 'none',
  };
  return {
    tools: [...tools, 'osslsigncode'],
    settings,
    check: () => checkSigner(signer),
  } satisfies Partial<Packager>;
}

/**
 * Finds out before a build whether its installers can be signed.
 * @throws {BuildError} ERR_PREREQUISITE: osslsigncode is missing; ERR_USAGE: a file or the password is wrong
 */
export async function checkSigner({ pkcs12, passwordFile }: Signer): Promise<void> {
  if (!environment.path.split(path.delimiter).some((dir) => existsSync(path.join(dir, 'osslsigncode')))) {
    throw new BuildError(
      'ERR_PREREQUISITE',
      'TSOPENSSL_SIGN_PKCS12: wanted osslsigncode in PATH, found none; install the package osslsigncode, or unset the variable for installers without a signature',
    );
  }
  const pfx = await settingFile('TSOPENSSL_SIGN_PKCS12', pkcs12);
  const passphrase = passwordFile === undefined ? '' : await readPassword(passwordFile);
  try {
    createSecureContext({ pfx, passphrase });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // node has no RC2, which older files are encrypted with; osslsigncode has
    if (/unsupported/i.test(reason)) return;
    throw new BuildError('ERR_USAGE', `${refusal(pkcs12, reason)} (${reason})`, { cause: error });
  }
}

function refusal(pkcs12: string, reason: string): string {
  if (/mac verify failure/i.test(reason)) {
    return `${pkcs12}: wanted its password in the file that TSOPENSSL_SIGN_PASSWORD_FILE names, got another one`;
  }
  return `Expected a PKCS#12 file with a certificate and its key for TSOPENSSL_SIGN_PKCS12, got ${pkcs12}`;
}

async function settingFile(setting: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BuildError(
      'ERR_USAGE',
      `Expected a file that can be read for ${setting}, got ${file}: ${reason}`,
      {
        cause: error,
      },
    );
  }
}

async function readPassword(file: string): Promise<string> {
  const text = (await settingFile('TSOPENSSL_SIGN_PASSWORD_FILE', file)).toString('utf8');
  return text.split(/\r?\n/)[0] ?? '';
}

/**
 * Signs a file in place.
 * @param file - absolute; nothing of that name with `.signed` behind it may be there
 * @param epochSeconds - what the signature says about when it was made, unless a server says it
 */
export async function signFile(
  signer: Signer,
  info: PackageInfo,
  epochSeconds: number,
  file: string,
): Promise<void> {
  const signed = `${file}.signed`;
  await run([
    ...(await signingCommand(signer, info, epochSeconds, path.dirname(file))),
    '-in',
    file,
    '-out',
    signed,
  ]);
  await rename(signed, file);
}

/** Writes a script for sh that signs its argument in place, and answers the words that start it. */
export async function writeSigningScript(
  signer: Signer,
  info: PackageInfo,
  epochSeconds: number,
  dir: string,
): Promise<string> {
  const words = await signingCommand(signer, info, epochSeconds, dir);
  const command = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  await writeFile(
    path.join(dir, 'sign.sh'),
    `set -eu\n${command} -in "$1" -out "$1.signed"\nmv -- "$1.signed" "$1"\n`,
  );
  return 'sh sign.sh';
}

/** The password goes by a file: everybody on the machine can read command lines. */
async function signingCommand(
  { pkcs12, passwordFile, timestampUrl }: Signer,
  info: PackageInfo,
  epochSeconds: number,
  dir: string,
): Promise<readonly string[]> {
  const password = path.resolve(passwordFile ?? path.join(dir, 'no-password'));
  if (passwordFile === undefined) await writeFile(password, '');
  const when = timestampUrl === undefined ? ['-time', String(epochSeconds)] : ['-ts', timestampUrl];
  const what = ['-n', displayNames(info).name, '-i', info.homepage];
  return ['osslsigncode', 'sign', '-pkcs12', pkcs12, '-readpass', password, '-h', 'sha256', ...what, ...when];
}
