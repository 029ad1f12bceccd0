// tsopenssl info: what info() of the addon says.

import type { Command } from './command.ts';

export const infoCommand: Command = {
  name: 'info',
  operands: [],
  takesPurpose: false,
  summary: 'show versions, directories, configuration, providers and where the binary lies',
  help: `Examples
  tsopenssl info
  TSOPENSSL_DEBUG=1 tsopenssl info      also says on standard error what was loaded and why`,
  async run() {
    const { info } = await import('../info.ts');
    const value = info();
    return { text: toText(value), value };
  },
};

/** One line a value; what lies deeper is indented. */
function toText(value: unknown): string {
  return lines(value).join('\n');
}

function lines(value: unknown): string[] {
  const entries = Object.entries(value as Record<string, unknown>);
  const width = Math.max(...entries.filter(([, it]) => !isDeep(it)).map(([name]) => name.length));
  return entries.flatMap(([name, it]) => {
    if (!isDeep(it)) return [`${name.padEnd(width)}  ${it ?? '-'}`];
    const parts = Array.isArray(it)
      ? it.map((part) => (isDeep(part) ? lines(part).join(', ') : String(part)))
      : lines(it);
    return [name, ...parts.map((line) => `  ${line}`)];
  });
}

function isDeep(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
