// Rules over how an ELF file is made: for which machine, and hardened how.

import type { ElfSegment } from '../../../build/formats/elf.ts';
import { DF_1, ET, PF, PT } from '../../../build/formats/elf-constants.ts';
import { everyRole, listed } from '../../../build/validation/rule.ts';
import type { ElfRule, StagedElf } from './elf-rule.ts';

export const elfFileRules: readonly ElfRule[] = [
  {
    id: 'elf-machine',
    why: 'a file for another processor cannot be loaded',
    applies: everyRole,
    check: ({ elf }, { target }) =>
      elf.machine === target.elfMachine
        ? []
        : [{ wanted: `e_machine ${target.elfMachine}`, got: `${elf.machine}` }],
  },
  {
    id: 'elf-type',
    why: 'only position-independent code can be loaded at an address that an attacker does not know',
    applies: everyRole,
    check({ elf, role, dynamic }) {
      const wanted = role === 'command' ? 'a position-independent executable' : 'a shared object';
      if (elf.type !== ET.DYN) return [{ wanted, got: `e_type ${elf.type}` }];
      const isPie = (dynamic.flags1 & DF_1.PIE) !== 0;
      if (isPie === (role === 'command')) return [];
      return [{ wanted, got: isPie ? 'an executable' : 'a shared object' }];
    },
  },
  {
    id: 'elf-interpreter',
    why: 'a program whose loader lies elsewhere starts nowhere else',
    applies: everyRole,
    check({ elf, role }, { target }) {
      const wanted = role === 'command' ? target.loader : undefined;
      if (elf.interpreter === wanted) return [];
      return [{ wanted: wanted ?? 'no interpreter', got: elf.interpreter ?? 'none' }];
    },
  },
  {
    id: 'stack-not-executable',
    why: 'without PT_GNU_STACK, or with X in it, the kernel makes every stack of the process executable',
    applies: everyRole,
    check({ elf }) {
      const stack = elf.segments.find(({ type }) => type === PT.GNU_STACK);
      if (stack !== undefined && (stack.flags & PF.X) === 0) return [];
      return [{ wanted: 'PT_GNU_STACK without X', got: stack === undefined ? 'none' : rights(stack) }];
    },
  },
  {
    id: 'no-writable-code',
    why: 'memory that can be both written and run turns an overflow into code',
    applies: everyRole,
    check: ({ elf }) =>
      elf.segments
        .filter(({ type, flags }) => type === PT.LOAD && (flags & PF.W) !== 0 && (flags & PF.X) !== 0)
        .map((segment) => ({
          wanted: 'no segment that is both writable and executable',
          got: `${rights(segment)} at 0x${segment.address.toString(16)}`,
        })),
  },
  {
    id: 'relro',
    why: 'without PT_GNU_RELRO the table of function addresses stays writable',
    applies: everyRole,
    check: ({ elf }) =>
      elf.segments.some(({ type, memorySizeBytes }) => type === PT.GNU_RELRO && memorySizeBytes > 0)
        ? []
        : [{ wanted: 'PT_GNU_RELRO', got: 'none' }],
  },
  {
    id: 'bind-now',
    why: 'functions bound at first use need a writable table, so RELRO would protect only half of it',
    applies: everyRole,
    check: ({ dynamic }) => (dynamic.bindsNow ? [] : [{ wanted: 'DF_BIND_NOW or DF_1_NOW', got: 'neither' }]),
  },
  {
    id: 'no-text-relocations',
    why: 'DT_TEXTREL makes the loader write into code: systems with SELinux refuse it',
    applies: everyRole,
    check: ({ dynamic }) =>
      dynamic.hasTextRelocations ? [{ wanted: 'no DT_TEXTREL', got: 'text relocations' }] : [],
  },
  {
    id: 'nodelete',
    why: 'OpenSSL’s thread-exit handler would run in unmapped code when a worker that loaded the addon ends',
    applies: ['addon'],
    check: ({ dynamic }) =>
      (dynamic.flags1 & DF_1.NODELETE) !== 0
        ? []
        : [{ wanted: 'DF_1_NODELETE', got: `DT_FLAGS_1 0x${dynamic.flags1.toString(16)}` }],
  },
  {
    id: 'no-debug-sections',
    why: 'debug sections double the download and hold paths of the build machine',
    applies: everyRole,
    check: debugSections,
  },
];

function debugSections({ elf }: StagedElf) {
  const found = elf.sections
    .map(({ name }) => name)
    .filter((name) => /^\.(z?debug_|stab|gdb_index)/.test(name));
  return found.length === 0 ? [] : [{ wanted: 'no debug sections', got: listed(found) }];
}

function rights({ flags }: ElfSegment): string {
  return [
    (flags & PF.R) !== 0 ? 'R' : '',
    (flags & PF.W) !== 0 ? 'W' : '',
    (flags & PF.X) !== 0 ? 'X' : '',
  ].join('');
}
