// Numbers of the ELF format that a reader compares with. Names are those of the specification.
// gABI: https://gabi.xinuos.com/ ; GNU's and Solaris' additions: elf(5), <elf.h>.

/** `e_type`. */
export const ET = { EXEC: 2, DYN: 3 } as const;

/** `p_type`. */
export const PT = {
  LOAD: 1,
  DYNAMIC: 2,
  INTERP: 3,
  NOTE: 4,
  GNU_STACK: 0x6474e551,
  GNU_RELRO: 0x6474e552,
} as const;

/** `p_flags`. */
export const PF = { X: 1, W: 2, R: 4 } as const;

/** `sh_type`. */
export const SHT = { NOBITS: 8, DYNSYM: 11 } as const;

/** `d_tag`. */
export const DT = {
  NULL: 0,
  NEEDED: 1,
  PLTRELSZ: 2,
  HASH: 4,
  STRTAB: 5,
  SYMTAB: 6,
  RELA: 7,
  RELASZ: 8,
  RELAENT: 9,
  STRSZ: 10,
  SYMENT: 11,
  SONAME: 14,
  RPATH: 15,
  TEXTREL: 22,
  JMPREL: 23,
  BIND_NOW: 24,
  RUNPATH: 29,
  FLAGS: 30,
  GNU_HASH: 0x6ffffef5,
  DEPAUDIT: 0x6ffffefb,
  AUDIT: 0x6ffffefc,
  VERSYM: 0x6ffffff0,
  FLAGS_1: 0x6ffffffb,
  VERDEF: 0x6ffffffc,
  VERDEFNUM: 0x6ffffffd,
  VERNEED: 0x6ffffffe,
  VERNEEDNUM: 0x6fffffff,
  AUXILIARY: 0x7ffffffd,
  FILTER: 0x7fffffff,
} as const;

/** Bits of `DT_FLAGS`. */
export const DF = { TEXTREL: 0x4, BIND_NOW: 0x8 } as const;

/** Bits of `DT_FLAGS_1`. */
export const DF_1 = { NOW: 0x1, NODELETE: 0x8, PIE: 0x8000000 } as const;

/** Upper half of `st_info`. */
export const STB = { LOCAL: 0, GLOBAL: 1, WEAK: 2, GNU_UNIQUE: 10 } as const;

/** Lower bits of `st_other`. */
export const STV = { DEFAULT: 0, INTERNAL: 1, HIDDEN: 2, PROTECTED: 3 } as const;
