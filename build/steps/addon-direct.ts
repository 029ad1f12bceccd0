// Compiles the addon by calling the compilers themselves, for targets that node-gyp cannot compile for on this machine:
// macOS (zig's C++, linked by clang) and Windows (gcc). What is compiled, and how, is the same as in addon/src/binding.gyp.

import { chmod, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import { type RunResult, run } from '../process.ts';
import type { MacTarget, WindowsTarget } from '../types.ts';
import type { AddonInput } from './addon.ts';
import { requireHeaders } from './addon-headers.ts';

export interface DirectAddonInput extends Omit<AddonInput, 'nodeGypBin' | 'target'> {
  /** npm's package node-api-headers: the lists of Node-API's functions that node.exe exports. */
  readonly nodeApiHeadersDir: string;
  readonly target: MacTarget | WindowsTarget;
}

/** What every system compiles, without `.cc`. */
const commonSources: readonly string[] = [
  'addon',
  'asn1_time',
  'certificate',
  'certificate_setters',
  'configuration',
  'configured_extensions',
  'crl',
  'crl_signing',
  'error',
  'extension',
  'extension_context',
  'general_names',
  'isolation',
  'key',
  'key_format',
  'key_generation',
  'legacy_context',
  'library',
  'name',
  'passphrase',
  'pbe_cost',
  'pkcs12',
  'pkcs12_reader',
  'pkcs7',
  'rand',
  'request',
  'revoked',
  'signature',
  'spki',
  'ssl_connection',
  'ssl_context',
  'ssl_facts',
  'ssl_hooks',
  'ssl_resumption',
  'ssl_ticket_keys',
  'ssl_session',
  'ssl_settings',
  'ssl_states',
  'store',
  'store_context',
  'trust_anchors',
  'values',
  'verify_parameters',
];

const systemSources: Readonly<Record<DirectAddonInput['target']['os'], readonly string[]>> = {
  darwin: ['platform_macos', 'platform_posix', 'socket_bio', 'ssl_descriptor', 'watcher'],
  win32: ['delay_load_mingw', 'guarded_file_windows', 'platform_windows', 'wide_windows'],
};

const commonDefines: readonly string[] = [
  'NAPI_VERSION=9',
  'NODE_ADDON_API_CPP_EXCEPTIONS',
  'NODE_ADDON_API_CPP_EXCEPTIONS_ALL',
  'NODE_ADDON_API_DISABLE_DEPRECATED',
  'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
  'OPENSSL_API_COMPAT=30000',
  'OPENSSL_NO_DEPRECATED',
];

const systemDefines: Readonly<Record<DirectAddonInput['target']['os'], readonly string[]>> = {
  darwin: [],
  win32: ['NOMINMAX', 'UNICODE', 'WIN32_LEAN_AND_MEAN', '_WIN32_WINNT=0x0A00'],
};

/** Also what node-gyp adds by itself where it compiles: optimised, without run-time type information. */
const compilerFlags: readonly string[] = [
  '-O3',
  '-fno-rtti',
  '-fno-strict-aliasing',
  '-fPIC',
  '-DNDEBUG',
  '-DBUILDING_NODE_EXTENSION',
  '-std=c++17',
  '-U_FORTIFY_SOURCE',
  '-D_FORTIFY_SOURCE=2',
  '-fstack-protector-strong',
  '-fvisibility=hidden',
  '-fvisibility-inlines-hidden',
  '-Wall',
  '-Wextra',
  '-Werror=return-type',
];

/** How the addon of a system is compiled: names without `.cc`, and what follows `-D`. */
export interface AddonSources {
  readonly sources: readonly string[];
  readonly defines: readonly string[];
  readonly flags: readonly string[];
}

/** What {@link compileAddonDirectly} compiles; a test compares it with binding.gyp. */
export function addonSources(os: DirectAddonInput['target']['os']): AddonSources {
  return {
    sources: [...commonSources, ...systemSources[os]],
    defines: [...commonDefines, ...systemDefines[os]],
    flags: compilerFlags,
  };
}

/**
 * Compiles `tsopenssl.node`. The work is done in a folder beside `outFile`, which is removed afterwards; the same
 * input gives the same bytes wherever that is. Programs, found in `pathFirst` or PATH: for macOS `zig-c++` and, to link,
 * `clang`, both of which know the target; for Windows `g++` and `dlltool` with the target's prefix.
 * @param outFile - absolute path; appears only when everything succeeded
 * @throws {BuildError} ERR_PROCESS the compiler failed; ERR_VALIDATION other headers were used than the ones given;
 *   ERR_PREREQUISITE zig does not say where its libraries are
 */
export async function compileAddonDirectly(input: DirectAddonInput, outFile: string): Promise<void> {
  const workDir = `${outFile}.work`;
  await rm(workDir, { recursive: true, force: true });
  await mkdir(path.join(workDir, 'objects'), { recursive: true });
  try {
    await cp(input.sourceDir, path.join(workDir, 'src'), {
      recursive: true,
      filter: (source) => path.relative(input.sourceDir, source).split(path.sep)[0] !== 'build',
    });
    const tool = toolRunner(input, workDir);
    const objects = await compile(input, workDir, tool);
    await (input.target.os === 'darwin' ? linkForMac : linkForWindows)(input, objects, tool);
    const file = path.join(workDir, 'tsopenssl.node');
    await chmod(file, 0o644);
    await rename(file, outFile);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Runs a program of the toolchain in the folder of the work; what it prints goes to the log, or is the answer to `input`. */
type Tool = (argv: readonly string[], input?: string) => Promise<RunResult>;

function toolRunner({ env, pathFirst, log }: DirectAddonInput, cwd: string): Tool {
  return (argv, input) => run(argv, { cwd, env, pathFirst, ...(input === undefined ? { log } : { input }) });
}

function compilerOf(target: DirectAddonInput['target']): string {
  return target.os === 'darwin' ? 'zig-c++' : `${mingwPrefix(target)}g++`;
}

function mingwPrefix({ id, compilers }: DirectAddonInput['target']): string {
  if (compilers.kind === 'mingw') return compilers.prefix;
  throw new BuildError('ERR_RECIPE', `${id}: wanted gcc for Windows as its compilers, got ${compilers.kind}`);
}

/** Every object of the addon, as paths below the folder of the work, in the order of the sources. */
async function compile(input: DirectAddonInput, workDir: string, tool: Tool): Promise<string[]> {
  const { sources, defines, flags } = addonSources(input.target.os);
  const argv = [
    compilerOf(input.target),
    ...flags,
    ...[...defines, `TSOPENSSL_WANTED_VERSION="${input.opensslVersion}"`].map((define) => `-D${define}`),
    // this order: node's folder holds the headers of node's OpenSSL
    `-I${path.join(input.opensslDir, 'include')}`,
    `-I${input.nodeAddonApiDir}`,
    `-I${path.join(input.nodeHeadersDir, 'include', 'node')}`,
  ];
  const waiting = sources.map((name) => async () => {
    const object = `objects/${name}.o`;
    await tool([...argv, '-MD', '-MF', `objects/${name}.d`, '-c', `src/${name}.cc`, '-o', object]);
  });
  const lanes = Array.from({ length: input.jobs }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  });
  await Promise.all(lanes);
  const rules = await Promise.all(
    sources.map((name) => readFile(path.join(workDir, 'objects', `${name}.d`), 'utf8')),
  );
  await requireHeaders(rules.join('\n'), workDir, input);
  return sources.map((name) => `objects/${name}.o`);
}

/** OpenSSL's, in the linker's order. */
function libraries({ opensslDir }: DirectAddonInput): readonly string[] {
  return ['libssl.a', 'libcrypto.a'].map((name) => path.join(opensslDir, 'lib', name));
}

/** A bundle with node's functions looked up when it is loaded, and everything else inside. */
async function linkForMac(input: DirectAddonInput, objects: readonly string[], tool: Tool): Promise<void> {
  const linkerFlags = ['-undefined', 'dynamic_lookup', '-exported_symbols_list', 'src/exports.macos'];
  const shrinking = ['-dead_strip', '-x', '-S'];
  await tool([
    'clang',
    ...[
      '-bundle',
      '-o',
      'tsopenssl.node',
      `-Wl,${[...linkerFlags, ...shrinking, '-adhoc_codesign'].join(',')}`,
    ],
    ...objects,
    ...libraries(input),
    ...(await findZigRuntime(tool)),
  ]);
}

/**
 * Asks zig where its runtime libraries are by linking an empty program; it compiles them into its cache at the first time.
 * @returns absolute paths of libc++, libc++abi and compiler_rt, all of them static
 * @throws {BuildError} ERR_PREREQUISITE its answer names none
 */
async function findZigRuntime(tool: Tool): Promise<readonly string[]> {
  const argv = ['zig-c++', '-v', '-x', 'c++', '-', '-o', 'empty_program'];
  const { stdout, stderr } = await tool(argv, 'int main() {}\n');
  return parseZigRuntime(`${stdout}\n${stderr}`);
}

const zigRuntime: readonly string[] = ['libc++.a', 'libc++abi.a', 'libcompiler_rt.a'];

/** Reads the linker's command line out of what `zig c++ -v` prints. */
export function parseZigRuntime(text: string): readonly string[] {
  const words = text.split('\n').findLast((line) => line.startsWith('zig ld '));
  const found = zigRuntime.map((name) => words?.split(' ').find((word) => path.basename(word) === name));
  return found.map((file, index) => {
    if (file !== undefined) return file;
    const wanted = `${zigRuntime[index]} in the command line of zig ld`;
    throw new BuildError('ERR_PREREQUISITE', `zig-c++ -v: wanted ${wanted}, got\n${text}`);
  });
}

/** A DLL that asks the program that loaded it for node's functions, and Windows for the rest. */
async function linkForWindows(
  input: DirectAddonInput,
  objects: readonly string[],
  tool: Tool,
): Promise<void> {
  const prefix = mingwPrefix(input.target);
  const [major = '', minor = ''] = (input.target as WindowsTarget).minimumSystem.split('.');
  const lists = ['js_native_api', 'node_api'];
  for (const list of lists) {
    const def = path.join(input.nodeApiHeadersDir, 'def', `${list}.def`);
    const common = ['-m', 'i386:x86-64', '-D', 'node.exe', '--temp-prefix', list];
    await tool([`${prefix}dlltool`, ...common, '-d', def, '-y', `lib${list}.a`]);
  }
  await tool([
    `${prefix}g++`,
    ...['-shared', '-static', '-s', '-fstack-protector-strong', '-o', 'tsopenssl.node'],
    ...['--no-insert-timestamp', '--exclude-all-symbols', '--gc-sections'].map((flag) => `-Wl,${flag}`),
    ...['--dynamicbase', '--nxcompat', '--high-entropy-va'].map((flag) => `-Wl,${flag}`),
    `-Wl,--major-subsystem-version=${major},--minor-subsystem-version=${minor}`,
    ...objects,
    ...libraries(input),
    ...lists.map((list) => `lib${list}.a`),
    ...['advapi32', 'crypt32', 'gdi32', 'user32', 'ws2_32'].map((name) => `-l${name}`),
  ]);
}
