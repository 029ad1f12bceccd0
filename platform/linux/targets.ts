// The Linux targets: what differs between them is here, and nowhere else.

import type { LinuxTarget } from '../../build/types.ts';
import { linuxDirectories } from '../../openssl-config/directories.ts';

const common = {
  os: 'linux',
  prefix: '/usr/lib/tsopenssl',
  directories: linuxDirectories,
  binaries: {
    command: 'bin/openssl',
    libcrypto: 'lib/libcrypto.so.3',
    libssl: 'lib/libssl.so.3',
  },
} as const;

/** glibc's own libraries, by the System V ABI of the architecture; C++ is linked statically. */
const glibcLibraries = ['libc.so.6', 'libm.so.6', 'libdl.so.2', 'libpthread.so.0', 'librt.so.1'];

export const linuxX64: LinuxTarget = {
  ...common,
  id: 'linux-x64',
  configure: 'linux-x86_64',
  compilers: { kind: 'zig', triple: 'x86_64-linux-gnu.2.17' },
  glibcFloor: '2.17',
  allowedLibraries: [...glibcLibraries, 'ld-linux-x86-64.so.2'],
  elfMachine: 62, // EM_X86_64
  loader: '/lib64/ld-linux-x86-64.so.2', // System V ABI, AMD64 supplement, "Program Interpreter"
  npm: { packageName: '@tsopenssl/linux-x64', os: 'linux', cpu: ['x64'], libc: 'glibc' },
  debArchitecture: 'amd64',
  rpmArchitecture: 'x86_64',
};

export const linuxArm64: LinuxTarget = {
  ...common,
  id: 'linux-arm64',
  configure: 'linux-aarch64',
  compilers: { kind: 'zig', triple: 'aarch64-linux-gnu.2.17' },
  glibcFloor: '2.17',
  allowedLibraries: [...glibcLibraries, 'ld-linux-aarch64.so.1'],
  elfMachine: 183, // EM_AARCH64
  loader: '/lib/ld-linux-aarch64.so.1', // ELF for the Arm 64-bit Architecture, "Program Interpreter"
  npm: { packageName: '@tsopenssl/linux-arm64', os: 'linux', cpu: ['arm64'], libc: 'glibc' },
  debArchitecture: 'arm64',
  rpmArchitecture: 'aarch64',
};

export const linuxMuslX64: LinuxTarget = {
  ...common,
  id: 'linuxmusl-x64',
  configure: 'linux-x86_64',
  compilers: { kind: 'zig', triple: 'x86_64-linux-musl' },
  glibcFloor: undefined,
  allowedLibraries: ['libc.so', 'libc.musl-x86_64.so.1'],
  elfMachine: 62, // EM_X86_64
  loader: '/lib/ld-musl-x86_64.so.1', // musl's manual, "Dynamic linker"
  npm: { packageName: '@tsopenssl/linuxmusl-x64', os: 'linux', cpu: ['x64'], libc: 'musl' },
  debArchitecture: undefined,
  rpmArchitecture: undefined,
};
