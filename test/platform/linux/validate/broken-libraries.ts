// Stages that break the rules over what an ELF file is loaded with, each one rule alone.

import { addonImporting, type BrokenCase, paths, type Workshop } from './fixtures.ts';

export const brokenLibraries: readonly BrokenCase[] = [
  {
    rule: 'needed-libraries',
    what: 'the command needs a library that not every system has',
    breakStage: async (workshop) => {
      await workshop.link('libz.so.1', { source: 'int z;', flags: ['-shared', '-Wl,-soname,libz.so.1'] });
      return workshop.relinked('command', { flags: ['-Wl,--no-as-needed', 'libz.so.1'] });
    },
    path: paths.command,
    wanted: /^only libc\.so\.6, .*, libcrypto\.so\.3, libssl\.so\.3$/,
    got: /^libz\.so\.1$/,
  },
  {
    rule: 'needed-libraries',
    what: 'the addon needs libcrypto',
    breakStage: (workshop) => workshop.relinked('addon', { flags: ['-Wl,--no-as-needed', 'libcrypto.so.3'] }),
    path: paths.addon,
    wanted: /^only libc\.so\.6, [^,]*, [^,]*, [^,]*, [^,]*, ld-linux-x86-64\.so\.2$/,
    got: /^libcrypto\.so\.3$/,
  },
  {
    rule: 'needed-libraries',
    what: 'a library brings in another one as its filter',
    breakStage: (workshop) => workshop.relinked('libssl', { flags: ['-Wl,-f,libother.so'] }),
    path: paths.libssl,
    wanted: /^only libc\.so\.6/,
    got: /^libother\.so$/,
  },
  {
    rule: 'soname',
    what: 'a library calls itself otherwise',
    breakStage: (workshop) => workshop.relinked('libssl', { flags: ['-Wl,-soname,libssl.so'] }),
    path: paths.libssl,
    wanted: /^libssl\.so\.3$/,
    got: /^libssl\.so$/,
  },
  ...(
    [
      ['dlopen', 'GLIBC_2.34'],
      ['secret', 'GLIBC_PRIVATE'],
      ['packed', 'GLIBC_ABI_DT_RELR'],
    ] as const
  ).map(([symbol, version]) => ({
    rule: 'glibc-floor',
    what: `the addon imports ${symbol}@${version}`,
    breakStage: (workshop: Workshop) => workshop.relinked('addon', { source: addonImporting(symbol) }),
    path: paths.addon,
    wanted: /^GLIBC_2\.17 or older$/,
    got: new RegExp(`^${version.replaceAll('.', '\\.')}$`),
  })),
  ...(
    [
      ['operator_new', 'GLIBCXX_3.4'],
      ['ENGINE_new', 'OPENSSL_1_1_0'],
    ] as const
  ).map(([symbol, version]) => ({
    rule: 'version-families',
    what: `the command imports a symbol of version ${version}`,
    breakStage: (workshop: Workshop) =>
      workshop.relinked('command', {
        source: `void ${symbol}(void); void SSL_new(void); void EVP_new(void); void _start(void) { SSL_new(); EVP_new(); ${symbol}(); }`,
      }),
    path: paths.command,
    wanted: /^versions of GLIBC and OPENSSL_3 alone$/,
    got: new RegExp(`^${version.replaceAll('.', '\\.')}$`),
  })),
  ...['/usr/local/lib', '', '$ORIGIN/../..', '$ORIGINAL', '$ORIGIN/$LIB', 'lib', '/opt/$ORIGIN'].map(
    (element) => ({
      rule: 'run-path',
      what: `a run path is ${JSON.stringify(element)}`,
      breakStage: (workshop: Workshop) =>
        workshop.relinked('command', { flags: [`-Wl,-rpath,${element}:$ORIGIN`] }),
      path: paths.command,
      wanted: /^a run path below \$ORIGIN and inside the prefix$/,
      got: new RegExp(`^"${element.replaceAll(/[$.]/g, '\\$&')}"$`),
    }),
  ),
  {
    rule: 'run-path',
    what: 'a run path of the old kind leaves the prefix',
    breakStage: (workshop) =>
      workshop.relinked('libssl', { flags: ['-Wl,--disable-new-dtags', '-Wl,-rpath,$ORIGIN/../../lib'] }),
    path: paths.libssl,
    wanted: /^a run path below \$ORIGIN and inside the prefix$/,
    got: /^"\$ORIGIN\/\.\.\/\.\.\/lib"$/,
  },
  {
    rule: 'run-path',
    what: 'the addon has a run path',
    breakStage: (workshop) => workshop.relinked('addon', { flags: ['-Wl,-rpath,$ORIGIN/../../../lib'] }),
    path: paths.addon,
    wanted: /^no run path$/,
    got: /^"\$ORIGIN\/\.\.\/\.\.\/\.\.\/lib"$/,
  },
  {
    rule: 'own-libraries-found',
    what: 'the run path does not lead to our own libraries',
    breakStage: (workshop) =>
      workshop.relinked('command', { dropped: '-Wl,-rpath,$ORIGIN/../lib', flags: ['-Wl,-rpath,$ORIGIN'] }),
    path: paths.command,
    wanted: /^a run path that leads to lib(ssl|crypto)\.so\.3$/,
    got: /^\$ORIGIN$/,
  },
];
