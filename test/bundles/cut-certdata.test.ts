import { createHash } from 'node:crypto';
import test from 'ava';
import { BuildError } from '../../build/errors.ts';
import { parseCertdata } from '../../bundles/parse-certdata.ts';
import { certdata } from '../../recipes/certdata.ts';
import { certdataText, excerpt } from '../support/certdata.ts';

const whole = Buffer.from(await certdataText());

/** What becomes of a file that is cut after so many bytes: the error's line, or the roots that it seems to hold. */
function cut(file: Buffer, length: number): { line: number } | { roots: number } {
  try {
    return { roots: parseCertdata(file.subarray(0, length).toString()).length };
  } catch (error) {
    const line =
      error instanceof Error ? /^certdata\.txt line (\d+): \S/.exec(error.message)?.[1] : undefined;
    if (!(error instanceof BuildError) || error.code !== 'ERR_CERTDATA' || line === undefined) throw error;
    return { line: Number(line) };
  }
}

/** Where a trust record ends: a file that is cut exactly there is a shorter list, and only its digest tells. */
function recordEnds(file: Buffer): Set<number> {
  const ends = file.toString('latin1').matchAll(/^CKA_TRUST_STEP_UP_APPROVED CK_BBOOL CK_FALSE\n/gm);
  return new Set([...ends].map((match) => match.index + match[0].length));
}

test('a file cut at any 4096th byte is an error that names a line of it', (t) => {
  const lengths = Array.from({ length: Math.floor(whole.length / 4096) }, (_, index) => (index + 1) * 4096);
  t.is(lengths.length, 342);
  t.false(lengths.some((length) => recordEnds(whole).has(length)));
  for (const length of lengths) {
    const result = cut(whole, length);
    const lines = whole.subarray(0, length).toString().split('\n').length;
    t.true(
      'line' in result && result.line >= 1 && result.line <= lines,
      `${length}: ${JSON.stringify(result)}`,
    );
  }
  t.deepEqual(cut(whole, whole.length), { roots: 176 });
});

test('a small file cut at any byte is an error, unless the cut is where a record ends', (t) => {
  const labels = ['GlobalSign ECC Root CA - R4', 'GTS Root R4'];
  const small = Buffer.from(excerpt(whole.toString(), labels));
  const passed = Array.from({ length: small.length + 1 }, (_, length) => length).filter(
    (length) => 'roots' in cut(small, length),
  );
  t.deepEqual(passed, [...recordEnds(small)]);
  t.deepEqual(
    passed.map((length) => cut(small, length)),
    [{ roots: 1 }, { roots: 2 }],
  );
});

test('a file cut where a record ends is caught by the digest that the recipe pins', (t) => {
  const [end = 0] = recordEnds(whole);
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

  t.deepEqual(cut(whole, end), { roots: 1 });
  t.not(sha256(whole.subarray(0, end)), certdata.memberSha256);
  t.is(sha256(whole), certdata.memberSha256);
});
