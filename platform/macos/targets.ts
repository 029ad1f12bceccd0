// The macOS targets: what differs between them is here, and nowhere else.

import type { MacTarget } from '../../build/types.ts';
import { macDirectories } from '../../openssl-config/directories.ts';

const common = {
  os: 'darwin',
  minimumSystem: '11.0',
  // libc, libm, libpthread and libdl of macOS in one; C++ is linked statically
  allowedLibraries: ['/usr/lib/libSystem.B.dylib'],
  // not /usr/local, which may belong to a user
  prefix: '/opt/tsopenssl',
  directories: macDirectories,
  binaries: {
    command: 'bin/openssl',
    libcrypto: 'lib/libcrypto.3.dylib',
    libssl: 'lib/libssl.3.dylib',
  },
} as const;

export const darwinArm64: MacTarget = {
  ...common,
  id: 'darwin-arm64',
  configure: 'tsopenssl-darwin64-arm64',
  compilers: { kind: 'clang', triple: 'arm64-apple-macos11.0', zigTriple: 'aarch64-macos.11.0' },
  architectures: ['arm64'],
  npm: { packageName: '@tsopenssl/darwin-arm64', os: 'darwin', cpu: ['arm64'] },
};

export const darwinX64: MacTarget = {
  ...common,
  id: 'darwin-x64',
  configure: 'tsopenssl-darwin64-x86_64',
  compilers: { kind: 'clang', triple: 'x86_64-apple-macos11.0', zigTriple: 'x86_64-macos.11.0' },
  architectures: ['x86_64'],
  npm: { packageName: '@tsopenssl/darwin-x64', os: 'darwin', cpu: ['x64'] },
};

export const darwinUniversal: MacTarget = {
  ...common,
  id: 'darwin-universal',
  configure: '',
  compilers: { kind: 'joined', parts: ['darwin-x64', 'darwin-arm64'] },
  architectures: ['x86_64', 'arm64'],
  npm: { packageName: '@tsopenssl/darwin-universal', os: 'darwin', cpu: ['x64', 'arm64'] },
};
