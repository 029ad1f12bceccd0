// Emits the addon's library. The compiler checks it and writes the declarations, one file a module; the JavaScript is joined,
// since every module that node has to find and load costs it half a millisecond. The namespaces whose code takes longer to read than
// all the rest, such as `crypto`, are read when something of them is first asked for.
//
//   index.cjs   the library; crypto.cjs and others the namespaces, with what they share in shared.cjs, shared-crypto.cjs, …
//   index.js    the same objects for `import`
//   cli.js      the command, which loads the library when it needs it

import { cp, lstat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OutputOptions, Plugin } from 'rollup';
import { BuildError } from '../errors.ts';
import { run } from '../process.ts';

interface LateNamespace {
  readonly name: string;
  /** Of its module, without suffix. */
  readonly file: string;
}

/** What is read when something of it is first asked for: each takes longer to read than all the rest. */
const late: readonly LateNamespace[] = [
  { name: 'crypto', file: 'crypto' },
  { name: 'https', file: 'https' },
  { name: 'SSL', file: 'ssl' },
  { name: 'tls', file: 'tls' },
  { name: 'tsafe', file: 'tsafe' },
];

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
  const lateFiles = late.map(({ file }) => path.join(modules, `${file}.js`));
  const names = await join([library, ...lateFiles], [packageFolder, lateNamespaces(library)], {
    ...common,
    format: 'cjs',
    dir: outDir,
    entryFileNames: '[name].cjs',
    chunkFileNames: ({ moduleIds }) => sharedFile(moduleIds.map((id) => path.basename(id))),
  });
  await writeFile(path.join(outDir, 'index.js'), moduleText([...names, ...late.map(({ name }) => name)]));
  const command = path.join(modules, 'cli.js');
  await join([command], [outside(library)], { ...common, format: 'es', file: path.join(outDir, 'cli.js') });
}

/** What several of the files share, by a module that is in it. */
const sharedFiles: readonly (readonly [module: string, file: string])[] = [
  ['package-folder.js', 'shared.cjs'],
  ['certificate.js', 'shared-crypto.cjs'],
  ['pkcs12.js', 'shared-pkcs12.cjs'],
  ['connection.js', 'shared-ssl.cjs'],
  ['tls-socket.js', 'shared-tls.cjs'],
];

function sharedFile(modules: readonly string[]): string {
  const found = sharedFiles.find(([module]) => modules.includes(module));
  if (found !== undefined) return found[1];
  throw new BuildError('ERR_VALIDATION', `wanted a name for what is shared, got ${modules.join(', ')}`);
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

/**
 * Joins modules with everything that they import.
 * @returns the names that the first of them exports
 */
async function join(
  files: readonly string[],
  plugins: Plugin[],
  output: OutputOptions,
): Promise<readonly string[]> {
  // read when it is needed: the command line starts in half the time
  const { rollup } = await import('rollup');
  const bundle = await rollup({
    input: [...files],
    plugins,
    external: /^node:/,
    onLog(_level, { code, message }) {
      if (code === 'CIRCULAR_DEPENDENCY') return;
      throw new BuildError(
        'ERR_VALIDATION',
        `${files.map((file) => path.basename(file)).join(', ')}: wanted imports of node and of itself alone, got: ${message}`,
      );
    },
  });
  try {
    const chunks = (await bundle.write(output)).output.filter((one) => one.type === 'chunk');
    return chunks.find(({ facadeModuleId }) => facadeModuleId === files[0])?.exports ?? [];
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

/** The line of index.ts that makes a namespace. */
function namespaceLine({ name, file }: LateNamespace): string {
  return `export * as ${name} from './${file}.js';`;
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

/** What is called of `crypto`, and what the namespaces are, without reading them before they are asked for. */
function lateNamespaces(library: string): Plugin {
  return {
    name: 'late-namespaces',
    load: (id) =>
      path.basename(id) === 'late-crypto.js'
        ? "export const loadCertificate = (...words) => require('./crypto.cjs').loadCertificate(...words);"
        : null,
    transform(code, id) {
      if (id !== library) return null;
      for (const each of late) {
        const line = namespaceLine(each);
        if (code.split(line).length !== 2)
          throw new BuildError('ERR_VALIDATION', `index.js: wanted "${line}" once`);
        code = code.replace(line, '');
      }
      return { code, map: null };
    },
    renderChunk(code, { facadeModuleId }, _options, { chunks }) {
      if (facadeModuleId !== library) return null;
      const namespaces = late.map(({ name, file }) => {
        const { exports } = chunks[`${file}.cjs`] ?? { exports: [] };
        return `exports.${name} = lateNamespace(${JSON.stringify(exports)}, () => require('./${file}.cjs'));`;
      });
      return { code: [code, lateNamespaceText, ...namespaces, ''].join('\n'), map: null };
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
