// Rules over how a Mach-O file is made: for which processor and system, hardened how, and signed.

import { CS_ADHOC } from '../../../build/formats/code-signature.ts';
import type { MachSegment } from '../../../build/formats/macho.ts';
import { MH, MH_FLAG, PLATFORM_MACOS, VM_PROT } from '../../../build/formats/macho-constants.ts';
import { type Deviation, everyRole, listed, type Role } from '../../../build/validation/rule.ts';
import { eachPart, type MachPart, type MachRule } from './macho-rule.ts';

/** `filetype` by what the file is for. */
const fileTypes: Readonly<Record<Role, readonly [type: number, what: string]>> = {
  command: [MH.EXECUTE, 'an executable'],
  libcrypto: [MH.DYLIB, 'a dynamic library'],
  libssl: [MH.DYLIB, 'a dynamic library'],
  addon: [MH.BUNDLE, 'a bundle'],
};

export const machoFileRules: readonly MachRule[] = [
  {
    id: 'macho-architectures',
    why: 'a file without the processor’s own code runs emulated or not at all; one with more than it says is twice as large',
    applies: everyRole,
    check({ parts }, { target }) {
      const got = parts.map(({ architecture }) => architecture);
      const isWanted =
        got.length === target.architectures.length && got.every((one) => includes(target, one));
      return isWanted ? [] : [{ wanted: target.architectures.join(' and '), got: got.join(', ') }];
    },
  },
  {
    id: 'macho-type',
    why: 'the loader loads only libraries as libraries, and only bundles and libraries into a running program',
    applies: everyRole,
    check: eachPart(({ macho }, { role }) => {
      const [type, what] = fileTypes[role];
      return macho.fileType === type ? [] : [{ wanted: what, got: `filetype ${macho.fileType}` }];
    }),
  },
  {
    id: 'position-independent',
    why: 'only position-independent code can be loaded at an address that an attacker does not know',
    applies: ['command'],
    check: eachPart(({ macho }) => flagDeviations(macho.flags, MH_FLAG.PIE, 'MH_PIE')),
  },
  {
    id: 'dynamic-linker',
    why: 'a program whose loader lies elsewhere does not start, or starts with a loader of somebody else',
    applies: everyRole,
    check: eachPart(({ macho }, { role }) => {
      const wanted = role === 'command' ? '/usr/lib/dyld' : undefined;
      if (macho.dynamicLinker === wanted) return [];
      return [{ wanted: wanted ?? 'no dynamic linker', got: macho.dynamicLinker ?? 'none' }];
    }),
  },
  {
    id: 'minimum-system',
    why: 'the loader refuses a file that says it needs a newer system than the one that is promised',
    applies: everyRole,
    check: eachPart(({ macho: { buildVersion } }, _file, { target }) => {
      const isMac = buildVersion?.platform === PLATFORM_MACOS;
      if (isMac && isAtMost(buildVersion.minimumSystem, target.minimumSystem)) return [];
      const got =
        buildVersion === undefined
          ? 'none'
          : `${isMac ? 'macOS' : `platform ${buildVersion.platform}`} ${buildVersion.minimumSystem}`;
      return [{ wanted: `macOS ${target.minimumSystem} or older`, got }];
    }),
  },
  {
    id: 'stack-not-executable',
    why: 'MH_ALLOW_STACK_EXECUTION makes every stack of the process executable',
    applies: everyRole,
    check: eachPart(({ macho }) =>
      (macho.flags & MH_FLAG.ALLOW_STACK_EXECUTION) === 0
        ? []
        : [{ wanted: 'no MH_ALLOW_STACK_EXECUTION', got: `flags 0x${macho.flags.toString(16)}` }],
    ),
  },
  {
    id: 'no-writable-code',
    why: 'memory that can be both written and run turns an overflow into code',
    applies: everyRole,
    check: eachPart(({ macho }) =>
      macho.segments
        .filter(
          (segment) => isWritableCode(segment.maxProtection) || isWritableCode(segment.initialProtection),
        )
        .map((segment) => ({
          wanted: 'no segment that is or may become both writable and executable',
          got: `${segment.name} ${rights(segment)}`,
        })),
    ),
  },
  {
    id: 'no-debug-symbols',
    why: 'entries for debuggers double the download and hold paths of the build machine',
    applies: everyRole,
    check: eachPart(debugDeviations),
  },
  {
    id: 'code-signature',
    why: 'arm64 systems kill a process that runs a page without a signature, or one that is not what was signed',
    applies: everyRole,
    check: eachPart(signatureDeviations),
  },
];

function includes({ architectures }: { readonly architectures: readonly string[] }, name: string): boolean {
  return architectures.includes(name);
}

function flagDeviations(flags: number, flag: number, name: string): readonly Deviation[] {
  return (flags & flag) !== 0 ? [] : [{ wanted: name, got: `flags 0x${flags.toString(16)}` }];
}

/** Whether a version is not newer than another. */
function isAtMost(version: string, limit: string): boolean {
  const [left, right] = [version, limit].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let part = 0; part < Math.max(left.length, right.length); part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

function isWritableCode(protection: number): boolean {
  return (protection & VM_PROT.WRITE) !== 0 && (protection & VM_PROT.EXECUTE) !== 0;
}

/** As llvm-objdump writes it: at first, and at most. */
function rights({ initialProtection, maxProtection }: MachSegment): string {
  const text = (protection: number) =>
    [
      (protection & VM_PROT.READ) !== 0 ? 'r' : '-',
      (protection & VM_PROT.WRITE) !== 0 ? 'w' : '-',
      (protection & VM_PROT.EXECUTE) !== 0 ? 'x' : '-',
    ].join('');
  return `${text(initialProtection)}, at most ${text(maxProtection)}`;
}

function debugDeviations({ macho }: MachPart): readonly Deviation[] {
  const stabs = macho.symbols.filter(({ debugging }) => debugging);
  const sections = macho.segments
    .flatMap((segment) => segment.sections)
    .filter((name) => /^__DWARF,/.test(name));
  const got = [
    ...(stabs.length === 0 ? [] : [`${stabs.length} entries in the symbol table`]),
    ...(sections.length === 0 ? [] : [listed(sections)]),
  ];
  return got.map((text) => ({ wanted: 'nothing for debuggers', got: text }));
}

function signatureDeviations({ macho: { signature }, bytes }: MachPart): readonly Deviation[] {
  if (signature === undefined) return [{ wanted: 'a code signature', got: 'none' }];
  const { offset, sizeBytes, codeLimit, wrongPages, flags, cmsSizeBytes, identifier } = signature;
  const isAdHoc = (flags & CS_ADHOC) !== 0;
  const problems: readonly (readonly [boolean, string, string])[] = [
    [
      wrongPages.length > 0,
      'pages with the digests of the signature',
      `others: ${listed(wrongPages.map(String))}`,
    ],
    [codeLimit !== offset, `a signature over all ${offset} bytes before it`, `one over ${codeLimit}`],
    [
      offset + sizeBytes !== bytes.length,
      'a signature at the end of the file',
      `${bytes.length - offset - sizeBytes} bytes after it`,
    ],
    [!isAdHoc && cmsSizeBytes === 0, 'an ad-hoc signature, or one by a certificate', 'neither'],
    [identifier === '', 'a signature with an identifier', 'an empty one'],
  ];
  return problems.filter(([isWrong]) => isWrong).map(([, wanted, got]) => ({ wanted, got }));
}
