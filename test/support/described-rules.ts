// The rules of the validator as docs/validator.md lists them.

import { readFile } from 'node:fs/promises';

/**
 * Names of the rules in the tables of some sections, in their order.
 * @param sections - ends of headings: `Linux` is `## Rules of Linux`
 */
export async function describedRules(...sections: readonly string[]): Promise<readonly string[]> {
  const text = await readFile(new URL('../../docs/validator.md', import.meta.url), 'utf8');
  const [, ...parts] = text.split(/^## /m);
  return sections.flatMap((section) => {
    const part = parts.find((one) => one.startsWith(`Rules of ${section}\n`)) ?? '';
    return [...part.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id = '']) => id);
  });
}
