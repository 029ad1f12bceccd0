// ALPN's list of protocols, RFC 7301 section 3.1: each behind its length.

import { bytesOrText, requireIterable } from '../crypto/arguments.ts';

/** @throws {TypeError | RangeError} none at all, or one that is empty or longer than 255 bytes */
export function protocolBytes(protocols: unknown): Buffer {
  const list = [...requireIterable(protocols, 'an iterable of strings or Uint8Arrays', 'protocols')].map(
    (protocol, index) => protocolOf(protocol, `protocols[${index}]`),
  );
  if (list.length === 0) throw new RangeError('Expected at least one protocol for protocols, got none');
  return Buffer.concat(list.flatMap((protocol) => [Buffer.of(protocol.length), protocol]));
}

function protocolOf(value: unknown, name: string): Uint8Array {
  const bytes = bytesOrText(value, name);
  if (bytes.length >= 1 && bytes.length <= 255) return bytes;
  throw new RangeError(`Expected 1 to 255 bytes for ${name}, got ${bytes.length}`);
}

/** The other way round, for a list that OpenSSL has checked. */
export function protocolsOf(bytes: Buffer): readonly Buffer[] {
  const list: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 1 + (bytes[at] ?? 0)) {
    list.push(bytes.subarray(at + 1, at + 1 + (bytes[at] ?? 0)));
  }
  return list;
}
