// The licences of what is shipped beside our own code, and which npm package holds the code they cover.

import type { Target } from '../build/types.ts';

/** A part of the distribution that others wrote. */
export interface ThirdParty {
  /** What it is called. */
  readonly component: string;
  /** What it is here, in a few words. */
  readonly role: string;
  /** SPDX expression. */
  readonly licence: string;
  /** Holders, one line each, as their own files name them. */
  readonly copyright: readonly string[];
  /** File in `recipes/licences/` with the whole text; without it the text comes with OpenSSL's source. */
  readonly file?: string;
  /** Name of the text in `share/doc/licences/`. */
  readonly shippedAs: string;
  /** The npm packages whose files it covers. */
  readonly npm: 'main' | 'platform';
  /** The systems whose files hold it; without it, all. */
  readonly systems?: readonly Target['os'][];
}

/** The parts that what is made for a system holds. */
export function partiesOf(os: Target['os']): readonly ThirdParty[] {
  return thirdParties.filter(({ systems }) => systems === undefined || systems.includes(os));
}

export const thirdParties: readonly ThirdParty[] = [
  {
    component: 'OpenSSL',
    role: 'the libraries, the command line, and the code linked into the addon',
    licence: 'Apache-2.0',
    copyright: ['1998-2026 The OpenSSL Project Authors', '1995-1998 Eric A. Young, Tim J. Hudson'],
    shippedAs: 'openssl.txt',
    npm: 'platform',
  },
  {
    component: 'Mozilla CA certificate list',
    role: 'the CA bundles, which are made from certdata.txt of NSS; its source is in every release of NSS',
    licence: 'MPL-2.0',
    copyright: ['Mozilla Contributors'],
    file: 'mpl-2.0.txt',
    shippedAs: 'mozilla.txt',
    npm: 'main',
  },
  {
    component: 'LLVM libc++, libc++abi and libunwind',
    role: 'the C++ library, linked statically into the addon',
    licence: 'Apache-2.0 WITH LLVM-exception',
    copyright: ['2009-2019 the contributors listed in CREDITS.TXT', '2019-2026 the LLVM contributors'],
    file: 'llvm.txt',
    shippedAs: 'llvm.txt',
    npm: 'platform',
    systems: ['linux', 'darwin'],
  },
  {
    component: 'Zig',
    role: 'compiler_rt, the arithmetic that a processor lacks, linked statically',
    licence: 'MIT',
    copyright: ['Zig contributors'],
    file: 'zig.txt',
    shippedAs: 'zig.txt',
    npm: 'platform',
    systems: ['linux', 'darwin'],
  },
  {
    component: 'node-addon-api',
    role: 'C++ headers that are compiled into the addon',
    licence: 'MIT',
    copyright: ['2017 Node.js API collaborators'],
    file: 'node-addon-api.txt',
    shippedAs: 'node-addon-api.txt',
    npm: 'platform',
  },
  {
    component: 'GCC runtime libraries',
    role: 'libstdc++ and libgcc, linked statically',
    licence: 'GPL-3.0-or-later WITH GCC-exception-3.1',
    copyright: ['1985-2022 Free Software Foundation, Inc.'],
    file: 'gcc-runtime.txt',
    shippedAs: 'gcc-runtime.txt',
    npm: 'platform',
    systems: ['win32'],
  },
  {
    component: 'mingw-w64',
    role: 'start-up code and parts of the C library, linked statically, and winpthreads',
    licence: 'ZPL-2.1 AND MIT AND BSD-3-Clause',
    copyright: ['2009-2018 the mingw-w64 project', '2010 Lockless Inc.'],
    file: 'mingw-w64.txt',
    shippedAs: 'mingw-w64.txt',
    npm: 'platform',
    systems: ['win32'],
  },
];
