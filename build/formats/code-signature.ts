// The signature inside a Mach-O file: digests of all its pages, and who vouches for them. Big endian.
//
//   SuperBlob                     CodeDirectory
//    0 magic  u32 fade0cc0         0 magic  u32 fade0c02      24 nSpecialSlots u32     36 hashSize u8
//    4 length u32                  4 length u32               28 nCodeSlots    u32     37 hashType u8: 2 is SHA-256
//    8 count  u32                  8 version u32              32 codeLimit     u32     39 pageSize u8: power of two
//   12 count × type u32,          12 flags  u32: 2 ad hoc
//      offset u32, from the       16 hashOffset u32: the digest of page 0; those of special slots stand before it
//      SuperBlob's start          20 identOffset u32
//
// An ad-hoc signature has no blob of type 0x10000 (CMS), or an empty one.
// Source: <kern/cs_blobs.h> of XNU. Mirrors codesign --display --verbose=4 and codesign --verify.

import { createHash } from 'node:crypto';
import { type CheckedBytes, checkedBytes } from './checked-bytes.ts';

/** What a signature says, and whether the file is what was signed. */
export interface CodeSignature {
  /** The name that the signer gave the file. */
  readonly identifier: string;
  /** CodeDirectory flags: 2 ad hoc, 0x20000 made by the linker. */
  readonly flags: number;
  /** Where the signed part ends: the signature must begin there. */
  readonly codeLimit: number;
  /** Place of the signature in the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly pageSizeBytes: number;
  readonly pageCount: number;
  /** Pages whose SHA-256 is another, by number. */
  readonly wrongPages: readonly number[];
  /** Size of the CMS signature by a certificate; 0 without one. */
  readonly cmsSizeBytes: number;
}

/** `CS_ADHOC`: nobody vouches for it. */
export const CS_ADHOC = 0x2;

const MAGIC = { SUPER_BLOB: 0xfade_0cc0, CODE_DIRECTORY: 0xfade_0c02 } as const;
const SLOT = { CODE_DIRECTORY: 0, CMS: 0x1_0000 } as const;

/** A size of pages beyond this is no page. */
const maxPageBits = 16;

/**
 * Reads a signature and digests the pages it covers.
 * @param bytes - the whole Mach-O file
 * @param place - of the signature
 * @param file - the name that errors begin with
 * @throws {BuildError} ERR_VALIDATION: damaged, without a directory of SHA-256 digests, or of more pages than the file has
 */
export function readCodeSignature(
  bytes: Buffer,
  place: { readonly offset: number; readonly sizeBytes: number },
  file: string,
): CodeSignature {
  const view: CheckedBytes = checkedBytes(
    bytes.subarray(place.offset, place.offset + place.sizeBytes),
    `${file}: signature`,
    'big endian',
  );
  const magic = view.u32(0, 'the magic of the SuperBlob');
  if (magic !== MAGIC.SUPER_BLOB) view.fail(`wanted a SuperBlob (fade0cc0), got ${magic.toString(16)}`);
  const count = view.u32(8, 'the number of blobs');
  view.expectRange(12, count * 8, 'the index of blobs');
  const blobs = Array.from({ length: count }, (_, index) => ({
    type: view.u32(12 + index * 8, 'the type of a blob'),
    offset: view.u32(16 + index * 8, 'the place of a blob'),
  }));
  const directories = blobs.filter(({ type }) => type === SLOT.CODE_DIRECTORY);
  const [directory] = directories;
  if (directory === undefined || directories.length > 1) {
    view.fail(`wanted one CodeDirectory, got ${directories.length}`);
  }
  const cms = blobs.find(({ type }) => type === SLOT.CMS);
  return {
    ...readDirectory(view, directory.offset, bytes),
    offset: place.offset,
    sizeBytes: place.sizeBytes,
    cmsSizeBytes: cms === undefined ? 0 : Math.max(0, view.u32(cms.offset + 4, 'the length of the CMS') - 8),
  };
}

type Directory = Omit<CodeSignature, 'offset' | 'sizeBytes' | 'cmsSizeBytes'>;

function readDirectory(view: CheckedBytes, at: number, bytes: Buffer): Directory {
  const magic = view.u32(at, 'the magic of the CodeDirectory');
  if (magic !== MAGIC.CODE_DIRECTORY)
    view.fail(`wanted a CodeDirectory (fade0c02), got ${magic.toString(16)}`);
  const length = view.u32(at + 4, 'the length of the CodeDirectory');
  view.expectRange(at, length, 'the CodeDirectory');
  const end = at + length;
  const [hashSize, hashType, pageBits] = [36, 37, 39].map((field) =>
    view.u8(at + field, 'CodeDirectory'),
  ) as [number, number, number];
  if (hashType !== 2 || hashSize !== 32) {
    view.fail(`wanted digests of type 2 (SHA-256) in 32 bytes, got type ${hashType} in ${hashSize}`);
  }
  if (pageBits < 12 || pageBits > maxPageBits) {
    view.fail(`wanted pages of 2^12 to 2^${maxPageBits} bytes, got 2^${pageBits}`);
  }
  const pageCount = view.u32(at + 28, 'nCodeSlots');
  const codeLimit = view.u32(at + 32, 'codeLimit');
  const pageSizeBytes = 2 ** pageBits;
  if (codeLimit > bytes.length || pageCount !== Math.ceil(codeLimit / pageSizeBytes)) {
    const most = `up to ${bytes.length} bytes in pages of ${pageSizeBytes}`;
    view.fail(`wanted ${most}, got ${codeLimit} in ${pageCount} pages`);
  }
  const hashes = at + view.u32(at + 16, 'hashOffset');
  if (hashes + pageCount * hashSize > end) view.fail(`wanted ${pageCount} digests before ${end}, got fewer`);
  const wrongPages = Array.from({ length: pageCount }, (_, page) => page).filter((page) => {
    const start = page * pageSizeBytes;
    const digest = createHash('sha256').update(
      bytes.subarray(start, Math.min(start + pageSizeBytes, codeLimit)),
    );
    return !digest.digest().equals(view.slice(hashes + page * hashSize, hashSize, 'a digest'));
  });
  return {
    identifier: view.text(at + view.u32(at + 20, 'identOffset'), end, 'the identifier'),
    flags: view.u32(at + 12, 'the flags of the CodeDirectory'),
    codeLimit,
    pageSizeBytes,
    pageCount,
    wrongPages,
  };
}
