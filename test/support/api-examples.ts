// Runs the examples of docs/api.md: those of a section in order, as one ES module in a node of its own. Its lines have the
// numbers that they have in the page, so that a stack trace points there.
//
//   key.bits(); // → 2048                         what util.inspect makes of the value; … stands for anything
//   const key = new crypto.PKey(); // → PKey {…}  the value of the constant
//   key.check(); // throws TypeError: Expected …  name and message of the error

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type RunResult, run } from '../../build/process.ts';
import { type Block, expectation, type Section } from './api-page.ts';

export interface ExampleResult extends RunResult {
  /** How many values and errors were compared. */
  readonly checks: number;
  /** Comments that are not true. */
  readonly problems: readonly string[];
}

/** Compares, and says at the end what differed. Imported by every program. */
const checker = `
import { inspect } from 'node:util';
const problems = [];
let checks = 0;
function compare(line, got, wanted) {
  checks++;
  const pattern = wanted.split('…').map((part) => part.replaceAll(/[.*+?^$\{}()|[\\]\\\\]/g, '\\\\$&')).join('[^]*');
  if (!new RegExp('^' + pattern + '$').test(got)) problems.push('line ' + line + ': wanted ' + wanted + ', got ' + got);
}
export const example = {
  is(line, value, wanted) {
    compare(line, inspect(value, { breakLength: Infinity, compact: true, depth: 4 }), wanted);
  },
  async throws(line, call, wanted) {
    try {
      await call();
    } catch (error) {
      return compare(line, error.name + ': ' + error.message, wanted);
    }
    compare(line, 'no error', 'an error: ' + wanted);
  },
};
process.on('beforeExit', () => console.error('\\n' + JSON.stringify({ checks, problems })));
`;

/** The examples as one module, each line where it is in the page. */
export function exampleModule(imports: string, examples: readonly Block[]): string {
  const lines = [`import { example } from './example.mjs'; ${imports}`];
  for (const { line, code } of examples) {
    const block = code.split('\n').map((text, index) => instrument(text, line + index));
    lines.push(...Array(line - lines.length - 1).fill(''), ...block);
  }
  return `${lines.join('\n')}\n`;
}

function instrument(text: string, line: number): string {
  const [, indent, code = '', mark, wanted] = expectation.exec(text) ?? [];
  if (mark === undefined) return text;
  const words = JSON.stringify(wanted);
  if (mark === 'throws') return `${indent}await example.throws(${line}, async () => { ${code}; }, ${words});`;
  const [, name] = /^(?:const|let) (\w+) = /.exec(code) ?? [];
  return name === undefined
    ? `${indent}example.is(${line}, ${code}, ${words});`
    : `${indent}${code}; example.is(${line}, ${name}, ${words});`;
}

/**
 * Runs the examples of a section.
 * @param dir - an empty folder, where the examples may write
 * @param packageDir - the npm package that `tsopenssl` is
 * @param imports - the statement that every example begins with
 */
export async function runExamples(
  dir: string,
  packageDir: string,
  imports: string,
  { examples }: Pick<Section, 'examples'>,
): Promise<ExampleResult> {
  await mkdir(path.join(dir, 'node_modules'));
  await symlink(packageDir, path.join(dir, 'node_modules/tsopenssl'));
  await writeFile(path.join(dir, 'example.mjs'), checker);
  await writeFile(path.join(dir, 'examples.mjs'), exampleModule(imports, examples));
  const argv = [process.execPath, 'examples.mjs'];
  const result = await run(argv, { cwd: dir, env: { OPENSSL_CONF: '/dev/null' }, allowFailure: true });
  const last = result.stderr.trimEnd().split('\n').at(-1) ?? '';
  const report = last.startsWith('{"checks"') ? JSON.parse(last) : { checks: 0, problems: [] };
  return { ...result, ...report };
}
