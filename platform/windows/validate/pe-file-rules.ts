// Rules over how a PE file is made: for which machine and system, hardened how, and with nothing of the build in it.

import type { PeSection } from '../../../build/formats/pe.ts';
import { DLL_CHARACTERISTICS, FILE, SCN, SUBSYSTEM } from '../../../build/formats/pe-constants.ts';
import { type Deviation, everyRole, listed } from '../../../build/validation/rule.ts';
import type { PeRule, StagedPe } from './pe-rule.ts';

export const peFileRules: readonly PeRule[] = [
  {
    id: 'pe-machine',
    why: 'a file for another processor cannot be loaded',
    applies: everyRole,
    check({ pe }, { target }) {
      const [wanted, got] = [target.peMachine, pe.machine].map((machine) => `Machine ${hex(machine)}`);
      return wanted === got ? [] : [{ wanted: wanted ?? '', got: got ?? '' }];
    },
  },
  {
    id: 'pe-kind',
    why: 'Windows starts programs and loads libraries, by a bit of the header and not by the name',
    applies: everyRole,
    check: kindDeviations,
  },
  {
    id: 'subsystem-version',
    why: 'a file that wants a newer Windows cannot be loaded on the oldest one that is promised',
    applies: everyRole,
    check: ({ pe }, { target }) =>
      isAtMost(pe.subsystemVersion, target.minimumSystem)
        ? []
        : [{ wanted: `subsystem version ${target.minimumSystem} or older`, got: pe.subsystemVersion }],
  },
  flagRule(
    'address-randomised',
    'DYNAMIC_BASE',
    'code at an address that an attacker knows can be jumped to',
  ),
  flagRule('high-entropy', 'HIGH_ENTROPY_VA', 'an address in the lowest 4 GB can be guessed in time'),
  flagRule('no-execute', 'NX_COMPAT', 'without it Windows may let data be run as code'),
  {
    id: 'relocations',
    why: 'without base relocations a file is loaded at its own address only, whatever the header says',
    applies: everyRole,
    check({ pe }) {
      if ((pe.characteristics & FILE.RELOCS_STRIPPED) !== 0) {
        return [{ wanted: 'base relocations', got: 'RELOCS_STRIPPED' }];
      }
      return pe.relocationBytes > 0 ? [] : [{ wanted: 'base relocations', got: 'none' }];
    },
  },
  {
    id: 'no-writable-code',
    why: 'memory that can be both written and run turns an overflow into code',
    applies: everyRole,
    check: ({ pe }) =>
      pe.sections
        .filter(
          ({ characteristics }) =>
            has(characteristics, SCN.MEM_WRITE) && has(characteristics, SCN.MEM_EXECUTE),
        )
        .map(({ name }) => ({ wanted: 'no section that is both writable and executable', got: name })),
  },
  {
    id: 'no-time-stamps',
    why: 'a time stamp makes two builds of the same source differ',
    applies: everyRole,
    check: ({ pe }) =>
      pe.timeStamps
        .filter(({ value }) => value !== 0)
        .map(({ of, value }) => ({ wanted: `no time stamp in ${of}`, got: hex(value) })),
  },
  {
    id: 'no-debug-sections',
    why: 'debug sections and symbol tables double the download and hold paths of the build machine',
    applies: everyRole,
    check({ pe }) {
      const found = pe.sections.filter(isDebugSection).map(({ name }) => name);
      if (pe.symbolCount > 0) found.push(`${pe.symbolCount} symbols`);
      return found.length === 0 ? [] : [{ wanted: 'no debug sections or symbol table', got: listed(found) }];
    },
  },
];

function flagRule(id: string, flag: keyof typeof DLL_CHARACTERISTICS, why: string): PeRule {
  return {
    id,
    why,
    applies: everyRole,
    check: ({ pe }) =>
      has(pe.dllCharacteristics, DLL_CHARACTERISTICS[flag])
        ? []
        : [{ wanted: flag, got: `DllCharacteristics ${hex(pe.dllCharacteristics)}` }],
  };
}

function kindDeviations({ pe, role }: StagedPe): readonly Deviation[] {
  const wanted = role === 'command' ? 'a console program' : 'a library';
  if (!has(pe.characteristics, FILE.EXECUTABLE_IMAGE))
    return [{ wanted, got: 'no image that can be loaded' }];
  if (has(pe.characteristics, FILE.DLL)) return role === 'command' ? [{ wanted, got: 'a library' }] : [];
  if (role !== 'command') return [{ wanted, got: 'a program' }];
  return pe.subsystem === SUBSYSTEM.WINDOWS_CUI ? [] : [{ wanted, got: `subsystem ${pe.subsystem}` }];
}

function isDebugSection({ name }: PeSection): boolean {
  // a name in a string table that strip removed can only be one that is longer than eight bytes
  return /^\.(z?debug_|stab|gnu_debuglink)|^\/\d+$/.test(name);
}

function has(flags: number, flag: number): boolean {
  return (flags & flag) !== 0;
}

function isAtMost(version: string, limit: string): boolean {
  const [[major = 0, minor = 0], [limitMajor = 0, limitMinor = 0]] = [version, limit].map((text) =>
    text.split('.').map(Number),
  ) as [number[], number[]];
  return major < limitMajor || (major === limitMajor && minor <= limitMinor);
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
