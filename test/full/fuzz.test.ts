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
import { parseCertdata } from '../../bundles/parse-certdata.ts';
import { runRounds } from '../fuzz/run-rounds.ts';
import { binary, entry } from '../support/addon.ts';
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

test.serial('the addon bears wrong and half-right arguments for ten minutes', async (t) => {
  const corpus = path.join(await stepResult('extract'), 'test/certs');
  const seed = randomInt(2 ** 31);
  const { fault, rounds, calls } = await runRounds({ module: entry, binary, corpus, seed, seconds: 600 });
  t.is(fault, undefined);
  t.log(`from seed ${seed}: ${calls} calls in ${rounds} rounds`);
});
