// The Linux targets: what differs between them is here, and nowhere else.

import type { Target } from '../../build/types.ts';
import { linuxDirectories } from '../../openssl-config/directories.ts';

export const linuxX64: Target = {
  id: 'linux-x64',
  configure: 'linux-x86_64',
  zigTarget: 'x86_64-linux-gnu.2.17',
  glibcFloor: '2.17',
  // glibc's own, by the System V ABI of the architecture; C++ is linked statically
  allowedLibraries: [
    'libc.so.6',
    'libm.so.6',
    'libdl.so.2',
    'libpthread.so.0',
    'librt.so.1',
    'ld-linux-x86-64.so.2',
  ],
  elfMachine: 62, // EM_X86_64
  prefix: '/usr/lib/tsopenssl',
  directories: linuxDirectories,
  npm: { packageName: '@tsopenssl/linux-x64', os: 'linux', cpu: 'x64', libc: 'glibc' },
  debArchitecture: 'amd64',
  rpmArchitecture: 'x86_64',
};
