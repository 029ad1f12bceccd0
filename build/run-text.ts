// The text of a step's function, for the key of the step. What JavaScript tells of a function depends
// on how it was loaded: a bundler gives names of its own, and a loader drops comments and blanks.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildError } from './errors.ts';

/**
 * The text of the `run` of a step, as it stands in the source: from there to the end of the declaration.
 * @param place - file below the checkout and the name that it declares: `build/pipeline/compile-steps.ts#compile`
 * @throws {BuildError} ERR_RECIPE when there is no such declaration, or no `run` in it
 */
export async function runText(root: string, place: string): Promise<string> {
  const [file = '', name = ''] = place.split('#');
  const source = await readFile(path.join(root, file), 'utf8').catch(() => '');
  // the formatter puts the end of a declaration at the beginning of a line, and a line there that ends in { is the end of parameters
  const declaration = new RegExp(
    String.raw`^(?:export )?(?:async )?(?:function|const) ${name}\b(?!.*;$)[^]*?^[}\])](?!.*\{$).*$`,
    'm',
  );
  const text = /^ +(?:async )?run[(:][\s\S]*/m.exec(declaration.exec(source)?.[0] ?? '')?.[0];
  if (text !== undefined) return text;
  throw new BuildError(
    'ERR_RECIPE',
    `${path.join(root, file)}: wanted a declaration of ${name} with a function run, found none`,
  );
}
