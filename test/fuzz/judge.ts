// What may come of a call: a result, an error that the library is meant to throw, or what the caller's own code threw; and
// nothing is left in OpenSSL's error queue.

import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { abortReasons } from './hostile-values.ts';
import { type Class, type Surface, surfaceOf } from './surface.ts';

export interface Library {
  /** Address of a module. */
  readonly module: string;
  /** The addon's binary, whose functions are called as well. */
  readonly binary: string | undefined;
}

interface Queue {
  drainErrors(): readonly unknown[];
}

/**
 * These change what the whole process works with, which no caller of the package can; or write random bytes to a path, which may be
 * that of a file of the package, out of an earlier call; or take over a socket of the process's own.
 */
const skipped = new Set([
  'rand.writeFile',
  'native.randWriteFile',
  'native.setErrorClass',
  'native.connectionUseDescriptor',
  'native.applyConfiguration',
  'native.drainErrors',
  'drainErrors',
]);

export interface OpenedLibrary {
  readonly surface: Surface;
  readonly judge: Judge;
  /** What the module exports. */
  readonly exported: object;
}

/** Loads what is to be called. A module without a binary may say itself what is left in the queue. */
export async function openLibrary({ module, binary }: Library): Promise<OpenedLibrary> {
  process.on('uncaughtException', (error) => fail(`an uncaught exception: ${error?.stack ?? error}`));
  process.on('unhandledRejection', (error) => {
    // an async callback of the caller's own
    if (!abortReasons.has(error)) fail(`an unhandled rejection: ${describe(error)}`);
  });
  const exported = (await import(module)) as object & Partial<Queue>;
  const native = binary === undefined ? undefined : (createRequire(import.meta.url)(binary) as Queue);
  const surface = surfaceOf({ ...exported, ...(native === undefined ? {} : { native }) }, skipped);
  return {
    exported,
    surface,
    judge: new Judge(surface, native ?? { drainErrors: () => exported.drainErrors?.() ?? [] }),
  };
}

export class Judge {
  readonly #errors: readonly Class[];
  readonly #queue: Queue;

  constructor({ classes }: Surface, queue: Queue) {
    this.#errors = [TypeError, RangeError, ...classes.filter(isErrorClass)];
    this.#queue = queue;
  }

  /**
   * Ends the process where a call threw what it may not throw.
   * @returns the message where the library threw, undefined where it was the caller's own code
   */
  acceptError(error: unknown, label: string): string | undefined {
    if (abortReasons.has(error) || isOfNetwork(error)) return undefined;
    if (this.#errors.some((owner) => error instanceof owner)) return (error as Error).message;
    return fail(`${label}\nthrew what it may not throw: ${describe(error)}`);
  }

  /** Ends the process where a call left something in the error queue. */
  requireEmptyQueue(label: string): void {
    const left = this.#queue.drainErrors();
    if (left.length > 0) fail(`${label}\nleft in the error queue: ${JSON.stringify(left)}`);
  }
}

export function isErrorClass(owner: Class): boolean {
  return owner.prototype instanceof Error;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function fail(text: string): never {
  writeSync(2, `${text}\n`);
  process.exit(1);
}

/** What node says where nobody listens, or nobody has that name: the caller's own choice of an address. */
function isOfNetwork(error: unknown): boolean {
  const { syscall, errors = [] } = error as {
    readonly syscall?: unknown;
    readonly errors?: readonly unknown[];
  };
  return (
    ['connect', 'getaddrinfo'].includes(syscall as string) || (errors.length > 0 && errors.every(isOfNetwork))
  );
}
