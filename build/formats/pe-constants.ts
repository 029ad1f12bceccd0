// Numbers of the PE format, under the names that Microsoft's specification gives them without their prefixes.
// Source: https://learn.microsoft.com/windows/win32/debug/pe-format

/** IMAGE_FILE_…: `Characteristics` of the COFF header. */
export const FILE = { EXECUTABLE_IMAGE: 0x2, RELOCS_STRIPPED: 0x1, DLL: 0x2000 } as const;

/** IMAGE_DLLCHARACTERISTICS_… of the optional header. */
export const DLL_CHARACTERISTICS = { HIGH_ENTROPY_VA: 0x20, DYNAMIC_BASE: 0x40, NX_COMPAT: 0x100 } as const;

/** IMAGE_SCN_MEM_…: `Characteristics` of a section. */
export const SCN = { MEM_EXECUTE: 0x20000000, MEM_READ: 0x40000000, MEM_WRITE: 0x80000000 } as const;

/** IMAGE_SUBSYSTEM_… of the optional header. */
export const SUBSYSTEM = { WINDOWS_GUI: 2, WINDOWS_CUI: 3 } as const;

/** Places in the table of data directories. */
export const DIRECTORY = {
  EXPORT: 0,
  IMPORT: 1,
  RESOURCE: 2,
  SECURITY: 4,
  BASE_RELOCATION: 5,
  DEBUG: 6,
  LOAD_CONFIG: 10,
  DELAY_IMPORT: 13,
} as const;
