// A certificate authority of its own for a test: the shipped openssl.cnf, the shipped command line, a fresh folder.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { type RunResult, run } from '../../build/process.ts';
import { distribution } from '../support/openssl.ts';

export interface Workplace {
  /** The folder that commands run in. */
  readonly folder: string;
  /** Runs openssl in the folder with OPENSSL_CONF; fails the test when it warns. */
  openssl(args: readonly string[], input?: string): Promise<RunResult>;
  /** The same for a command that succeeds and warns; answers what it says. */
  warns(args: readonly string[]): Promise<string>;
  /** The same for a command that must fail; answers what it says. */
  fails(args: readonly string[]): Promise<string>;
}

/** What a line on stderr looks like that is more than progress. */
const warning = /warn|error|can't|could not|cannot|skip|unknown|deprecat/i;

/**
 * Makes a folder with the shipped openssl.cnf in it, which goes away after the test.
 * @param edit - changes the text of openssl.cnf
 */
export async function makeWorkplace(
  t: ExecutionContext,
  edit: (text: string) => string = (text) => text,
): Promise<Workplace> {
  const { openssl, cnf } = await distribution();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const conf = path.join(folder, 'openssl.cnf');
  await writeFile(conf, edit(await readFile(cnf, 'utf8')));
  const options = { cwd: folder, env: { OPENSSL_CONF: conf } };
  return {
    folder,
    openssl: async (args, input) => {
      const result = await run([openssl, ...args], { ...options, ...(input === undefined ? {} : { input }) });
      t.notRegex(result.stderr, warning, `openssl ${args.join(' ')}`);
      return result;
    },
    warns: async (args) => {
      const { stderr } = await run([openssl, ...args], options);
      t.regex(stderr, warning, `openssl ${args.join(' ')}`);
      return stderr;
    },
    fails: async (args) => {
      const result = await run([openssl, ...args], { ...options, allowFailure: true });
      t.not(result.exitCode, 0, `openssl ${args.join(' ')}`);
      return result.stdout + result.stderr;
    },
  };
}

/** Makes the folders of the authority as openssl.cnf says, and a root. */
export async function makeAuthority(t: ExecutionContext): Promise<Workplace> {
  const workplace = await makeWorkplace(t);
  const { cnf } = await distribution();
  const recipe = (await readFile(cnf, 'utf8')).match(/^# {3}(?:mkdir|touch) .*$/gm) ?? [];
  for (const line of recipe) await run(['sh', '-ec', line.slice(1)], { cwd: workplace.folder });
  await workplace.openssl([
    ...['req', '-x509', ...ecKey, '-days', '3650', '-subj', '/C=HU/O=Példa/CN=Root'],
    ...['-keyout', 'demoCA/private/cakey.pem', '-out', 'demoCA/cacert.pem'],
  ]);
  return workplace;
}

/** Arguments of req for a key that is made at once. */
export const ecKey = ['-newkey', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'] as const;

/**
 * Makes a key and a request, and has the authority sign it.
 * @param section - the extensions
 * @returns the certificate's file name in the folder
 */
export async function issue(
  { openssl }: Workplace,
  section: string,
  name: string,
  more: readonly string[] = [],
): Promise<string> {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.req`];
  await openssl(['req', '-new', ...ecKey, ...files, '-subj', `/CN=${name}`, ...more]);
  await openssl([
    'ca',
    '-batch',
    '-notext',
    '-extensions',
    section,
    '-in',
    `${name}.req`,
    '-out',
    `${name}.pem`,
  ]);
  return `${name}.pem`;
}
