// Emits the addon's library. The compiler checks it and writes the declarations, one file a module; the JavaScript is joined,
// since every module that node has to find and load costs it half a millisecond, and so is what takes long to read kept back
// until it is used: the namespaces, and what a module named late-….ts passes on.
//
//   index.cjs   the library; crypto.cjs and others what is read later, with what they share in shared-crypto.cjs, …
//   index.js    the same objects for `import`
//   cli.js      the command, which loads the library when it needs it

import { cp, lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GetModuleInfo, OutputOptions, Plugin } from 'rollup';
import { BuildError } from '../errors.ts';
import { run } from '../process.ts';

/** A namespace of the library, which is read when something of it is first asked for. */
interface LateNamespace {
  readonly name: string;
  /** Absolute path of its module. */
  readonly module: string;
  /** The line of the library that makes it. */
  readonly line: string;
}

/** A module that passes functions of another one on, which is read when the first of them is called. */
interface LateModule {
  /** Absolute path of the module late-….js. */
  readonly stub: string;
  /** Absolute path of the one that has the functions. */
  readonly module: string;
  readonly names: readonly string[];
}

export interface LibraryInput {
  /** `addon`: lib/ and tsconfig.json. */
  readonly addonDir: string;
  /** TypeScript's bin/tsc. */
  readonly tscBin: string;
  /** Empty folder for what is needed on the way. */
  readonly scratchDir: string;
}

/**
 * Emits `addon/lib`.
 * @param outDir - absolute path of a folder, which is made
 * @throws {BuildError} ERR_PROCESS the sources do not compile; ERR_VALIDATION they import what is not shipped
 */
export async function emitLibrary(input: LibraryInput, outDir: string): Promise<void> {
  const modules = path.join(input.scratchDir, 'modules');
  const project = path.join(input.addonDir, 'tsconfig.json');
  await run([process.execPath, input.tscBin, '-p', project, '--outDir', modules]);
  await cp(modules, outDir, { recursive: true, filter: isDeclaration });
  const library = path.join(modules, 'index.js');
  const namespaces = namespacesOf(library, await readFile(library, 'utf8'));
  const lateModules = await findLateModules(modules);
  const names = new Set<string>();
  await join(
    [...new Set([...namespaces, ...lateModules].map(({ module }) => module))],
    [
      packageFolder,
      joinEager(library, names),
      readLateNamespaces(library, namespaces),
      readLateModules(lateModules, namespaces),
    ],
    {
      ...common,
      format: 'cjs',
      dir: outDir,
      entryFileNames: ({ facadeModuleId }) => fileOf(facadeModuleId ?? ''),
      chunkFileNames: ({ moduleIds }) => sharedFile(moduleIds.map((id) => path.basename(id))),
      manualChunks: (id, { getModuleInfo }) => (isEager(id, library, getModuleInfo) ? 'index' : null),
    },
  );
  await writeFile(
    path.join(outDir, 'index.js'),
    moduleText([...names, ...namespaces.map(({ name }) => name)]),
  );
  const command = path.join(modules, 'cli.js');
  await join([command], [outside(library)], { ...common, format: 'es', file: path.join(outDir, 'cli.js') });
}

/** Read with the library, since they are too small for a file of their own. */
const small: readonly string[] = ['node-modules.js', 'package-folder.js'];

/** Whether the library imports a module, be it by way of others. */
function isEager(module: string, library: string, look: GetModuleInfo): boolean {
  const seen = new Set([library]);
  for (const id of seen) for (const each of look(id)?.importedIds ?? []) seen.add(each);
  return seen.has(module) || small.includes(path.basename(module));
}

/** What several of the other files share, by a module that is in it. */
const sharedFiles: readonly (readonly [module: string, file: string])[] = [
  ['certificate.js', 'shared-crypto.cjs'],
  ['root-certificate.js', 'shared-roots.cjs'],
  ['pkcs12.js', 'shared-pkcs12.cjs'],
  ['connection.js', 'shared-ssl.cjs'],
  ['tls-socket.js', 'shared-tls.cjs'],
];

function sharedFile(modules: readonly string[]): string {
  const found = sharedFiles.find(([module]) => modules.includes(module));
  if (found !== undefined) return found[1];
  throw new BuildError('ERR_VALIDATION', `wanted a name for what is shared, got ${modules.join(', ')}`);
}

/** The file that a module which is an entry becomes. */
function fileOf(module: string): string {
  return `${path.basename(module, '.js')}.cjs`;
}

async function isDeclaration(file: string): Promise<boolean> {
  return /\.d\.c?ts$/.test(file) || (await lstat(file)).isDirectory();
}

/** Namespaces are frozen objects of the kind that `import * as` gives; names that `require` finds are plain properties. */
const common: OutputOptions = {
  generatedCode: { preset: 'es2015', symbols: true },
  interop: 'default',
  externalLiveBindings: false,
  esModule: true,
};

/** Joins modules with everything that they import. */
async function join(files: readonly string[], plugins: Plugin[], output: OutputOptions): Promise<void> {
  // read when it is needed: the command line starts in half the time
  const { rollup } = await import('rollup');
  const bundle = await rollup({
    input: [...files],
    plugins,
    external: /^node:/,
    onLog(_level, { code, message }) {
      if (code === 'CIRCULAR_DEPENDENCY') return;
      throw new BuildError('ERR_VALIDATION', `wanted imports of node and of itself alone, got: ${message}`);
    },
  });
  try {
    await bundle.write(output);
  } finally {
    await bundle.close();
  }
}

/** package-folder.ts in the words of CommonJS, which need no module of node. */
const packageFolder: Plugin = {
  name: 'package-folder',
  load: (id) =>
    path.basename(id) === 'package-folder.js'
      ? [
          "import path from 'node:path';",
          'export const packageFolder = path.dirname(__dirname);',
          'export const packageRequire = require;',
        ].join('\n')
      : null,
};

/** Where the files of namespaces find what index.cjs has and does not give away: a property that no list of names shows. */
const sharedProperty = "Symbol.for('tsopenssl.shared')";

/**
 * Keeps all that is read at once in one file, index.cjs, though other files use parts of it: a second file would cost node a
 * millisecond.
 * @param names - gets what the library gives away, without its namespaces
 */
function joinEager(library: string, names: Set<string>): Plugin {
  return {
    name: 'eager',
    buildStart() {
      this.emitFile({
        type: 'chunk',
        id: library,
        fileName: 'index.cjs',
        preserveSignature: 'allow-extension',
      });
    },
    renderChunk(code, { facadeModuleId }) {
      if (facadeModuleId !== library) {
        return { code: code.replace("require('./index.cjs')", `$&[${sharedProperty}]`), map: null };
      }
      const bindings = this.getModuleInfo(library)?.exportedBindings ?? {};
      for (const name of Object.values(bindings).flat()) names.add(name);
      const shared: string[] = [];
      const own = code.replaceAll(/^exports\.(\w+) = (.+);\n?/gm, (line, name: string, value: string) => {
        shared.push(`${name}: ${value}`);
        return names.has(name) ? line : '';
      });
      const property = `Object.defineProperty(exports, ${sharedProperty}, { value: { ${shared.join(', ')} } });`;
      return { code: shared.length === 0 ? own : `${own}\n${property}\n`, map: null };
    },
  };
}

function namespacesOf(library: string, code: string): LateNamespace[] {
  return [...code.matchAll(/^export \* as (\w+) from '(.+)';$/gm)].map(([line, name = '', file = '']) => ({
    name,
    module: path.resolve(path.dirname(library), file),
    line,
  }));
}

/** @throws {BuildError} ERR_VALIDATION a module that is named late-… does anything else than passing names on */
async function findLateModules(folder: string): Promise<LateModule[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    /(^|[/\\])late-[^/\\]+\.js$/.test(file),
  );
  return await Promise.all(
    files.sort().map(async (file) => {
      const stub = path.join(folder, file);
      const code = (await readFile(stub, 'utf8')).replace(/^\/\/.*$/gm, '').trim();
      const [, names, from] = /^export \{ ([\w, ]+) \} from '(.+)';$/.exec(code) ?? [];
      if (names === undefined || from === undefined)
        throw new BuildError(
          'ERR_VALIDATION',
          `${file}: wanted one line that passes functions on, got ${code}`,
        );
      return { stub, module: path.resolve(path.dirname(stub), from), names: names.split(', ') };
    }),
  );
}

/** A namespace whose names are there at once, and whose code is read when the first of them is asked for. */
const lateNamespaceText = `
function lateNamespace(names, read) {
    const namespace = Object.defineProperty({}, Symbol.toStringTag, { value: 'Module' });
    const settle = () => {
        const all = read();
        for (const name of names)
            Object.defineProperty(namespace, name, { value: all[name], enumerable: true });
        return Object.freeze(namespace);
    };
    for (const name of names)
        Object.defineProperty(namespace, name, { get: () => settle()[name], enumerable: true, configurable: true });
    return namespace;
}`;

function readLateNamespaces(library: string, namespaces: readonly LateNamespace[]): Plugin {
  return {
    name: 'late-namespaces',
    transform(code, id) {
      if (id !== library) return null;
      return { code: namespaces.reduce((text, { line }) => text.replace(line, ''), code), map: null };
    },
    renderChunk(code, { facadeModuleId }, _options, { chunks }) {
      if (facadeModuleId !== library || namespaces.length === 0) return null;
      const lines = namespaces.map(({ name, module }) => {
        const file = fileOf(module);
        const { exports } = chunks[file] ?? { exports: [] };
        return `exports.${name} = lateNamespace(${JSON.stringify(exports)}, () => require('./${file}'));`;
      });
      return { code: [code, lateNamespaceText, ...lines, ''].join('\n'), map: null };
    },
  };
}

function readLateModules(lateModules: readonly LateModule[], namespaces: readonly LateNamespace[]): Plugin {
  return {
    name: 'late-modules',
    load(id) {
      const found = lateModules.find(({ stub }) => stub === id);
      if (found === undefined) return null;
      const call = (name: string) =>
        `export const ${name} = (...words) => require('./${fileOf(found.module)}').${name}(...words);`;
      return found.names.map(call).join('\n');
    },
    renderChunk(_code, { facadeModuleId, imports }) {
      const isLate = lateModules.some(({ module }) => module === facadeModuleId);
      if (!isLate || namespaces.some(({ module }) => module === facadeModuleId)) return null;
      const shared = imports.filter((file) => !file.startsWith('node:'));
      if (shared.length === 0) return null;
      // it may be called while the library is read, when what they share is not there yet
      throw new BuildError(
        'ERR_VALIDATION',
        `${path.basename(facadeModuleId ?? '')}: wanted nothing of what others use as well, since it is read late; got ${shared.join(', ')}`,
      );
    },
  };
}

/** Leaves a module where it is: the command loads the library as everybody does. */
function outside(library: string): Plugin {
  return {
    name: 'outside',
    resolveId: (source, importer) =>
      importer !== undefined && path.resolve(path.dirname(importer), source) === library
        ? { id: './index.js', external: true }
        : null,
  };
}

/**
 * Node takes 40 ms to find the names in a CommonJS module that is imported, hence the call; and 2 ms more to make the names
 * of node:module, hence getBuiltinModule.
 */
function moduleText(names: readonly string[]): string {
  return [
    "// What `import 'tsopenssl'` gets: the same objects as `require`.",
    '',
    "const { createRequire } = process.getBuiltinModule('node:module');",
    '',
    `export const { ${[...names].sort().join(', ')} } = createRequire(import.meta.url)('./index.cjs');`,
    '',
  ].join('\n');
}
