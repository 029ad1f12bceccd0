// Stages that break the rules over what a PE file takes from others and what it offers, each one rule alone.

import {
  type BrokenCase,
  directoryTexts,
  goodFiles,
  paths,
  type WindowsStage,
  type Workshop,
} from './fixtures.ts';

const { addon, command, libcrypto, libssl } = goodFiles;

export const brokenSymbols: readonly BrokenCase[] = [
  {
    rule: 'imported-libraries',
    what: 'the command needs a library of the compiler',
    breakStage: (workshop) =>
      workshop.patched('command', (bytes) => rename(bytes, 'KERNEL32.dll', 'libgcc_s.dll')),
    path: paths.command,
    wanted: /^only advapi32\.dll, .*, libssl-3-x64\.dll$/,
    got: /^libgcc_s\.dll$/,
  },
  {
    rule: 'imported-libraries',
    what: 'the addon needs the distribution’s own libcrypto',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${addon.source} __declspec(dllimport) int EVP_new(void); ${calling('EVP_new')}`,
        flags: ['../libcrypto-3-x64.dll'],
      }),
    path: paths.addon,
    wanted: /^only (?!.*libcrypto)/,
    got: /^libcrypto-3-x64\.dll$/,
  },
  {
    rule: 'delayed-imports',
    what: 'a library loads another when it is first used',
    breakStage: (workshop) => delaying(workshop, 'libssl', 'winmm.dll'),
    path: paths.libssl,
    wanted: /^no delayed imports$/,
    got: /^winmm\.dll$/,
  },
  {
    rule: 'delayed-imports',
    what: 'the addon loads another when it is first used',
    breakStage: (workshop) => workshop.patched('addon', (bytes) => rename(bytes, 'node.exe', 'nodx.dll')),
    path: paths.addon,
    wanted: /^delayed imports of node\.exe alone$/,
    got: /^nodx\.dll$/,
  },
  {
    rule: 'delayed-imports',
    what: 'the addon takes nothing from its host',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: addon.source.replace('return napi_create_object(0, 0)', 'return 1'),
      }),
    path: paths.addon,
    wanted: /^delayed imports of node\.exe alone$/,
    got: /^none$/,
  },
  {
    rule: 'addon-imports',
    what: 'the addon takes OpenSSL from node',
    breakStage: (workshop) =>
      workshop.patched('addon', (bytes) => rename(bytes, 'napi_create_object', 'SSL_CTX_new')),
    path: paths.addon,
    wanted: /^only functions of Node-API up to version 9$/,
    got: /^SSL_CTX_new$/,
  },
  {
    rule: 'addon-exports',
    what: 'the addon exports a function of OpenSSL',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: `${addon.source} __declspec(dllexport) void EVP_sha256(void) {}`,
      }),
    path: paths.addon,
    wanted: /^exactly napi_register_module_v1, node_api_module_get_api_version_v1$/,
    got: /^also EVP_sha256$/,
  },
  {
    rule: 'addon-exports',
    what: 'node cannot ask the addon for its version',
    breakStage: (workshop) =>
      workshop.relinked('addon', {
        source: addon.source.replace('__declspec(dllexport) int node_api_module', 'int node_api_module'),
      }),
    path: paths.addon,
    wanted: /^exactly napi_register_module_v1, /,
    got: /^no node_api_module_get_api_version_v1$/,
  },
  {
    rule: 'openssl-exports',
    what: 'a library was linked under another name',
    breakStage: (workshop) =>
      workshop.patched('libssl', (bytes) => rename(bytes, 'libssl-3-x64.dll', 'libssl.dll')),
    path: paths.libssl,
    wanted: /^the name libssl-3-x64\.dll$/,
    got: /^libssl\.dll$/,
  },
  {
    rule: 'openssl-exports',
    what: 'a library offers a function by number alone',
    breakStage: (workshop) => defined(workshop, 'more @9 NONAME'),
    path: paths.libssl,
    wanted: /^a name for every exported function$/,
    got: /^#9$/,
  },
  {
    rule: 'openssl-exports',
    what: 'a library hands a call on to another',
    breakStage: (workshop) => defined(workshop, 'more = winmm.timeGetTime'),
    path: paths.libssl,
    wanted: /^functions of its own$/,
    got: /^more -> winmm\.timeGetTime$/,
  },
  {
    rule: 'command-exports',
    what: 'the command exports a function',
    breakStage: (workshop) =>
      workshop.relinked('command', {
        source: `${command.source} __declspec(dllexport) void offered(void) {}`,
      }),
    path: paths.command,
    wanted: /^no exports$/,
    got: /^offered$/,
  },
  {
    rule: 'imports-resolved',
    what: 'the command wants what libcrypto does not have',
    breakStage: (workshop) => workshop.patched('command', (bytes) => rename(bytes, 'EVP_new', 'EVP_old')),
    path: paths.command,
    wanted: /^only functions that the staged libraries export$/,
    got: /^EVP_old of libcrypto-3-x64\.dll$/,
  },
  {
    rule: 'directories-from-registry',
    what: 'a folder is compiled in',
    breakStage: (workshop) =>
      workshop.relinked('libcrypto', {
        source: libcrypto.source.replace('OPENSSLDIR: \\"%s', 'OPENSSLDIR: \\"c:\\\\openssl'),
      }),
    path: paths.libcrypto,
    wanted: /^no OPENSSLDIR$/,
    got: /^OPENSSLDIR: "c:\\openssl"$/,
  },
  {
    rule: 'directories-from-registry',
    what: 'the addon was compiled without OSSL_WINCTX',
    breakStage: (workshop) =>
      workshop.relinked('addon', { source: addon.source.replace(directoryTexts, '') }),
    path: paths.addon,
    wanted: /^the registry key SOFTWARE\\WOW6432Node\\OpenSSL-3\.x-tsopenssl$/,
    got: /^none$/,
  },
  {
    rule: 'directories-from-registry',
    what: 'the addon reads the key of somebody else’s OpenSSL',
    breakStage: (workshop) =>
      workshop.relinked('addon', { source: addon.source.replace('-3.5-tsopenssl', '-3.5-openssl') }),
    path: paths.addon,
    wanted: /^the registry key /,
    got: /^SOFTWARE\\WOW6432Node\\OpenSSL-3\.5-openssl$/,
  },
];

function calling(name: string): string {
  return `__attribute__((used)) static int more(void) { return ${name}(); }`;
}

/** Changes a name in every place to one that is not longer. */
function rename(bytes: Buffer, from: string, to: string): void {
  for (let at = bytes.indexOf(`${from}\0`); at >= 0; at = bytes.indexOf(`${from}\0`, at + 1)) {
    bytes.fill(0, at, at + from.length);
    bytes.write(to, at, 'latin1');
  }
}

async function delaying(workshop: Workshop, role: 'libssl', library: string): Promise<WindowsStage> {
  const place = await workshop.delayLibrary('libmore.a', library, 'timeGetTime');
  const helper =
    'void *__delayLoadHelper2(void *descriptor, void **place) { return place ? *place : descriptor; }';
  const source = `${libssl.source} ${helper} int timeGetTime(void); ${calling('timeGetTime')}`;
  return workshop.relinked(role, { source, flags: [place] });
}

/** libssl with one more export, as a module definition file writes it. */
function defined(workshop: Workshop, line: string): Promise<WindowsStage> {
  const source = `${libssl.source} int more(void) { return 1; }`;
  return workshop.relinked('libssl', { source, definition: `EXPORTS\n${line}\n` });
}
