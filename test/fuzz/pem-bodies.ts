// What is encoded in PEM.

/** The DER of every block that is not encrypted. */
export function pemBodies(bytes: Buffer): Buffer[] {
  const blocks = bytes.toString('latin1').matchAll(/-----BEGIN [^-]+-----([^-:]+)-----END/g);
  return [...blocks].map(([, body = '']) => Buffer.from(body, 'base64'));
}
