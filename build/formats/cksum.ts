// The checksum of cksum(1): CRC-32 with the polynomial 0x04C11DB7, highest bit first, over the bytes and then their number,
// lowest byte first without leading zeros. Source: POSIX.1-2017, cksum.

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let remainder = index << 24;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = remainder < 0 ? (remainder << 1) ^ 0x04c1_1db7 : remainder << 1;
  }
  return remainder >>> 0;
});

/** The checksum, as an unsigned number of 32 bits. */
export function cksum(bytes: Uint8Array): number {
  let crc = 0;
  const feed = (byte: number) => {
    crc = (crc << 8) ^ (table[(crc >>> 24) ^ byte] ?? 0);
  };
  for (const byte of bytes) feed(byte);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) feed(length % 256);
  return ~crc >>> 0;
}
