// The machine that an object file is for, whatever its format. Sources: System V ABI, "ELF Header"; Apple's
// `mach-o/loader.h`; Microsoft's "PE Format", "COFF File Header" and "Import Header".

import type { Target } from '../types.ts';
import { CPU_TYPE } from './macho-constants.ts';

/** A format of object files, and its number of a machine. */
export interface ObjectMachine {
  readonly format: 'ELF' | 'Mach-O' | 'COFF';
  readonly machine: number;
}

/**
 * Reads what an object file is for.
 * @returns undefined for what is in none of the three formats; COFF has no magic number, so any other bytes are taken for
 * COFF, with a number that no target has
 */
export function objectMachine(bytes: Buffer): ObjectMachine | undefined {
  if (bytes.length < 20) return undefined;
  const magic = bytes.readUInt32BE(0);
  if (magic === 0x7f454c46) {
    const machine = bytes.readUInt8(5) === 2 ? bytes.readUInt16BE(18) : bytes.readUInt16LE(18);
    return { format: 'ELF', machine };
  }
  if (magic === 0xcffaedfe || magic === 0xcefaedfe)
    return { format: 'Mach-O', machine: bytes.readUInt32LE(4) };
  if (magic === 0x0000ffff) return { format: 'COFF', machine: bytes.readUInt16LE(6) }; // one import
  return { format: 'COFF', machine: bytes.readUInt16LE(0) };
}

/** What objects of a target must be for; several where one archive joins architectures. */
export function objectMachinesOf(target: Target): readonly ObjectMachine[] {
  switch (target.os) {
    case 'linux':
      return [{ format: 'ELF', machine: target.elfMachine }];
    case 'darwin':
      return target.architectures.map((name) => ({ format: 'Mach-O', machine: CPU_TYPE[name] }));
    case 'win32':
      return [{ format: 'COFF', machine: target.peMachine }];
  }
}
