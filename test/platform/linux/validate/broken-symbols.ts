// Stages that break the rules over symbols, each one rule alone.

import { readFile } from 'node:fs/promises';
import {
  addonImporting,
  type BrokenCase,
  directoryTexts,
  goodFiles,
  paths,
  type Workshop,
  withEntries,
} from './fixtures.ts';

export const brokenSymbols: readonly BrokenCase[] = [
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
      return withEntries(
        stage,
        replaced.entries.filter((entry) => entry.path === paths.command),
      );
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
