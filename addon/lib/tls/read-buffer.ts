// Where the streams of this thread read to.

/** What was read is handed on as it is from this size on; what is smaller is copied, so that nothing large is kept for it. */
const handedOnBytes = 16384;
const sizeBytes = 65536;

/** Every read goes here first. */
let shared: Buffer | undefined;

/** The place to read to. Nothing else may be read before {@link takeRead} has taken it. */
export function readBuffer(): Buffer {
  shared ??= Buffer.allocUnsafeSlow(sizeBytes);
  return shared;
}

/** What was read: the first bytes of {@link readBuffer}, which is another one from then on where they are many. */
export function takeRead(buffer: Buffer, count: number): Buffer {
  if (count >= handedOnBytes) {
    if (shared === buffer) shared = undefined;
    return buffer.subarray(0, count);
  }
  const copy = Buffer.allocUnsafeSlow(count);
  buffer.copy(copy, 0, 0, count);
  return copy;
}
