import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { BuildError } from '../../../build/errors.ts';
import { requireDigest } from '../../../build/steps/require-digest.ts';
import { temporaryFolder } from '../../support/folder.ts';

const content = Buffer.alloc(3_000_000, 'archive ');
const pins = [
  { sha256: createHash('sha256').update(content).digest('hex') },
  { integrity: `sha512-${createHash('sha512').update(content).digest('base64')}` },
];

for (const pin of pins) {
  test(`accepts the archive that the recipe pins by ${Object.keys(pin)}, and refuses one with a flipped bit`, async (t) => {
    const file = path.join(await temporaryFolder(t), 'source.tar.gz');
    await writeFile(file, content);
    await t.notThrowsAsync(requireDigest(file, pin));
    const flipped = Buffer.from(content);
    flipped[2_999_999] = (flipped[2_999_999] ?? 0) ^ 1;
    await writeFile(file, flipped);
    const error = await t.throwsAsync(requireDigest(file, pin), { instanceOf: BuildError });
    t.is(error?.code, 'ERR_INTEGRITY');
    t.regex(
      error?.message ?? '',
      /^source\.tar\.gz in the cache: expected sha\S+.*, found sha.*; run `npm run dist -- cache verify`/,
    );
  });
}
