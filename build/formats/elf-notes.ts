// Notes of an ELF file: the build id.
//
//   Elf64_Nhdr at a multiple of p_align (4 or 8)
//   0 n_namesz u32   4 n_descsz u32   8 n_type u32   12 name, padded   then desc, padded
//
// Source: System V gABI, "Note Section"; NT_GNU_BUILD_ID of binutils' ld(1), --build-id.

import type { CheckedBytes } from './checked-bytes.ts';
import type { ElfSegment } from './elf.ts';
import { PT } from './elf-constants.ts';

const NT_GNU_BUILD_ID = 3;

/** The build id as lower-case hex, or undefined without one. */
export function readBuildId(view: CheckedBytes, segments: readonly ElfSegment[]): string | undefined {
  for (const segment of segments) {
    if (segment.type !== PT.NOTE) continue;
    const alignment = segment.alignment === 8 ? 8 : 4;
    const end = segment.offset + segment.fileSizeBytes;
    let at = segment.offset;
    while (at < end) {
      const nameSize = view.u32(at, 'a note');
      const descriptionSize = view.u32(at + 4, 'a note');
      const type = view.u32(at + 8, 'a note');
      const description = at + alignUp(12 + nameSize, alignment);
      const next = description + alignUp(descriptionSize, alignment);
      if (description + descriptionSize > end) view.fail(`wanted the note at ${at} to end before ${end}`);
      const name = view.slice(at + 12, nameSize, 'the name of a note').toString('latin1');
      if (type === NT_GNU_BUILD_ID && name === 'GNU\0') {
        return view.slice(description, descriptionSize, 'the build id').toString('hex');
      }
      at = next;
    }
  }
  return undefined;
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
