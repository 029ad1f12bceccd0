// Emits the addon's library. The compiler checks it and writes the declarations, one file a module; the JavaScript is joined,
// since every module that node has to find and load costs it half a millisecond.
//
//   index.cjs   the library
//   index.js    the same objects for `import`
//   cli.js      the command, which loads the library when it needs it

import { cp, lstat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type OutputOptions, type Plugin, rollup } from 'rollup';
import { BuildError } from '../errors.ts';
import { run } from '../process.ts';

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
  const names = await join(library, [packageFolder], {
    ...common,
    format: 'cjs',
    file: path.join(outDir, 'index.cjs'),
  });
  await writeFile(path.join(outDir, 'index.js'), moduleText(names));
  const command = path.join(modules, 'cli.js');
  await join(command, [outside(library)], { ...common, format: 'es', file: path.join(outDir, 'cli.js') });
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
 * Joins a module with everything that it imports.
 * @returns the names that it exports
 */
async function join(file: string, plugins: Plugin[], output: OutputOptions): Promise<readonly string[]> {
  const bundle = await rollup({
    input: file,
    plugins,
    external: /^node:/,
    onLog(_level, { code, message }) {
      if (code === 'CIRCULAR_DEPENDENCY') return;
      throw new BuildError(
        'ERR_VALIDATION',
        `${path.basename(file)}: wanted imports of node and of itself alone, got: ${message}`,
      );
    },
  });
  try {
    return (await bundle.write(output)).output[0].exports;
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
