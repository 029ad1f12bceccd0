// Values that a hostile or a mistaken caller hands in: wrong types, buffers that are gone, shared or shrink, proxies and
// getters that throw, callbacks that throw or come back.

import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import type { Pool } from './pool.ts';
import {
  pick,
  type Random,
  randomBigint,
  randomBytes,
  randomDate,
  randomNumber,
  randomText,
} from './random-values.ts';
import type { Class } from './surface.ts';

/** A value, and a word for it that runs none of its code. */
export interface Labelled {
  readonly label: string;
  readonly value: unknown;
}

/** What callbacks, getters and proxies of the fuzzer throw: whoever called them may let it through. */
export const thrownByCaller = Object.assign(new Error('thrown by the caller'), { name: 'CallerError' });

function throwing(): never {
  throw thrownByCaller;
}

export interface HostileSources {
  readonly random: Random;
  readonly pool: Pool;
  readonly classes: readonly Class[];
  /** Makes some other call, as a callback that comes back does. */
  readonly reenter: () => unknown;
}

type Make = (sources: HostileSources) => unknown;

const keyPair = generateKeyPairSync('ed25519');

/** Reasons of the signals that are handed in: an aborted call throws them. */
export const abortReasons: ReadonlySet<unknown> = new Set([thrownByCaller, AbortSignal.abort().reason]);

const plain: readonly Make[] = [
  () => undefined,
  () => null,
  () => true,
  () => Symbol('fuzz'),
  () => ({}),
  () => Object.create(null),
  () => [],
  () => /a/,
  () => new Map([['a', 1]]),
  () => Promise.resolve(1),
  // biome-ignore lint/suspicious/noThenProperty: a thenable is one of the things that callers hand in
  () => ({ then: throwing }),
  () => class Stranger {},
  () => keyPair.privateKey,
  () => keyPair.publicKey,
  () => createSecretKey(Buffer.from('secret')),
  () => AbortSignal.abort(thrownByCaller),
  ({ random }) => randomNumber(random),
  ({ random }) => randomBigint(random),
  ({ random }) => randomText(random),
  ({ random }) => randomDate(random),
  ({ random }) => randomBytes(random),
  ({ pool }) => pool.anyObject(),
  ({ pool }) => pool.handle(),
  ({ pool }) => [pool.anyObject(), pool.anyObject()],
  ({ classes, random }) => pick(random, classes),
];

/** Views of memory that is gone, shared, or changes its size. */
const buffers: readonly Make[] = [
  ({ random }) => detached(randomBytes(random)),
  ({ random }) => {
    const bytes = randomBytes(random);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    return shared;
  },
  ({ pool }) => shrunk(pool.bytes() ?? new Uint8Array(64), 8),
  ({ pool }) => shrunk(pool.bytes() ?? new Uint8Array(64), 0),
  () => new Uint16Array(8),
  () => new Float64Array(2),
  () => new DataView(new ArrayBuffer(8)),
  () => new ArrayBuffer(8),
  () => new Uint8ClampedArray(8),
  () => Object.create(Uint8Array.prototype),
  () => Object.setPrototypeOf(new Uint16Array(4), Uint8Array.prototype),
  ({ random }) => Object.defineProperty(randomBytes(random), 'length', { value: 2 ** 16 }),
  ({ random }) => Object.defineProperty(randomBytes(random), 'byteLength', { get: throwing }),
  ({ random }) => new Proxy(randomBytes(random), {}),
  () => Buffer.alloc(1 << 20, 0x30),
];

const deceitful: readonly Make[] = [
  () => new Proxy({}, throwingTraps),
  () => new Proxy([], throwingTraps),
  () => new Proxy(() => 'x', throwingTraps),
  () => revoked({}),
  () => revoked(() => 'x'),
  ({ pool }) => new Proxy(pool.anyObject() ?? {}, {}),
  ({ pool }) => new Proxy(pool.anyObject() ?? {}, throwingTraps),
  ({ pool }) => Object.create(pool.anyObject() ?? null),
  ({ classes, random }) => Object.create(pick(random, classes).prototype as object),
  ({ classes, pool, random }) => disguised(pool.take() ?? {}, pick(random, classes)),
  ({ pool }) => structuredCloneOf(pool.anyObject()),
  ({ pool }) => structuredCloneOf(pool.handle()),
  () => ({ toString: throwing, valueOf: throwing, toJSON: throwing, [Symbol.toPrimitive]: throwing }),
  () => ({
    [Symbol.iterator]: throwing,
    get length(): number {
      return throwing();
    },
  }),
  ({ pool }) => endless(pool),
  () => Object.assign([], { length: 2 ** 16 }),
];

const callbacks: readonly Make[] = [
  () => throwing,
  () => async () => throwing(),
  () => () => undefined,
  () => () => Promise.resolve('x'),
  ({ random }) =>
    () =>
      randomText(random),
  ({ random }) =>
    () =>
      randomBytes(random),
  (sources) => () => hostileValue(sources, 1).value,
  ({ reenter }) => reenter,
  ({ reenter }) =>
    () => {
      reenter();
      return 'password';
    },
];

const kinds = { plain, buffer: buffers, deceit: deceitful, callback: callbacks } as const;

/** Any hostile value; `depth` bounds what is nested. */
export function hostileValue(sources: HostileSources, depth = 0): Labelled {
  const { random } = sources;
  if (depth < 2 && random(12) === 0) return hostileObject(sources, depth);
  const name = pick(random, ['plain', 'plain', 'plain', 'buffer', 'deceit', 'callback'] as const);
  const index = random(kinds[name].length);
  return { label: `${name}#${index}`, value: kinds[name][index]?.(sources) };
}

/** An object with entries of any kind, some behind getters that throw or answer something else each time. */
function hostileObject(sources: HostileSources, depth: number): Labelled {
  const { random } = sources;
  const value: Record<string, unknown> = {};
  for (let count = random(4); count > 0; count--) {
    const read = () => hostileValue(sources, depth + 1).value;
    setEntry(sources, value, randomText(random), read);
  }
  return { label: 'object', value };
}

/** Puts a value into an object: as it is, or behind a getter. */
export function setEntry(
  { random }: HostileSources,
  target: Record<string, unknown>,
  key: string,
  read: () => unknown,
): void {
  const how = random(12);
  const get = how === 0 ? throwing : how === 1 ? read : undefined;
  const descriptor = get === undefined ? { value: read(), writable: true } : { get };
  Object.defineProperty(target, key, { ...descriptor, enumerable: true, configurable: true });
}

const trapNames = [
  'get',
  'set',
  'has',
  'ownKeys',
  'getPrototypeOf',
  'getOwnPropertyDescriptor',
  'apply',
  'construct',
];
const throwingTraps: ProxyHandler<object> = Object.fromEntries(trapNames.map((name) => [name, throwing]));

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

export function detached(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  structuredClone(copy.buffer, { transfer: [copy.buffer] });
  return copy;
}

/** A view of a buffer that has become smaller since: `keptBytes` are left of it. */
function shrunk(bytes: Uint8Array, keptBytes: number): Uint8Array {
  const Resizable = ArrayBuffer as unknown as new (
    size: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize(size: number): void };
  const buffer = new Resizable(bytes.length + keptBytes, { maxByteLength: bytes.length + keptBytes });
  const view = keptBytes % 2 === 0 ? new Uint8Array(buffer) : new Uint8Array(buffer, 1);
  view.set(bytes.subarray(0, view.length));
  buffer.resize(keptBytes);
  return view;
}

/** The object itself, which claims from now on to be of another class. */
function disguised(object: object, owner: Class): object {
  try {
    return Object.setPrototypeOf(object, owner.prototype as object) as object;
  } catch {
    return object; // frozen
  }
}

/** What another thread would be sent: handles and functions cannot be. */
function structuredCloneOf(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch (error) {
    return error;
  }
}

/** An array whose elements are another object each time that they are read. */
function endless(pool: Pool): unknown {
  return new Proxy([1, 2, 3], {
    get: (target, key) => (key === '0' ? pool.anyObject() : Reflect.get(target, key)),
  });
}
