// Arguments that contexts and connections share.

import { readFileSync } from 'node:fs';
import { requireInteger, requireText, wrongArgument } from '../crypto/arguments.ts';
import { OpenSSLError } from '../openssl-error.ts';

/** The largest number that OpenSSL's int holds. */
export const maxInteger = 2 ** 31 - 1;

export function requireVerifyMode(mode: unknown): number {
  return requireInteger(mode, 'mode', 0, 7);
}

export function requireFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') throw wrongArgument('a function', name, value, false);
}

/** Bits joined with `|`, whose 32nd JavaScript takes for a sign. */
export function requireBits(value: unknown, name: string): number {
  const bits = requireInteger(value, name, -(2 ** 31), 2 ** 36 - 1);
  return bits < 0 ? bits + 2 ** 32 : bits;
}

/**
 * Reads the file that an argument names.
 * @throws {OpenSSLError} ERR_FILE it cannot be read
 */
export function readFileNamed(value: unknown, name: string): Buffer {
  const file = requireText(value, name);
  try {
    return readFileSync(file);
  } catch (cause) {
    const { message } = cause as Error;
    throw new OpenSSLError(`reading ${name}: ${message}`, [], { code: 'ERR_FILE', cause });
  }
}
