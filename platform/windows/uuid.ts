// Identifiers that follow from a name: RFC 9562, section 5.5 (UUIDv5). Windows Installer wants one for nearly everything, and
// a random one would make two builds differ.

import { createHash } from 'node:crypto';

/** Our own namespace, drawn once. Changing it would hide every earlier installation from newer packages. */
const namespace = Buffer.from('6d0f3c1ab5e24f0f9c5b7a1f2e84d963', 'hex');

/** The identifier of a name, as Windows Installer writes it: upper case, in braces. */
export function uuidOf(name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex').toUpperCase();
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `{${parts.join('-')}}`;
}
