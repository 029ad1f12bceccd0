import { readFile } from 'node:fs/promises';
import test from 'ava';
import { run } from '../../build/process.ts';
import { linuxDirectories, linuxPlaces } from '../../openssl-config/directories.ts';
import { excludedOptions, layoutOptions, platformOptions } from '../../openssl-config/options.ts';
import { distribution } from '../support/openssl.ts';

/** The tables of a page in Markdown: rows of cells, without the heads. */
function tablesOf(markdown: string): string[][][] {
  const tables = markdown.match(/(?:^\|.*\|\n)+/gm) ?? [];
  const cells = (row: string) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', ''));
  return tables.map((table) => table.trimEnd().split('\n').slice(2).map(cells));
}

test('the documentation shows the tables of options and directories as they are', async (t) => {
  const page = await readFile(new URL('../../docs/openssl-config.md', import.meta.url), 'utf8');
  const options = [
    excludedOptions,
    layoutOptions,
    platformOptions.linux,
    platformOptions.darwin,
    platformOptions.win32,
  ].map((group) => group.map(({ name, reason }) => [name, reason]));
  const places = linuxPlaces.map(({ name, path, override = '', reason }) => [name, path, override, reason]);

  t.deepEqual(tablesOf(page).slice(0, 6), [...options, places]);
  t.notDeepEqual(tablesOf(page.replace('`no-idea`', '`no-ide`')).slice(0, 6), [...options, places]);
});

test('the command line has the default directories of the table', async (t) => {
  const { openssl } = await distribution();
  const { stdout } = await run([openssl, 'version', '-d', '-m', '-e']);

  t.deepEqual(stdout.trimEnd().split('\n').sort(), [
    `ENGINESDIR: "${linuxDirectories.enginesdir}"`,
    `MODULESDIR: "${linuxDirectories.modulesdir}"`,
    `OPENSSLDIR: "${linuxDirectories.openssldir}"`,
  ]);
});

test('the command line lacks what the table says is left out', async (t) => {
  const { openssl } = await distribution();
  const disabled = (await run([openssl, 'list', '-disabled'])).stdout.split('\n');

  for (const { name } of excludedOptions)
    t.true(disabled.includes(name.replace('no-', '').toUpperCase()), name);
  t.false(disabled.includes('AES'));
});
