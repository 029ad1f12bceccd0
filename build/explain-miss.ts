// Says in words why a step has no result under its key: the inputs that differ from those of the newest result.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Json, newestResults, resultFolder } from './store.ts';

/** The first few inputs that differ from the last time that a step ran. */
export async function explainMiss(cacheDir: string, step: string, inputs: Json): Promise<string> {
  const [newest] = await newestResults(cacheDir, step);
  if (newest === undefined) return 'it was never made here';
  const file = path.join(resultFolder(cacheDir, step, newest), 'inputs.json');
  const before = flatten(JSON.parse(await readFile(file, 'utf8')) as Json);
  const now = flatten(inputs);
  const names = [...new Set([...before.keys(), ...now.keys()])].filter(
    (name) => before.get(name) !== now.get(name),
  );
  const shown = names
    .slice(0, 5)
    .map((name) => `${name}: ${shorten(before.get(name))} → ${shorten(now.get(name))}`);
  const rest = names.length > 5 ? `; and ${names.length - 5} more` : '';
  return names.length === 0
    ? 'its result is not in the cache any more'
    : `changed since ${newest.slice(0, 8)}: ${shown.join('; ')}${rest}`;
}

function shorten(value: string | undefined): string {
  if (value === undefined) return 'none';
  return value.length > 40 ? `${value.slice(0, 12)}…` : value;
}

function flatten(value: Json, prefix = ''): Map<string, string> {
  if (value === null || typeof value !== 'object') return new Map([[prefix, JSON.stringify(value)]]);
  const pairs = Array.isArray(value)
    ? value.map((item: Json): [string, Json] => [JSON.stringify(item).slice(0, 80), item])
    : Object.entries(value as Record<string, Json>);
  return new Map(
    pairs.flatMap(([key, item]) => [...flatten(item, prefix === '' ? key : `${prefix}.${key}`)]),
  );
}
