// One deliberately broken stage for each rule of the validator, and for each way of breaking it that users would suffer from.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readElf } from '../../../build/formats/elf.ts';
import { PT } from '../../../build/formats/elf-constants.ts';
import { run } from '../../../build/process.ts';
import type { Stage } from '../../../build/types.ts';
import {
  changedEntry,
  directoryTexts,
  goodFiles,
  paths,
  type Workshop,
  withEntries,
} from './validate-fixtures.ts';

/** A stage that breaks one rule and no other. */
export interface BrokenCase {
  readonly rule: string;
  /** What is wrong, the end of a test's title. */
  readonly what: string;
  breakStage(workshop: Workshop): Stage | Promise<Stage>;
  /** The path that the problem names. */
  readonly path: string;
  readonly wanted: RegExp;
  readonly got: RegExp;
}

/** The good stage with one entry left out. */
function without(stage: Stage, name: string): Stage {
  return { ...stage, entries: stage.entries.filter((entry) => entry.path !== name) };
}

function withLink(stage: Stage, linkTarget: string): Stage {
  return withEntries(stage, [{ type: 'symlink', path: 'ssl/x', mode: 0o755, linkTarget }]);
}

const entryCases: readonly BrokenCase[] = [
  {
    rule: 'entry-required',
    what: 'the addon is missing',
    breakStage: ({ good }) => without(good, paths.addon),
    path: paths.addon,
    wanted: /^this file in the stage$/,
    got: /^none$/,
  },
  {
    rule: 'entry-order',
    what: 'entries are not sorted',
    breakStage: ({ good }) => ({ ...good, entries: [...good.entries.slice(1), ...good.entries.slice(0, 1)] }),
    path: 'bin',
    wanted: /^entries sorted by the bytes of their paths/,
    got: /^it after ssl\/lib$/,
  },
  {
    rule: 'entry-order',
    what: 'a path stands twice',
    breakStage: ({ good }) => ({
      ...good,
      entries: good.entries.flatMap((entry) => (entry.path === 'ssl' ? [entry, entry] : [entry])),
    }),
    path: 'ssl',
    wanted: /, each once$/,
    got: /^it twice$/,
  },
  ...['share/../x', '/share', 'share//x', 'share/ä', 'share/a b', 'share/-x', 'share/a\nb', ''].map(
    (name) => ({
      rule: 'entry-name',
      what: `a path is ${JSON.stringify(name)}`,
      breakStage: ({ good }: Workshop) => withEntries(good, [{ type: 'directory', path: name, mode: 0o755 }]),
      path: name,
      wanted: /^a relative path of letters, digits/,
      got: new RegExp(`^${JSON.stringify(name).replaceAll('\\', '\\\\')}$`),
    }),
  ),
  ...[
    ['share/README.md', 0o666, /^0644 or 0755$/],
    ['share/README.md', 0o4755, /^0644 or 0755$/],
    ['share/README.md', 0o600, /^0644 or 0755$/],
    ['bin/openssl', 0o644, /^0755$/],
    ['lib', 0o775, /^0755$/],
  ].map(([name, mode, wanted]) => ({
    rule: 'entry-mode',
    what: `${name} has mode 0${Number(mode).toString(8)}`,
    breakStage: ({ good }: Workshop) => changedEntry(good, String(name), { mode: Number(mode) }),
    path: String(name),
    wanted: wanted as RegExp,
    got: new RegExp(`^0${Number(mode).toString(8)}$`),
  })),
  {
    rule: 'entry-parent',
    what: 'no entry names a folder',
    breakStage: ({ good }) => without(good, 'bin'),
    path: 'bin/openssl',
    wanted: /^a folder bin in the stage$/,
    got: /^none$/,
  },
  {
    rule: 'entry-parent',
    what: 'a file lies below a link',
    breakStage: ({ good }) => withEntries(good, [{ type: 'directory', path: 'ssl/lib/x', mode: 0o755 }]),
    path: 'ssl/lib/x',
    wanted: /^a folder ssl\/lib in the stage$/,
    got: /^symlink$/,
  },
  ...(
    [
      ['/usr/lib/tsopenssl/lib', /^"\/usr\/lib\/tsopenssl\/lib"$/],
      ['', /^""$/],
      ['../../etc', /, which leaves the prefix$/],
      ['../..', /, which leaves the prefix$/],
      ['../lib/none', /, which is not there$/],
      ['x', /^x, which leads back to itself$/],
    ] as const
  ).map(([linkTarget, got]) => ({
    rule: 'entry-link',
    what: `a link leads to ${JSON.stringify(linkTarget)}`,
    breakStage: ({ good }: Workshop) => withLink(good, linkTarget),
    path: 'ssl/x',
    wanted: /^a relative link to something in the stage$/,
    got,
  })),
];

const contentCases: readonly BrokenCase[] = [
  {
    rule: 'file-content',
    what: 'a file changed after it was staged',
    breakStage: ({ good }) => changedEntry(good, 'share/README.md', { sha256: '0'.repeat(64) }),
    path: 'share/README.md',
    wanted: /^\d+ bytes with sha256 0{64}$/,
    got: /^\d+ bytes with sha256 [0-9a-f]{64}$/,
  },
  {
    rule: 'file-content',
    what: 'a file has another size',
    breakStage: ({ good }) => changedEntry(good, 'share/README.md', { sizeBytes: 1 }),
    path: 'share/README.md',
    wanted: /^1 bytes with sha256 /,
    got: /^\d\d+ bytes with sha256 /,
  },
  {
    rule: 'file-content',
    what: 'the content is gone',
    breakStage: ({ good, dir }) => changedEntry(good, 'share/README.md', { source: path.join(dir, 'none') }),
    path: 'share/README.md',
    wanted: /^a regular file that can be read$/,
    got: /ENOENT/,
  },
  {
    rule: 'file-content',
    what: 'the content is a folder',
    breakStage: ({ good, dir }) => changedEntry(good, 'share/README.md', { source: dir }),
    path: 'share/README.md',
    wanted: /^a regular file that can be read$/,
    got: /is not a regular file$/,
  },
  {
    rule: 'elf-known',
    what: 'there is a library that no rule covers',
    breakStage: async (workshop) =>
      workshop.withContent('lib/legacy.so', await workshop.contentOf(paths.libssl)),
    path: 'lib/legacy.so',
    wanted: /^no binary beside the ones that have rules$/,
    got: /^an ELF file$/,
  },
  {
    rule: 'elf-known',
    what: 'there is a static library',
    breakStage: (workshop) => workshop.withContent('lib/libcrypto.a', '!<arch>\n'),
    path: 'lib/libcrypto.a',
    wanted: /^no binary beside the ones that have rules$/,
    got: /^an archive$/,
  },
  {
    rule: 'elf-readable',
    what: 'the addon is cut',
    breakStage: async (workshop) =>
      workshop.withContent(paths.addon, (await workshop.contentOf(paths.addon)).subarray(0, 1000)),
    path: paths.addon,
    wanted: /^a whole, dynamically linked ELF file of 64 bits, little endian$/,
    got: /^wanted the segment of program header \d+ .* inside the file, got a file of 1000$/,
  },
  {
    rule: 'elf-readable',
    what: 'the addon is for 32 bits',
    breakStage: (workshop) => patched(workshop, 4, 1),
    path: paths.addon,
    wanted: /64 bits/,
    got: /^wanted EI_CLASS 2 \(64 bits\), got 1$/,
  },
  {
    rule: 'elf-readable',
    what: 'the command is linked statically',
    breakStage: async (workshop) => {
      const file = await workshop.link('static', {
        source: 'void _start(void) {}',
        flags: ['-static', '-fno-pie', '-no-pie'],
      });
      const stage = await workshop.withContent(paths.command, await readFile(file));
      return changedEntry(stage, paths.command, { mode: 0o755 });
    },
    path: paths.command,
    wanted: /dynamically linked/,
    got: /^no dynamic table, /,
  },
  {
    rule: 'build-path',
    what: 'a text names the build’s folder',
    breakStage: (workshop) =>
      workshop.withContent('share/x.js', `//# sourceURL=file:///build/checkout/x.js\n`),
    path: 'share/x.js',
    wanted: /^no \/build\/checkout in any file$/,
    got: /^sourceURL=file:\/\/\/build\/checkout\/x\.js at byte 21$/,
  },
  {
    rule: 'build-path',
    what: 'the addon names the build’s folder',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} __attribute__((used)) static const char file[] = "/build/checkout/x.c";`,
      }),
    path: paths.addon,
    wanted: /^no \/build\/checkout in any file$/,
    got: /\/build\/checkout\/x\.c at byte \d+$/,
  },
  {
    rule: 'build-path',
    what: 'a compiler’s flag names a folder in the root',
    breakStage: (workshop) => workshop.withContent('share/flags', 'cc -I/ci -c x.c\n'),
    path: 'share/flags',
    wanted: /^no \/ci in any file$/,
    got: /^-I\/ci at byte 5$/,
  },
  {
    rule: 'build-path',
    what: 'the library names somebody’s home',
    breakStage: (workshop) =>
      workshop.relinked('libcrypto', {
        source: `${goodFiles.libcrypto.source} __attribute__((used)) static const char file[] = "/home/somebody/x.c";`,
      }),
    path: paths.libcrypto,
    wanted: /^no \/home\/ in any file$/,
    got: /\/home\/somebody\/x\.c at byte \d+$/,
  },
];

/** The good stage with one byte of the addon changed. */
async function patched(workshop: Workshop, offset: number, byte: number): Promise<Stage> {
  const bytes = Buffer.from(await workshop.contentOf(paths.addon));
  bytes.writeUInt8(byte, offset);
  return workshop.withContent(paths.addon, bytes);
}

/** The good stage with libssl's PT_GNU_STACK turned into PT_NULL: not every linker can leave it out. */
async function withoutStackHeader(workshop: Workshop): Promise<Stage> {
  const bytes = Buffer.from(await workshop.contentOf(paths.libssl));
  const index = readElf(bytes, paths.libssl).segments.findIndex(({ type }) => type === PT.GNU_STACK);
  bytes.writeUInt32LE(0, 64 + index * 56);
  return workshop.withContent(paths.libssl, bytes);
}

const fileCases: readonly BrokenCase[] = [
  {
    rule: 'elf-machine',
    what: 'the addon is for another processor',
    breakStage: (workshop) => patched(workshop, 18, 183),
    path: paths.addon,
    wanted: /^e_machine 62$/,
    got: /^183$/,
  },
  {
    rule: 'elf-type',
    what: 'the command has a fixed address',
    breakStage: (workshop) => workshop.relinked('command', { flags: ['-no-pie', '-fno-pie'] }),
    path: paths.command,
    wanted: /^a position-independent executable$/,
    got: /^e_type 2$/,
  },
  {
    rule: 'elf-type',
    what: 'a library is a program',
    breakStage: (workshop) =>
      workshop.relinked('libssl', {
        flags: ['-Wl,-pie', '-Wl,--no-dynamic-linker', '-Wl,--export-dynamic'],
      }),
    path: paths.libssl,
    wanted: /^a shared object$/,
    got: /^an executable$/,
  },
  {
    rule: 'elf-interpreter',
    what: 'the command wants another loader',
    breakStage: (workshop) =>
      workshop.relinked('command', { flags: ['-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1'] }),
    path: paths.command,
    wanted: /^\/lib64\/ld-linux-x86-64\.so\.2$/,
    got: /^\/lib\/ld-musl-x86_64\.so\.1$/,
  },
  {
    rule: 'elf-interpreter',
    what: 'the addon can be started',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} __attribute__((section(".interp"), used)) static const char interpreter[] = "/lib64/ld-linux-x86-64.so.2";`,
      }),
    path: paths.addon,
    wanted: /^no interpreter$/,
    got: /^\/lib64\/ld-linux-x86-64\.so\.2$/,
  },
  {
    rule: 'stack-not-executable',
    what: 'the addon wants an executable stack',
    breakStage: (workshop) => workshop.relinked('addon', { flags: ['-Wl,-z,execstack'] }),
    path: paths.addon,
    wanted: /^PT_GNU_STACK without X$/,
    got: /^RWX$/,
  },
  {
    rule: 'stack-not-executable',
    what: 'a library does not say what stack it wants',
    breakStage: withoutStackHeader,
    path: paths.libssl,
    wanted: /^PT_GNU_STACK without X$/,
    got: /^none$/,
  },
  {
    rule: 'no-writable-code',
    what: 'a segment is both writable and executable',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} __asm__(".section .wx, \\"awx\\", @progbits\\n.quad 1\\n.previous\\n");`,
      }),
    path: paths.addon,
    wanted: /^no segment that is both writable and executable$/,
    got: /^RWX at 0x[0-9a-f]+$/,
  },
  {
    rule: 'relro',
    what: 'the addon has no PT_GNU_RELRO',
    breakStage: (workshop) => workshop.relinked('addon', { flags: ['-Wl,-z,norelro'] }),
    path: paths.addon,
    wanted: /^PT_GNU_RELRO$/,
    got: /^none$/,
  },
  {
    rule: 'bind-now',
    what: 'the command binds lazily',
    breakStage: (workshop) => workshop.relinked('command', { flags: ['-Wl,-z,lazy'] }),
    path: paths.command,
    wanted: /^DF_BIND_NOW or DF_1_NOW$/,
    got: /^neither$/,
  },
  {
    rule: 'no-text-relocations',
    what: 'the code has relocations',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} __asm__(".text\\n.quad napi_create_object\\n");`,
        flags: ['-Wl,-z,notext'],
      }),
    path: paths.addon,
    wanted: /^no DT_TEXTREL$/,
    got: /^text relocations$/,
  },
  {
    rule: 'nodelete',
    what: 'the addon can be unloaded',
    breakStage: (workshop) => workshop.relinked('addon', { dropped: '-Wl,-z,nodelete' }),
    path: paths.addon,
    wanted: /^DF_1_NODELETE$/,
    got: /^DT_FLAGS_1 0x1$/,
  },
  {
    rule: 'no-debug-sections',
    what: 'the addon has debug sections',
    breakStage: async (workshop) => {
      const debug = path.join(workshop.dir, 'debug');
      await writeFile(debug, 'x');
      const good = path.join(workshop.dir, 'tsopenssl.node');
      const out = path.join(workshop.dir, 'with-debug');
      await run(['objcopy', '--add-section', `.debug_info=${debug}`, good, out]);
      return workshop.withContent(paths.addon, await readFile(out));
    },
    path: paths.addon,
    wanted: /^no debug sections$/,
    got: /^\.debug_info$/,
  },
];

const libraryCases: readonly BrokenCase[] = [
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

/** The addon's source with a call of one more function. */
function addonImporting(symbol: string): string {
  return `${goodFiles.addon.source} void ${symbol}(void); __attribute__((used)) static void more(void) { ${symbol}(); }`;
}

const symbolCases: readonly BrokenCase[] = [
  {
    rule: 'addon-exports',
    what: 'the addon exports OpenSSL’s symbols',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} void SSL_new(void) {} void EVP_new(void) {}`,
        versions:
          '{ global: napi_register_module_v1; node_api_module_get_api_version_v1; SSL_*; EVP_*; local: *; };',
      }),
    path: paths.addon,
    wanted: /^exactly napi_register_module_v1, node_api_module_get_api_version_v1$/,
    got: /^also (SSL_new, EVP_new|EVP_new, SSL_new)$/,
  },
  {
    rule: 'addon-exports',
    what: 'the addon does not say which Node-API it wants',
    breakStage: (workshop) =>
      workshop.relinked('addon', { versions: '{ global: napi_register_module_v1; local: *; };' }),
    path: paths.addon,
    wanted: /^exactly napi_register_module_v1/,
    got: /^no node_api_module_get_api_version_v1$/,
  },
  ...(
    [
      ['OpenSSL_version', 'OpenSSL_version', 'a symbol of OpenSSL, which node has as well'],
      ['EVP_sha256', 'EVP_sha256@OPENSSL_3.0.0', 'a versioned symbol of OpenSSL'],
      ['node_api_create_property_key_utf8', 'node_api_create_property_key_utf8', 'a function of Node-API 10'],
      ['uv_run', 'uv_run', 'a function of libuv'],
    ] as const
  ).map(([symbol, got, what]) => ({
    rule: 'addon-imports',
    what: `the addon imports ${what}`,
    breakStage: (workshop: Workshop) => workshop.relinked('addon', { source: addonImporting(symbol) }),
    path: paths.addon,
    wanted: /^only versioned symbols of the C library and Node-API up to version 9$/,
    got: new RegExp(`^${got}$`),
  })),
  {
    rule: 'addon-imports',
    what: 'the addon imports an optional symbol that is not weak',
    breakStage: (workshop) =>
      workshop.relinked('addon', { source: goodFiles.addon.source.replace('__attribute__((weak))', '') }),
    path: paths.addon,
    wanted: /^only versioned symbols of the C library and Node-API/,
    got: /^__gmon_start__$/,
  },
  {
    rule: 'openssl-exports',
    what: 'a library exports a symbol with a version of somebody else',
    breakStage: (workshop) =>
      workshop.relinked('libssl', {
        source: `${goodFiles.libssl.source} void SSL_other(void) {}`,
        versions: 'OPENSSL_3.0.0 { global: SSL_new; local: *; }; OTHER_1.0 { global: SSL_other; };',
      }),
    path: paths.libssl,
    wanted: /^exported symbols with versions OPENSSL_3\.x\.y$/,
    got: /SSL_other@OTHER_1\.0/,
  },
  {
    rule: 'openssl-exports',
    what: 'a library exports nothing',
    breakStage: async (workshop) => {
      const stage = await workshop.relinked('libssl', { versions: '{ local: *; };' });
      const command = await workshop.link('without-ssl', {
        ...goodFiles.command,
        source: 'void EVP_new(void); void _start(void) { EVP_new(); }',
      });
      const replaced = await workshop.withContent(paths.command, await readFile(command));
      const entry = replaced.entries.find((it) => it.path === paths.command);
      return changedEntry(withEntries(stage, entry === undefined ? [] : [entry]), paths.command, {
        mode: 0o755,
      });
    },
    path: paths.libssl,
    wanted: /^exported symbols with versions OPENSSL_3\.x\.y$/,
    got: /^none$/,
  },
  {
    rule: 'imports-resolved',
    what: 'the command wants a symbol that the staged library does not have',
    breakStage: async (workshop) => {
      await workshop.link('libcrypto-newer.so', {
        ...goodFiles.libcrypto,
        source: `${goodFiles.libcrypto.source} void EVP_newer(void) {}`,
        versions: 'OPENSSL_3.0.0 { global: EVP_new; local: *; }; OPENSSL_3.9.0 { global: EVP_newer; };',
      });
      return workshop.relinked('command', {
        source: 'void EVP_newer(void); void SSL_new(void); void _start(void) { EVP_newer(); SSL_new(); }',
        dropped: 'libcrypto.so.3',
        flags: ['libcrypto-newer.so'],
      });
    },
    path: paths.command,
    wanted: /^only versioned symbols of the C library and of the staged libraries$/,
    got: /^EVP_newer@OPENSSL_3\.9\.0$/,
  },
  {
    rule: 'imports-resolved',
    what: 'a library wants a symbol of nobody',
    breakStage: (workshop) =>
      workshop.relinked('libssl', {
        source: `void EVP_nowhere(void); void EVP_new(void); void SSL_new(void) { EVP_nowhere(); EVP_new(); }`,
      }),
    path: paths.libssl,
    wanted: /^only versioned symbols of the C library/,
    got: /^EVP_nowhere$/,
  },
  {
    rule: 'openssl-directories',
    what: 'libcrypto has another OPENSSLDIR',
    breakStage: (workshop) =>
      workshop.relinked('libcrypto', {
        source: goodFiles.libcrypto.source.replace(directoryTexts(), directoryTexts('/usr/local/ssl')),
      }),
    path: paths.libcrypto,
    wanted: /^OPENSSLDIR: "\/etc\/ssl"$/,
    got: /^OPENSSLDIR: "\/usr\/local\/ssl"$/,
  },
  {
    rule: 'openssl-directories',
    what: 'the addon has an OPENSSLDIR that only begins as the right one',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: goodFiles.addon.source.replace(directoryTexts(), directoryTexts('/etc/ssl-other')),
      }),
    path: paths.addon,
    wanted: /^OPENSSLDIR: "\/etc\/ssl"$/,
    got: /^OPENSSLDIR: "\/etc\/ssl-other"$/,
  },
  {
    rule: 'openssl-directories',
    what: 'the addon has two OPENSSLDIRs',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${goodFiles.addon.source} __attribute__((used)) static const char second[] = "OPENSSLDIR: \\"/tmp\\"";`,
      }),
    path: paths.addon,
    wanted: /^OPENSSLDIR: "\/etc\/ssl"$/,
    got: /^OPENSSLDIR: "[^"]*", OPENSSLDIR: "[^"]*"$/,
  },
];

export const brokenCases: readonly BrokenCase[] = [
  ...entryCases,
  ...contentCases,
  ...fileCases,
  ...libraryCases,
  ...symbolCases,
];
