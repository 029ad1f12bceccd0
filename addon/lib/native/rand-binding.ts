// The functions of tsopenssl.node for random numbers.

export interface RandBinding {
  randBytes(count: number): Buffer;
  randAdd(buffer: Uint8Array, entropyBytes: number): void;
  randSeed(buffer: Uint8Array): void;
  randStatus(): boolean;
  /** Answers how many bytes it read; -1 stands for the whole file. */
  randLoadFile(path: string, maxBytes: number): number;
  randWriteFile(path: string): number;
}
