import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { cksum } from '../../../build/formats/cksum.ts';
import { run } from '../../../build/process.ts';
import { temporaryFolder } from '../../support/folder.ts';

test('agrees with cksum(1) about contents of many sizes', async (t) => {
  const dir = await temporaryFolder(t);
  for (const sizeBytes of [0, 1, 2, 255, 256, 257, 65_536, 100_001]) {
    const bytes = Buffer.from(
      Array.from({ length: sizeBytes }, (_, index) => (index * 7 + (index >> 8)) & 0xff),
    );
    const file = path.join(dir, String(sizeBytes));
    await writeFile(file, bytes);
    t.is(`${cksum(bytes)} ${sizeBytes} ${file}\n`, (await run(['cksum', file])).stdout);
  }
});
