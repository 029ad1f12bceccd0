// One random call: what is called, on what, with what, and in which of the ways that JavaScript has.

import { inspect } from 'node:util';
import { argumentsFor, type FittingSources, rememberProven } from './fitting-values.ts';
import { hostileValue } from './hostile-values.ts';
import { pick, randomText } from './random-values.ts';
import type { Entry, Surface } from './surface.ts';

/** A call that is about to be made. */
export interface Call {
  /** What is called with what, for the journal. */
  readonly label: string;
  /** What learns from its errors. */
  readonly entry: Entry | undefined;
  readonly run: () => unknown;
  /** To be called when it has returned. */
  readonly returned?: () => void;
}

/** Chooses the next call. */
export function nextCall(sources: FittingSources, surface: Surface): Call {
  const { random } = sources;
  const kind = random(20);
  if (kind === 0) return useProperty(sources);
  if (kind === 1) return show(sources);
  // what has never returned is asked for more often, so that what needs its result comes up
  const unproven = surface.entries.filter(({ name }) => !sources.proven.has(name));
  if (kind < 7 && unproven.length > 0) return callEntry(sources, pick(random, unproven), true);
  return callEntry(sources, pick(random, surface.entries), random(3) === 0);
}

/** Calls that fill the pool, and teach what fits: every entry some times, those that read more often. */
export function* firstCalls(sources: FittingSources, { entries }: Surface): Generator<Call> {
  for (let turn = 0; turn < 8; turn++) {
    for (const entry of entries) {
      const times = /\bload\w+$/.test(entry.name) ? 24 : 1;
      for (let time = 0; time < times; time++) yield callEntry(sources, entry, true);
    }
  }
}

function callEntry(sources: FittingSources, entry: Entry, isMeek: boolean): Call {
  const args = argumentsFor(sources, entry, isMeek);
  const values = args.map(({ value }) => value);
  const [how, run] =
    entry.kind === 'constructor'
      ? construction(sources, entry, values, isMeek)
      : application(sources, entry, values, isMeek);
  const label = `${how}${entry.name}(${args.map((each) => each.label).join(', ')})`;
  return { label, entry, run, returned: () => rememberProven(sources, entry, args) };
}

type Way = readonly [how: string, run: () => unknown];

function construction(
  { random, classes }: FittingSources,
  { call }: Entry,
  args: unknown[],
  isMeek: boolean,
): Way {
  const kind = isMeek ? 9 : random(10);
  if (kind === 0) return ['without new ', () => Reflect.apply(call, undefined, args)];
  if (kind > 2) return ['new ', () => Reflect.construct(call, args)];
  const target = kind === 1 ? pick(random, classes) : class Derived {};
  return [`new with target ${target.name} `, () => Reflect.construct(call, args, target)];
}

function application(
  sources: FittingSources,
  { call, owner, isStatic }: Entry,
  args: unknown[],
  isMeek: boolean,
): Way {
  const { random, pool } = sources;
  const own = owner === undefined || isStatic ? owner : pool.object(owner);
  if (isMeek || random(10) > 0) return ['', () => Reflect.apply(call, own, args)];
  const { label, value } = hostileValue(sources);
  return [`on ${label} `, () => Reflect.apply(call, value, args)];
}

/** Reads, writes and removes properties, as careless callers and debuggers do. */
function useProperty(sources: FittingSources): Call {
  const { random, pool } = sources;
  const target = pool.anyObject() ?? {};
  const key = random(4) === 0 ? randomText(random) : (pick(random, propertiesOf(target)) ?? 'CN');
  const { label, value } =
    random(2) === 0 ? hostileValue(sources) : { label: 'text', value: randomText(random) };
  const ways: readonly Way[] = [
    ['get', () => Reflect.get(target, key)],
    ['set', () => Reflect.set(target, key, value)],
    ['set', () => Reflect.set(target, key, value)],
    ['delete', () => Reflect.deleteProperty(target, key)],
    ['define', () => Reflect.defineProperty(target, key, { value, configurable: true })],
    ['has', () => Reflect.has(target, key)],
    ['keys', () => Reflect.ownKeys(target)],
    ['freeze', () => Object.freeze(target)],
  ];
  const [how, run] = pick(random, ways);
  return { label: `property ${how} ${String(key).slice(0, 40)} ${label}`, entry: undefined, run };
}

function propertiesOf(target: object): readonly (string | symbol)[] {
  const keys: (string | symbol)[] = [];
  let level: object | null = target;
  try {
    for (let depth = 0; level !== null && depth < 3; depth++) {
      keys.push(...Reflect.ownKeys(level));
      level = Object.getPrototypeOf(level) as object | null;
    }
  } catch {
    // what claims to be of another class now may be a proxy of ours
  }
  return keys;
}

/** What a log or a test runner does with any object. */
function show({ random, pool }: FittingSources): Call {
  const target: unknown = pool.anyObject();
  const other: unknown = pool.anyObject();
  const ways: readonly Way[] = [
    ['inspect', () => inspect(target, { depth: 3, showHidden: random(2) === 0, getters: true })],
    ['JSON', () => JSON.stringify(target)],
    ['text', () => `${target}`],
    ['number', () => Number(target)],
    ['compare', () => (target as number) < (other as number)],
    ['entries', () => Object.entries(target ?? {})],
    ['iterate', () => [...(target as Iterable<unknown>)]],
    ['await', () => Promise.resolve(target)],
  ];
  const [how, run] = pick(random, ways);
  return { label: `show ${how}`, entry: undefined, run };
}

/** A call that a callback makes while another call runs: whatever comes of it. */
export function reentrantCall(sources: FittingSources, surface: Surface): unknown {
  return callEntry(sources, pick(sources.random, surface.entries), false).run();
}
