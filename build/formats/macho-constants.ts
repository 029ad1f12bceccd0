// Numbers of the Mach-O format that a reader compares with. Names are Apple's.
// Source: <mach-o/loader.h>, <mach-o/nlist.h>, <mach/machine.h>, <mach/vm_prot.h> of the macOS SDK.

/** `magic`: 64 bits in the reader's own byte order, and universal files, which are big endian. */
export const MAGIC = { MH_64: 0xfeedfacf, FAT: 0xcafebabe } as const;

/** `cputype` by Apple's name of the architecture. */
export const CPU_TYPE = { x86_64: 0x0100_0007, arm64: 0x0100_000c } as const;

/** `filetype`. */
export const MH = { EXECUTE: 2, DYLIB: 6, BUNDLE: 8 } as const;

/** Bits of `flags`. */
export const MH_FLAG = {
  TWOLEVEL: 0x80,
  BINDS_TO_WEAK: 0x1_0000,
  ALLOW_STACK_EXECUTION: 0x2_0000,
  PIE: 0x20_0000,
} as const;

/** `cmd`. Those with the highest bit must be understood by the loader. */
export const LC = {
  SYMTAB: 0x2,
  LOAD_DYLIB: 0xc,
  ID_DYLIB: 0xd,
  LOAD_DYLINKER: 0xe,
  SEGMENT_64: 0x19,
  CODE_SIGNATURE: 0x1d,
  LAZY_LOAD_DYLIB: 0x20,
  DYLD_INFO: 0x22,
  VERSION_MIN_MACOSX: 0x24,
  DYLD_ENVIRONMENT: 0x27,
  BUILD_VERSION: 0x32,
  LOAD_WEAK_DYLIB: 0x8000_0018,
  RPATH: 0x8000_001c,
  REEXPORT_DYLIB: 0x8000_001f,
  DYLD_INFO_ONLY: 0x8000_0022,
  LOAD_UPWARD_DYLIB: 0x8000_0023,
  DYLD_EXPORTS_TRIE: 0x8000_0033,
  DYLD_CHAINED_FIXUPS: 0x8000_0034,
} as const;

/** `platform` of LC_BUILD_VERSION. */
export const PLATFORM_MACOS = 1;

/** `initprot` and `maxprot`. */
export const VM_PROT = { READ: 1, WRITE: 2, EXECUTE: 4 } as const;

/** `n_type`. */
export const N = { EXT: 0x01, TYPE: 0x0e, PEXT: 0x10, STAB: 0xe0, UNDF: 0x0 } as const;

/** Where a symbol is looked for, when not in the library of that number, counted from 1. */
export const ORDINAL = { SELF: 0, MAIN_EXECUTABLE: -1, FLAT_LOOKUP: -2, WEAK_LOOKUP: -3 } as const;
