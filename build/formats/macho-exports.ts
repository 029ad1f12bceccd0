// The exports trie of a Mach-O file: the names that others can bind to, cut into the edges of a tree.
//
//   node:  size of what follows, uleb128; 0 when no name ends here
//            flags uleb128, then the address uleb128
//            with REEXPORT: the library's ordinal uleb128 and the name there, ended by NUL
//            with STUB_AND_RESOLVER: also the resolver's address, uleb128
//          number of children u8, each: the edge's text ended by NUL, the child's place from the trie's start uleb128
//
// Source: <mach-o/loader.h>, "export trie"; dyld's MachOLayout. Mirrors llvm-objdump --macho --exports-trie.

import type { CheckedBytes } from './checked-bytes.ts';
import { leb128Reader } from './leb128.ts';
import type { BytePlace } from './macho-commands.ts';

/** An exported symbol, its name with C's leading underscore. */
export interface MachExport {
  readonly name: string;
  /** Taken from another library, under this file's name. */
  readonly reexported: boolean;
  /** The first definition in the process wins, wherever it is. */
  readonly weak: boolean;
}

const FLAG = { WEAK_DEFINITION: 0x4, REEXPORT: 0x8 } as const;

/** Reads a trie, in its own order. @throws {BuildError} ERR_VALIDATION */
export function readExports(view: CheckedBytes, { offset, sizeBytes }: BytePlace): readonly MachExport[] {
  if (sizeBytes === 0) return [];
  const end = offset + sizeBytes;
  const found: MachExport[] = [];
  const seen = new Set<number>();
  const waiting = [{ at: offset, name: '' }];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { at, name } = node;
    if (at >= end) view.fail(`wanted a node of the exports trie before ${end}, got one at ${at}`);
    if (seen.has(at)) view.fail(`wanted the exports trie to be a tree, got two ways to the node at ${at}`);
    if (name.length > maxNameBytes) view.fail(`wanted exported names of up to ${maxNameBytes} bytes`);
    seen.add(at);
    const reader = leb128Reader(view, at, end);
    const terminalSize = reader.unsigned('the size of a node');
    const children = reader.offset + terminalSize;
    if (terminalSize > 0) {
      const flags = reader.unsigned('the flags of an export');
      found.push({
        name,
        reexported: (flags & FLAG.REEXPORT) !== 0,
        weak: (flags & FLAG.WEAK_DEFINITION) !== 0,
      });
    }
    waiting.push(...readChildren(view, { offset, sizeBytes }, children, name).reverse());
  }
  return found;
}

const maxNameBytes = 32_768;

function readChildren(
  view: CheckedBytes,
  { offset, sizeBytes }: BytePlace,
  at: number,
  prefix: string,
): { at: number; name: string }[] {
  const end = offset + sizeBytes;
  if (at >= end) view.fail(`wanted the children of a node before ${end}, got them at ${at}`);
  const count = view.u8(at, 'the number of children');
  const reader = leb128Reader(view, at + 1, end);
  return Array.from({ length: count }, () => ({
    name: prefix + reader.text('an edge of the exports trie'),
    at: offset + reader.unsigned('the place of a node'),
  }));
}
