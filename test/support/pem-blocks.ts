// The blocks of a PEM file as DER, for files that hold several kinds.

/**
 * @param label - what must stand at the end of the label: `CERTIFICATE` also finds `TRUSTED CERTIFICATE`
 * @returns the bytes of each block, in the order of the file
 */
export function pemBlocks(text: string, label: string): Buffer[] {
  const block = new RegExp(`-----BEGIN (?:[A-Z0-9]+ )?${label}-----([^-]+)-----END`, 'g');
  return [...text.matchAll(block)].map(([, base64]) => Buffer.from(base64 as string, 'base64'));
}
