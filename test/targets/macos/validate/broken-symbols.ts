// Stages that break the rules over symbols, each one rule alone.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Role } from '../../../../build/validation/rule.ts';
import { type BrokenCase, directoryTexts, goodFiles, paths, type Workshop } from './fixtures.ts';

/** The source of a good file, with more of it. */
const more = (role: Role, text: string) => `${goodFiles[role].source} ${text}`;

/** The good stage with an addon that imports one more symbol from wherever it is. */
const importing = (symbol: string) => (workshop: Workshop) =>
  workshop.relinked('addon', {
    source: more(
      'addon',
      `void ${symbol}(void); __attribute__((used)) static void more(void) { ${symbol}(); }`,
    ),
    flags: ['-U', `_${symbol}`],
  });

const directories = (role: Role, openssldir: string) => (workshop: Workshop) =>
  workshop.relinked(role, {
    source: goodFiles[role].source.replace(directoryTexts(), directoryTexts(openssldir)),
  });

export const brokenSymbols: readonly BrokenCase[] = [
  {
    rule: 'two-level-namespace',
    what: 'a library has a flat namespace',
    breakStage: (workshop) => workshop.relinked('libcrypto', { flags: ['-flat_namespace'] }),
    path: paths.libcrypto,
    wanted: /^(MH_TWOLEVEL|a library for every symbol but those of Node-API)$/,
    got: /^(flags 0x[0-9a-f]+|(dyld_stub_binder|getentropy|puts)(, \w+)*)$/,
  },
  {
    rule: 'two-level-namespace',
    what: 'the addon looks a symbol of the system up everywhere',
    breakStage: (workshop) =>
      workshop.linkedWith('addon', [
        '-bundle',
        '-U',
        '_napi_create_object',
        '-U',
        '_puts',
        '-U',
        'dyld_stub_binder',
      ]),
    path: paths.addon,
    wanted: /^a library for every symbol but those of Node-API$/,
    got: /^.*puts.*$/,
  },
  {
    rule: 'two-level-namespace',
    what: 'the command calls a function that any library may replace',
    breakStage: (workshop) =>
      workshop.relinked('command', {
        source: goodFiles.command.source.replace(
          'int main(void) {',
          '__attribute__((weak, noinline)) void shared(void) { puts("shared"); } int main(void) { shared();',
        ),
      }),
    path: paths.command,
    wanted: /^no symbol that is looked up in all libraries$/,
    got: /^shared$/,
  },
  {
    rule: 'addon-exports',
    what: 'the addon exports OpenSSL’s symbols',
    breakStage: (workshop) =>
      workshop.relinked('addon', { source: more('addon', 'void SSL_new(void) {} void EVP_new(void) {}') }),
    path: paths.addon,
    wanted: /^exactly napi_register_module_v1, node_api_module_get_api_version_v1$/,
    got: /^also (SSL_new, EVP_new|EVP_new, SSL_new)$/,
  },
  {
    rule: 'addon-exports',
    what: 'the addon does not say which Node-API it wants',
    breakStage: (workshop) =>
      workshop.relinked('addon', { flags: ['-exported_symbol', '_napi_register_module_v1'] }),
    path: paths.addon,
    wanted: /^exactly napi_register_module_v1/,
    got: /^no node_api_module_get_api_version_v1$/,
  },
  ...(
    [
      ['OpenSSL_version', 'a function of OpenSSL, which node has as well'],
      ['node_api_create_property_key_utf8', 'a function of Node-API 10'],
      ['uv_run', 'a function of libuv'],
    ] as const
  ).map(([symbol, what]) => ({
    rule: 'addon-imports',
    what: `the addon imports ${what}`,
    breakStage: importing(symbol),
    path: paths.addon,
    wanted: /^only symbols of libSystem and Node-API up to version 9$/,
    got: new RegExp(`^${symbol}$`),
  })),
  {
    rule: 'openssl-exports',
    what: 'a library exports a function that may be replaced',
    breakStage: (workshop) =>
      workshop.relinked('libcrypto', {
        source: more('libcrypto', '__attribute__((weak)) void EVP_weak(void) {}'),
      }),
    path: paths.libcrypto,
    wanted: /^only exports of its own that are not weak$/,
    got: /^EVP_weak$/,
  },
  {
    rule: 'openssl-exports',
    what: 'a library exports nothing',
    breakStage: async (workshop) => {
      const stage = await workshop.relinked('libssl', { flags: ['-no_exported_symbols'] });
      const source = 'void EVP_new(void); int main(void) { EVP_new(); return 0; }';
      const command = await workshop.link('without-ssl', { ...goodFiles.command, source });
      return workshop.withContent(paths.command, await readFile(command), stage);
    },
    path: paths.libssl,
    wanted: /^exported symbols$/,
    got: /^none$/,
  },
  {
    rule: 'imports-resolved',
    what: 'the command wants a symbol that the staged library does not have',
    breakStage: async (workshop) => {
      const source = more('libcrypto', 'void EVP_newer(void) {}');
      await writeFile(
        path.join(workshop.dir, 'libcrypto-newer.dylib'),
        await readFile(await workshop.link('newer', { ...goodFiles.libcrypto, source })),
      );
      const flags = (goodFiles.command.flags ?? []).map((word) =>
        word === 'libcrypto.3.dylib' ? 'libcrypto-newer.dylib' : word,
      );
      return workshop.linkedWith(
        'command',
        flags,
        `void EVP_newer(void), SSL_new(void); int main(void) { EVP_newer(); SSL_new(); return 0; }`,
      );
    },
    path: paths.command,
    wanted: /^only symbols of libSystem and of the staged libraries$/,
    got: /^EVP_newer$/,
  },
  {
    rule: 'imports-resolved',
    what: 'a library wants a symbol that libSystem does not have',
    breakStage: (workshop) => {
      const flags = (goodFiles.libssl.flags ?? []).map((word) =>
        word === 'libSystem.tbd' ? 'libSystem-newer.tbd' : word,
      );
      return workshop.linkedWith(
        'libssl',
        flags,
        more('libssl', 'void nowhere(void); void SSL_more(void) { nowhere(); }'),
      );
    },
    path: paths.libssl,
    wanted: /^only symbols of libSystem and of the staged libraries$/,
    got: /^nowhere$/,
  },
  {
    rule: 'openssl-directories',
    what: 'libcrypto has another OPENSSLDIR',
    breakStage: directories('libcrypto', '/usr/local/ssl'),
    path: paths.libcrypto,
    wanted: /^OPENSSLDIR: "\/System\/Library\/OpenSSL"$/,
    got: /^OPENSSLDIR: "\/usr\/local\/ssl"$/,
  },
  {
    rule: 'openssl-directories',
    what: 'the addon has an OPENSSLDIR that only begins as the right one',
    breakStage: directories('addon', '/System/Library/OpenSSL-other'),
    path: paths.addon,
    wanted: /^OPENSSLDIR: "\/System\/Library\/OpenSSL"$/,
    got: /^OPENSSLDIR: "\/System\/Library\/OpenSSL-other"$/,
  },
];
