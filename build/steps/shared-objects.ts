// OpenSSL's Makefile compiles each source of libcrypto and libssl twice, once for the static library and once for the
// shared one, by two rules that differ in the object's name alone wherever the target's code is position-independent in
// both. The second of such a pair need not be compiled: it is the first one's object under another name.

/** A rule that makes one object: what it needs, and the lines of sh that make it. */
interface Rule {
  readonly object: string;
  readonly needs: string;
  readonly recipe: string[];
}

/**
 * Replaces the recipe of each static library's object by a link to the shared library's, where both rules need the same
 * files and give the same commands. Every other line stays as it is.
 * @param makefile - text of a Makefile as Configure writes it
 */
export function shareObjects(makefile: string): string {
  const parts = partsOf(makefile.split('\n'));
  const rules = new Map(parts.flatMap((part) => (typeof part === 'string' ? [] : [[part.object, part]])));
  return parts
    .flatMap((part) => {
      if (typeof part === 'string') return [part];
      const twin = twinOf(part, rules);
      return twin === undefined
        ? [`${part.object}: ${part.needs}`, ...part.recipe]
        : [`${part.object}: ${twin}`, `\tln -f ${twin} $@`];
    })
    .join('\n');
}

/** The rules for one object each, and the lines between them. */
function partsOf(lines: readonly string[]): readonly (string | Rule)[] {
  const parts: (string | Rule)[] = [];
  let rule: Rule | undefined;
  for (const line of lines) {
    const [, object, needs] = /^([^\s:#]+\.o(?:bj)?): (.*)$/.exec(line) ?? [];
    if (object !== undefined && needs !== undefined) {
      rule = { object, needs, recipe: [] };
      parts.push(rule);
    } else if (rule !== undefined && line.startsWith('\t')) {
      rule.recipe.push(line);
    } else {
      rule = undefined;
      parts.push(line);
    }
  }
  return parts;
}

/** The shared library's object that is made by the same commands. */
function twinOf({ object, needs, recipe }: Rule, rules: ReadonlyMap<string, Rule>): string | undefined {
  const twin = object.replace(/-lib-(?=[^/]*$)/, '-shlib-');
  const other = rules.get(twin);
  if (twin === object || needs !== other?.needs) return undefined;
  const [stem, twinStem] = [object, twin].map((name) => name.replace(/\.o(bj)?$/, '')) as [string, string];
  const isSame = recipe.join('\n').replaceAll(stem, twinStem) === other.recipe.join('\n');
  return isSame ? twin : undefined;
}
