// rand and the constants that are numbers.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';

const { crypto, rand } = (await import(entry)) as typeof Tsopenssl;
const { FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT } = crypto;

const { same, sameForEach, bothRefuseEach, control } = await differential();

same('the types of files have the same numbers', {
  python: '[crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1, crypto.FILETYPE_TEXT]',
  ours: () => [FILETYPE_PEM, FILETYPE_ASN1, FILETYPE_TEXT],
});

same('there is enough randomness', {
  python: 'bool(rand.status())',
  ours: () => Boolean(rand.status()),
});

sameForEach(
  'adds bytes to the pool, and says nothing',
  {
    'some bytes': { bytes: Buffer.from('some bytes'), entropy: 5 },
    'no bytes': { bytes: Buffer.alloc(0), entropy: 0 },
    'bytes that are not random': { bytes: Buffer.alloc(1000), entropy: 0 },
  },
  {
    python: 'rand.add(bytes, entropy)',
    ours: ({ bytes, entropy }) => rand.add(bytes, entropy),
  },
);

bothRefuseEach(
  'to add what is no bytes',
  { nothing: { bytes: null }, 'a number': { bytes: 3 } },
  {
    python: 'rand.add(bytes, 1)',
    ours: ({ bytes }) => rand.add(bytes as never, 1),
  },
);

bothRefuseEach(
  'an entropy that is no number',
  { text: { entropy: '1' }, nothing: { entropy: null } },
  {
    python: "rand.add(b'bytes', entropy)",
    ours: ({ entropy }) => rand.add(Buffer.from('bytes'), entropy as never),
  },
);

control('other numbers are told apart', {
  python: '[crypto.FILETYPE_PEM, crypto.FILETYPE_ASN1]',
  ours: () => [FILETYPE_ASN1, FILETYPE_PEM],
});
