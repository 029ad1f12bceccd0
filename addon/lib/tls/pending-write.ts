// What a stream was given to send, until all of it was handed to OpenSSL.

type Done = (error?: Error | null) => void;

/** Small pieces that are written at once are sent as one. */
const joinedBytes = 16384;

export class PendingWrite {
  /** Is called when all of it was sent. */
  readonly done: Done;
  readonly #pieces: readonly Uint8Array[];
  #index = 0;
  #offset = 0;

  constructor(pieces: readonly Uint8Array[], done: Done) {
    this.#pieces = pieces;
    this.done = done;
  }

  /**
   * Writes as much as can be written now.
   * @param write - writes a piece from an offset on: how many bytes it took, or an outcome below 0
   * @returns that outcome; 0 when nothing is left
   */
  goOn(write: (piece: Uint8Array, offset: number) => number): number {
    for (; this.#index < this.#pieces.length; this.#index++, this.#offset = 0) {
      const piece = this.#pieces[this.#index] as Uint8Array;
      while (this.#offset < piece.length) {
        const count = write(piece, this.#offset);
        if (count < 0) return count;
        this.#offset += count;
      }
    }
    return 0;
  }
}

/** Joins small pieces with those that follow, so that each becomes no record of its own. */
export function joined(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const all: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  let size = 0;
  const flush = () => {
    if (small.length > 0)
      all.push(small.length === 1 ? (small[0] as Uint8Array) : Buffer.concat(small, size));
    small = [];
    size = 0;
  };
  for (const piece of pieces) {
    if (size + piece.length > joinedBytes) flush();
    small.push(piece);
    size += piece.length;
  }
  flush();
  return all;
}
