// Work that is done several at once, but not all.

/** The others wait, the first to come first. */
export class Turns {
  #free: number;
  #waiting: readonly (() => void)[] = [];

  /** @param limit - how many at once */
  constructor(limit: number) {
    this.#free = limit;
  }

  /**
   * Does something when it is its turn.
   * @throws what it throws; `signal.reason` where that was aborted before its turn
   */
  async run<Result>(work: () => Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    await this.#turn(signal);
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      this.#free++;
      this.#next();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting = this.#waiting.filter((one) => one !== begin);
        reject(signal?.reason);
      };
      this.#waiting = [...this.#waiting, begin];
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#next();
    });
  }

  #next(): void {
    const [first, ...others] = this.#waiting;
    if (first === undefined || this.#free === 0) return;
    this.#free--;
    this.#waiting = others;
    first();
  }
}
