// Every file of OpenSSL's own test certificates through everything that reads, in a process of its own: whatever comes out,
// the process lives and the error queue is empty.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { runJournalled } from '../../fuzz/journal.ts';
import type { CorpusResult } from '../../fuzz/programs/corpus.ts';
import { binary, entry } from '../../support/addon.ts';
import { checkout } from '../../support/builder.ts';
import { sanitizedModules } from '../../support/sanitizer.ts';
import { stepResult } from '../../support/step-result.ts';

test('every file of test/certs, whole, cut at every 64th byte and with bytes flipped, crashes no reader', async (t) => {
  const corpus = path.join(await stepResult('extract'), 'test/certs');
  const program = path.join(checkout, 'test/fuzz/programs/corpus.ts');
  // the sanitizers take four times as long for each input
  const stride = sanitizedModules === undefined ? 1 : 4;
  const input = { module: entry, binary, corpus, stride };
  const outcome = await runJournalled({ program, input, callSeconds: 60, endsEarly: false });
  if (typeof outcome !== 'string') return t.fail(`${outcome.ending}\n${outcome.call}\n${outcome.stderr}`);
  const { files, inputs, readers } = JSON.parse(outcome) as CorpusResult;
  t.is(files, 356);
  t.is(files, (await readdir(corpus)).length);
  t.true(inputs > 25_000 / stride, `${inputs} inputs`);
  t.true(Object.keys(readers).length >= 4, Object.keys(readers).join());
  for (const [name, [accepted, refused]] of Object.entries(readers)) {
    t.log(`${name}: ${accepted} accepted, ${refused} refused`);
    t.true(accepted + refused >= inputs, `${name} was handed all of them`);
    t.true(refused > 1000, `${name} refuses what is not right`);
  }
  const [accepted = 0] = readers['crypto.loadCertificate'] ?? [];
  t.true(accepted > 2000 / stride, `${accepted} certificates, whole or changed where it does not matter`);
});
