// Verification of OpenSSL's own test chains: what its test suite expects of them, and what the packaged command line says of
// the same files, down to the number of the error and the certificate that it is about.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { distribution } from '../../support/openssl.ts';
import { pemBlocks } from '../../support/pem-blocks.ts';
import { stepResult } from '../../support/step-result.ts';

const { openssl } = await distribution();
const certs = path.join(await stepResult('extract'), 'test/certs');
const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_ASN1, loadCertificate, X509Store, X509StoreContext, X509StoreFlags } = crypto;

type Options = Tsopenssl.crypto.X509VerifyOptions;

interface Case {
  readonly line: string;
  readonly accepted: boolean;
  readonly leaf: string;
  readonly untrusted: readonly string[];
  readonly trusted: readonly string[];
  readonly options: Options;
  /** The same options for the command line. */
  readonly words: readonly string[];
}

/** `ok`, or the number and the depth of the error. */
type Verdict = 'ok' | `error ${number} at ${number}`;

const commandLineFlags: Readonly<Record<string, string>> = {
  ALLOW_PROXY_CERTS: '-allow_proxy_certs',
  CHECK_SS_SIGNATURE: '-check_ss_sig',
  PARTIAL_CHAIN: '-partial_chain',
  X509_STRICT: '-x509_strict',
};

/** What an option of the table is for the library and for the command line. */
const readers: Readonly<Record<string, (value: string) => readonly [Options, readonly string[]]>> = {
  depth: (value) => [{ depth: Number(value) }, ['-verify_depth', value]],
  securityLevel: (value) => [{ securityLevel: Number(value) }, ['-auth_level', value]],
  time: (value) => [{ time: new Date(Number(value) * 1000) }, ['-attime', value]],
  policies: (value) => [{ policies: [value] }, ['-policy_check', '-explicit_policy', '-policy', value]],
  flags: (value) => [
    { flags: X509StoreFlags[value as keyof typeof X509StoreFlags] },
    [commandLineFlags[value] as string],
  ],
  purpose: (value) => [{ purpose: value as 'any' }, ['-purpose', value.toLowerCase()]],
};

function readCase(line: string): Case {
  const [verdict, purpose, leaf = '', untrusted, trusted, ...rest] = line.trim().split(/ +/);
  const list = (text = '-') => (text === '-' ? [] : text.split(','));
  const given = [
    'securityLevel=1',
    ...(purpose === '-' ? [] : [`purpose=${purpose}`]),
    ...rest.filter((word) => word !== ''),
  ];
  const read = given.map((word) => {
    const [name = '', value = ''] = word.split('=');
    return (readers[name] as (typeof readers)[string])(value);
  });
  return {
    line,
    accepted: verdict === 'accept',
    leaf,
    untrusted: list(untrusted),
    trusted: list(trusted),
    options: Object.assign({}, ...read.map(([options]) => options)),
    words: read.flatMap(([, words]) => words),
  };
}

const table = await readFile(new URL('fixtures/verify-cases.txt', import.meta.url), 'utf8');
const cases = table
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map(readCase);

const fileOf = (name: string) => path.join(certs, `${name}.pem`);

/** The certificates of a file, those with trust settings as well, which are not read. */
async function certificatesIn(name: string): Promise<Tsopenssl.crypto.X509[]> {
  const blocks = pemBlocks(await readFile(fileOf(name), 'utf8'), 'CERTIFICATE');
  return blocks.map((der) => loadCertificate(FILETYPE_ASN1, der));
}

async function ours({ leaf, untrusted, trusted, options }: Case): Promise<Verdict> {
  const store = new X509Store();
  for (const name of trusted) store.loadLocations(fileOf(name));
  const [certificate] = await certificatesIn(leaf);
  const chain = (await Promise.all(untrusted.map(certificatesIn))).flat();
  try {
    new X509StoreContext(store, certificate as Tsopenssl.crypto.X509, chain, options).verifyCertificate();
    return 'ok';
  } catch (error) {
    if (!(error instanceof crypto.X509StoreContextError)) throw error;
    return `error ${error.errorNumber} at ${error.depth}`;
  }
}

/** @param bundle - a file for what is trusted */
async function commandLine({ leaf, untrusted, trusted, words }: Case, bundle: string): Promise<Verdict> {
  const contents = await Promise.all(trusted.map((name) => readFile(fileOf(name), 'utf8')));
  await writeFile(bundle, contents.join('\n'));
  const { exitCode, stderr } = await run(
    [
      ...[openssl, 'verify', '-no-CApath', '-no-CAstore'],
      ...(trusted.length === 0 ? ['-no-CAfile'] : ['-CAfile', bundle]),
      ...untrusted.flatMap((name) => ['-untrusted', fileOf(name)]),
      ...words,
      fileOf(leaf),
    ],
    { env: { OPENSSL_CONF: '/dev/null' }, allowFailure: true },
  );
  if (exitCode === 0) return 'ok';
  // it goes on after some errors; ours is the first
  const [, number, depth] = /error (\d+) at (\d+) depth/.exec(stderr) ?? [];
  if (number === undefined) throw new Error(`no verdict in: ${stderr}`);
  return `error ${Number(number)} at ${Number(depth)}`;
}

test('accepts and refuses what OpenSSL expects', async (t) => {
  for (const each of cases) t.is((await ours(each)) === 'ok', each.accepted, each.line);
  t.true(cases.length > 170, `${cases.length} cases`);
});

test('finds the same error at the same depth as the command line', async (t) => {
  const bundle = path.join(await temporaryFolder(t), 'trusted.pem');
  const verdicts = new Map<Verdict, number>();
  for (const each of cases) {
    const verdict = await ours(each);
    t.is(verdict, await commandLine(each, bundle), each.line);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }
  t.true(verdicts.size > 25, `${verdicts.size} different verdicts`);
  t.log(`${cases.length} chains, ${verdicts.size} different verdicts`);
});

test('accepts none of them without what they trust', async (t) => {
  const accepted = cases.filter((each) => each.accepted);
  t.true(accepted.length > 70, `${accepted.length} accepted chains`);
  for (const each of accepted) {
    t.not(await ours({ ...each, trusted: [] }), 'ok', each.line);
    const other = each.trusted.includes('root-name2') ? [] : ['root-name2'];
    t.not(await ours({ ...each, trusted: other }), 'ok', each.line);
  }
});
