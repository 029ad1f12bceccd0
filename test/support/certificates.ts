// Certificates of our own making, by the packaged command line: for chains that must differ in one thing.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../build/process.ts';
import { distribution } from './openssl.ts';

/** A certificate with its private key, as files and as PEM. */
export interface MadeCertificate {
  readonly subject: string;
  readonly file: string;
  readonly keyFile: string;
  readonly pem: string;
}

export interface CertificateRequest {
  /** As `openssl req -subj` takes it: `/CN=leaf`. */
  readonly subject: string;
  /** Who signs; without it the certificate is self-signed. */
  readonly issuer?: MadeCertificate;
  /** Takes the key of another certificate instead of a new one. */
  readonly keyOf?: MadeCertificate;
  /** PEM of a certificate whose public key is to be certified, where nobody has the private one; needs an issuer. */
  readonly publicKeyOf?: string;
  /** Start of the validity (default 2000); its end is 2100. */
  readonly notBefore?: Date;
  /** Lines of openssl.cnf; default: those of an authority where the certificate is self-signed, otherwise of a leaf. */
  readonly extensions?: readonly string[];
}

/** The extensions of an authority. */
export const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
/** The extensions of a leaf. */
export const endEntity = ['basicConstraints=critical,CA:FALSE'];

const { openssl } = await distribution();
let made = 0;

/** Makes a P-256 key and a certificate in a folder. */
export async function makeCertificate(folder: string, request: CertificateRequest): Promise<MadeCertificate> {
  const { subject, issuer, keyOf, publicKeyOf } = request;
  const base = path.join(folder, `certificate-${made++}`);
  const extensions = request.extensions ?? (issuer === undefined ? authority : endEntity);
  const config = `${base}.cnf`;
  await writeFile(config, `[req]\ndistinguished_name=dn\n[dn]\n[x]\n${extensions.join('\n')}\n`);
  const file = `${base}.pem`;
  const keyFile = keyOf?.keyFile ?? `${base}.key`;
  const validity = [
    '-not_before',
    utc(request.notBefore ?? new Date(946684800_000)),
    '-not_after',
    '21000101000000Z',
  ];
  const signer = issuer === undefined ? [] : ['-CA', issuer.file, '-CAkey', issuer.keyFile];
  const common = ['-subj', subject, '-out', file, ...validity, ...signer];
  if (publicKeyOf === undefined) {
    const key =
      keyOf === undefined
        ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', keyFile]
        : ['-key', keyFile];
    await command('req', '-x509', '-new', '-config', config, '-extensions', 'x', ...key, ...common);
  } else {
    const publicKey = `${base}.pub`;
    const { stdout } = await command(
      'x509',
      '-pubkey',
      '-noout',
      '-in',
      await write(`${base}.of`, publicKeyOf),
    );
    await writeFile(publicKey, stdout);
    await command(
      'x509',
      '-new',
      '-force_pubkey',
      publicKey,
      '-extfile',
      config,
      '-extensions',
      'x',
      ...common,
    );
  }
  return { subject, file, keyFile, pem: await readFile(file, 'utf8') };
}

function command(...words: string[]) {
  return run([openssl, ...words], { env: { OPENSSL_CONF: '/dev/null' } });
}

async function write(file: string, text: string): Promise<string> {
  await writeFile(file, text);
  return file;
}

function utc(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll(/\D/g, '')}Z`;
}
