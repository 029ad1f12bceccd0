// README.md of the development packages: how a program is compiled and linked, in the words of its platform.

import type { PackageInfo, Target } from '../types.ts';

/** The text, in Markdown. */
export function developmentReadme(info: PackageInfo, target: Target): string {
  return `# ${info.name}: development files

Headers, static libraries, and files for pkg-config and CMake of OpenSSL ${info.opensslVersion} for ${target.id}, as they belong to
${info.name} ${info.distributionVersion}. The shared libraries lie in the other package, of the same version: archives of both are
unpacked over each other, into one folder.

The folder may lie anywhere. In what follows it is \`${target.prefix}\`.

${target.os === 'win32' ? windowsText(target) : unixText(target)}
## CMake

    cmake -S . -B build "-DCMAKE_PREFIX_PATH=${slashes(target.prefix)}"

    find_package(OpenSSL REQUIRED CONFIG)
    target_link_libraries(program OpenSSL::SSL OpenSSL::Crypto)

\`CONFIG\` takes the files in \`lib/cmake/OpenSSL\`; \`set(OPENSSL_USE_STATIC_LIBS TRUE)\` before it links statically.

## Licences

OpenSSL: Apache License 2.0, in \`licences/openssl.txt\` beside this file.
`;
}

function unixText({ prefix, os }: Target): string {
  const libdir = '$(pkg-config --variable=libdir libcrypto)';
  const reason =
    os === 'darwin'
      ? 'The libraries call themselves `@rpath/…`, so a program needs a run path'
      : 'The system has an OpenSSL of its own, which a program without a run path is given';
  return `## pkg-config

    export PKG_CONFIG_PATH=${prefix}/lib/pkgconfig
    cc -o program program.c $(pkg-config --cflags --libs openssl) "-Wl,-rpath,${libdir}"

${reason}: \`-Wl,-rpath,…\` names the folder of these libraries.
Without it, link statically: \`${prefix}/lib/libssl.a ${prefix}/lib/libcrypto.a\` in the place of \`--libs\`${
    os === 'darwin' ? '' : ', and `-ldl -pthread` after them'
  }.
`;
}

function windowsText({ prefix }: Target): string {
  return `## MinGW-w64

    gcc -o program.exe program.c "-I${prefix}\\include" "-L${prefix}\\lib" -lssl -lcrypto

links with the DLLs in \`bin\`, which must lie in PATH or beside the program. With \`-l:libssl.a -l:libcrypto.a -lws2_32 -lgdi32
-lcrypt32\` in the place of \`-lssl -lcrypto\` the program needs none. \`lib\\pkgconfig\` serves pkg-config.

The libraries were made by MinGW-w64 and are for its linker; nobody has tried them with Microsoft's.
`;
}

function slashes(folder: string): string {
  return folder.replaceAll('\\', '/');
}
