// Changed input for every reader: whatever it is handed, it answers or throws its own error. The seed of a failure is in
// the log.

import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { CABundleError } from '../../addon/lib/ca-bundle/errors.ts';
import { parseBundle } from '../../addon/lib/ca-bundle/parse-bundle.ts';
import { BuildError } from '../../build/errors.ts';
import { readElf } from '../../build/formats/elf.ts';
import { run } from '../../build/process.ts';
import { parseCertdata } from '../../bundles/parse-certdata.ts';
import { certdataText, excerpt } from '../support/certdata.ts';
import { distribution } from '../support/openssl.ts';
import { mutate, randomNumbers } from '../support/random.ts';
import { stepResult } from '../support/step-result.ts';

const seconds = 60;

/** Feeds changed copies of `seedBytes` to `read` for a minute; only errors of `own` may come out. */
function fuzz(
  t: ExecutionContext,
  seedBytes: Uint8Array,
  own: new (...args: never[]) => Error,
  read: (bytes: Buffer) => unknown,
): void {
  const seed = randomInt(2 ** 31);
  const random = randomNumbers(seed);
  const end = Date.now() + seconds * 1000;
  let [tried, accepted] = [0, 0];
  while (Date.now() < end) {
    const bytes = mutate(seedBytes, random);
    tried++;
    try {
      read(bytes);
      accepted++;
    } catch (error) {
      if (!(error instanceof own)) throw new Error(`seed ${seed}, input ${tried}`, { cause: error });
    }
  }
  t.log(`seed ${seed}: ${tried} inputs, ${accepted} accepted`);
  t.true(tried > 1000, 'there was time for inputs');
  t.true(accepted < tried, 'some were refused');
}

test.serial('the ELF reader answers or throws its own error', async (t) => {
  const { openssl } = await distribution();
  fuzz(t, await readFile(openssl), BuildError, (changed) => readElf(changed, 'fuzzed'));
});

test.serial('the certdata parser answers or throws its own error', async (t) => {
  const text = await certdataText();
  const labels = [...text.matchAll(/^# Certificate "(.+)"$/gm)].slice(0, 3).map(([, label = '']) => label);
  const bytes = Buffer.from(excerpt(text, labels));
  fuzz(t, bytes, BuildError, (changed) => parseCertdata(changed.toString('utf8')));
});

test.serial('the reader of bundles answers or throws its own error', async (t) => {
  const { packageDir } = await distribution();
  const bytes = await readFile(path.join(packageDir, 'ca-bundles/ca-bundle-server.crt'));
  fuzz(t, bytes.subarray(0, 20_000), CABundleError, (changed) => parseBundle(changed.toString('utf8')));
});

test.serial('the addon takes changed certificates of every kind without a crash', async (t) => {
  const { packageDir } = await distribution();
  const certs = path.join(await stepResult('extract'), 'test/certs');
  const program = path.join(import.meta.dirname, 'programs/fuzz-certificates.mjs');
  const random = path.join(import.meta.dirname, 'random.ts');
  const seed = String(randomInt(2 ** 31));
  const argv = [
    process.execPath,
    '--import',
    'tsx',
    program,
    packageDir,
    certs,
    random,
    seed,
    String(2 * seconds),
  ];
  const { exitCode, stdout, stderr } = await run(argv, { allowFailure: true });
  t.is(exitCode, 0, `seed ${seed}: ${stderr}`);
  const { tried, accepted } = JSON.parse(stdout);
  t.log(`seed ${seed}: ${tried} inputs, ${accepted} accepted`);
  t.true(tried > 1000 && accepted > 0 && accepted < 2 * tried);
});
