// The Windows targets: what differs between them is here, and nowhere else.

import type { WindowsTarget } from '../../build/types.ts';
import { windowsDirectories } from '../../openssl-config/directories.ts';

export const win32X64: WindowsTarget = {
  id: 'win32-x64',
  os: 'win32',
  configure: 'mingw64',
  compilers: { kind: 'mingw', prefix: 'x86_64-w64-mingw32-' },
  minimumSystem: '10.0',
  // parts of every Windows: the C library, the kernel's interface, sockets, certificates, rights, windows
  allowedLibraries: [
    'advapi32.dll',
    'bcrypt.dll',
    'crypt32.dll',
    'gdi32.dll',
    'kernel32.dll',
    'msvcrt.dll',
    'user32.dll',
    'ws2_32.dll',
  ],
  peMachine: 0x8664, // IMAGE_FILE_MACHINE_AMD64
  prefix: 'C:\\Program Files\\tsopenssl',
  directories: windowsDirectories,
  binaries: {
    command: 'bin/openssl.exe',
    libcrypto: 'bin/libcrypto-3-x64.dll',
    libssl: 'bin/libssl-3-x64.dll',
  },
  npm: { packageName: '@tsopenssl/win32-x64', os: 'win32', cpu: ['x64'] },
};
