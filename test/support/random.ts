// Seeded chance: the same seed gives the same changes, so that a failure can be repeated.

/** Answers numbers from 0 to `limit` - 1 (mulberry32). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Bytes with a few changes: flipped and replaced bytes, a cut, a part that stands twice, a part that is gone. */
export function mutate(bytes: Uint8Array, random: (limit: number) => number): Buffer {
  let out = Buffer.from(bytes);
  for (let changes = 1 + random(4); changes > 0 && out.length > 0; changes--) {
    const at = random(out.length);
    const length = 1 + random(Math.min(64, out.length - at));
    const kind = random(6);
    if (kind === 0) out[at] = (out[at] ?? 0) ^ (1 << random(8));
    else if (kind === 1) out[at] = random(256);
    else if (kind === 2) out = out.subarray(0, at);
    else if (kind === 3) out = Buffer.concat([out.subarray(0, at + length), out.subarray(at)]);
    else if (kind === 4) out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
    else out.fill(random(2) * 0xff, at, at + length);
  }
  return out;
}
