// What the text above a certificate calls it and says about it. Every program that writes bundles has its own way.

/** Ways to say it outright, the last one above the certificate wins; `#` and blanks in front are gone. */
const namePatterns: readonly RegExp[] = [
  /^friendlyName: *(.+)$/, // openssl pkcs12
  /^Label: *"?(.+?)"?$/, // certifi
  /^alias *= *"?(.+?)"?$/, // certdata2pem
  /^Alias name: *(.+)$/, // keytool -list -rfc
];

/**
 * Finds the name in the lines above a certificate: said outright, underlined (`mk-ca-bundle`), or alone in a comment.
 * @param header - the lines, from the block before down to BEGIN
 * @returns the name, or undefined where the lines give none; a subject is no name, the certificate itself has it
 */
export function findHeaderName(header: readonly string[]): string | undefined {
  const lines = header.map(plainText);
  return findNamed(lines) ?? findUnderlined(lines) ?? findLoneComment(header, lines);
}

/**
 * Finds the description: a line that says it outright, as our own bundles have it, or else the last paragraph.
 * @param name - the name that was found: it and its underline are no part of a description
 * @returns undefined where nothing stands there
 */
export function findHeaderDescription(
  header: readonly string[],
  name: string | undefined,
): string | undefined {
  const lines = header.map(plainText);
  const [, outright] = /^Description: *(.+)$/m.exec(lines.join('\n')) ?? [];
  if (outright !== undefined) return outright;
  const end = lines.findLastIndex((line) => line !== '') + 1;
  const start = lines.slice(0, end).lastIndexOf('') + 1;
  const paragraph = lines.slice(start, end).filter((line) => line !== name && !/^=+$/.test(line));
  return paragraph.join('\n') || undefined;
}

function plainText(line: string): string {
  return line.replace(/^[\s#]+/, '').trimEnd();
}

function findNamed(lines: readonly string[]): string | undefined {
  for (const line of lines.toReversed()) {
    for (const pattern of namePatterns) {
      const [, name] = pattern.exec(line) ?? [];
      if (name !== undefined && name !== '<No Values>') return name;
    }
  }
  return undefined;
}

function findUnderlined(lines: readonly string[]): string | undefined {
  const index = lines.findLastIndex((line) => /^={3,}$/.test(line));
  return lines[index - 1] || undefined;
}

/** One comment line directly above BEGIN: two or more are prose, and `key: value` or `key=value` is no name. */
function findLoneComment(header: readonly string[], lines: readonly string[]): string | undefined {
  const isComment = (line: string | undefined): boolean => line !== undefined && /^\s*#/.test(line);
  if (!isComment(header.at(-1)) || isComment(header.at(-2))) return undefined;
  const text = lines.at(-1) ?? '';
  return /[:=]/.test(text) ? undefined : text || undefined;
}
