// The syntax of one logical line of a configuration file, as config(5) describes it and crypto/conf/conf_def.c reads it.

/** What a line does. */
export type Line =
  | { readonly kind: 'blank' }
  | { readonly kind: 'section'; readonly name: string }
  /** `value` still has its quotes, escapes and variables; `section` is set where the line names another than its own. */
  | { readonly kind: 'include'; readonly section: string | undefined; readonly value: string }
  | { readonly kind: 'pragma'; readonly name: string; readonly value: string }
  | { readonly kind: 'entry'; readonly section: string | undefined; readonly name: string }
  /** Left to OpenSSL to complain about. */
  | { readonly kind: 'other' };

const word = String.raw`(?:\\.|[A-Za-z0-9_!.%&*+,/;?@^~|-])*`;
const sectionPattern = /^\[[ \t\r\n]*(.*?)[ \t\r\n]*\]/s;
const directivePattern = /^\.(pragma|include)(.*)$/s;
const entryPattern = new RegExp(`^(?:(${word})::)?(${word})([ \\t\\r\\n]*)(.*)$`, 's');

/**
 * Says what a logical line does: continuations joined, no line end. This runs for some hundred lines whenever the package is
 * loaded, so what decides most of them comes first: comments, then names that are no directive.
 */
export function parseLine(line: string): Line {
  const begin = line.trimStart();
  if (begin === '' || begin.startsWith('#')) return { kind: 'blank' };
  const text = stripComment(begin).trimEnd();
  if (text.startsWith('[')) {
    const name = sectionPattern.exec(text)?.[1];
    return name === undefined ? { kind: 'other' } : { kind: 'section', name };
  }
  const [, section, name = '', blanks = '', rest = ''] = entryPattern.exec(text) ?? [];
  const directive = name.startsWith('.') ? directivePattern.exec(name) : null;
  // `.include` takes any text after it; `.include` alone is an entry without a value
  if (directive !== null && (directive[2] !== '' || blanks !== '' || rest.startsWith('='))) {
    const value = rest.replace(/^=[ \t\r\n]*/, '');
    return directive[1] === 'include' ? { kind: 'include', section, value } : parsePragma(value);
  }
  return rest.startsWith('=') ? { kind: 'entry', section, name } : { kind: 'other' };
}

/** Whether a value means itself: without quotes, escapes and variables. */
export function isPlainValue(value: string): boolean {
  return !/[$\\'"`]/.test(value);
}

function parsePragma(text: string): Line {
  const colon = text.indexOf(':');
  if (colon < 1) return { kind: 'other' };
  return { kind: 'pragma', name: text.slice(0, colon).trim(), value: text.slice(colon + 1).trim() };
}

/** Cuts what follows a `#` that is neither quoted nor escaped. */
export function stripComment(line: string): string {
  const first = line.indexOf('#');
  if (first === -1) return line;
  if (isPlainValue(line.slice(0, first))) return line.slice(0, first);
  let quote: string | undefined;
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? '';
    if (character === '\\') index++;
    else if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (/['"`]/.test(character)) quote = character;
    else if (character === '#') return line.slice(0, index);
  }
  return line;
}
