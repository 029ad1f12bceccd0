// The logical lines of a configuration as OpenSSL's reader makes them (def_load_bio in crypto/conf/conf_def.c), to the byte:
// what is looked for in a text that is not trusted must not hide at the edges of its buffer.

/** What the reader asks for at once, in bytes. */
const CHUNK_BYTES = 510;

/**
 * Line ends are cut, and a line that ends with a backslash is joined with the next, unless another stands before it.
 * @param text - bytes, one a character (Latin-1), without NUL
 */
export function* logicalLines(text: string): Generator<string> {
  let rest = 0;
  let line = '';
  let isOpen = false;
  for (let isFirst = true; ; isFirst = false) {
    const newline = text.indexOf('\n', rest);
    const end = Math.min(rest + CHUNK_BYTES, newline === -1 ? text.length : newline + 1);
    const read = text.slice(rest, end);
    const chunk = isFirst ? read.replace(/^\u00ef\u00bb\u00bf/, '') : read;
    if (chunk === '' && !isOpen) return;
    rest = end;
    const cut = chunk.replace(/[\r\n]+$/, '');
    isOpen = chunk !== '' && cut === chunk;
    line += cut;
    if (!isOpen && /(?<!\\)\\$/.test(line)) {
      line = line.slice(0, -1);
      isOpen = true;
    }
    if (isOpen) continue;
    yield line;
    line = '';
  }
}
