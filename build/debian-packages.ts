// The Debian packages of the programs that steps, toolchains and packagers name.

const mingw = 'g++-mingw-w64-x86-64-posix';
const llvm = 'llvm-19';

/** By program. A program that is not here has to be on the machine: nothing installs it. */
export const debianPackages: Readonly<Record<string, string>> = {
  make: 'make',
  perl: 'perl',
  python3: 'python3',
  xz: 'xz-utils',
  gzip: 'gzip',
  flock: 'util-linux',
  'dpkg-deb': 'dpkg',
  rpmbuild: 'rpm',
  'clang-19': 'clang-19',
  'ld64.lld-19': 'lld-19',
  'llvm-ar-19': llvm,
  'llvm-ranlib-19': llvm,
  'llvm-lipo-19': llvm,
  'x86_64-w64-mingw32-gcc': mingw,
  'x86_64-w64-mingw32-gcc-posix': mingw,
  'x86_64-w64-mingw32-g++-posix': mingw,
  'x86_64-w64-mingw32-ld': mingw,
  makensis: 'nsis',
  wixl: 'wixl',
  msibuild: 'msitools',
  faketime: 'faketime',
  osslsigncode: 'osslsigncode',
};
