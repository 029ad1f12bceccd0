// One round in a process of its own: so many calls out of one seed. Whatever is neither a result nor an error that the
// library may throw ends it with exit status 1 and the call on stderr.
//
//   node --expose-gc --import tsx round.ts <options as JSON>, with a journal at descriptor 3

import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';
import { randomNumbers } from '../../support/random.ts';
import { type Call, firstCalls, nextCall, reentrantCall } from '../calls.ts';
import { Expectations } from '../expectations.ts';
import type { FittingSources } from '../fitting-values.ts';
import { journal } from '../journal.ts';
import { isErrorClass, type Judge, type Library, type OpenedLibrary, openLibrary } from '../judge.ts';
import { pemBodies } from '../pem-bodies.ts';
import { Pool } from '../pool.ts';
import { pick, type Random } from '../random-values.ts';
import type { Surface } from '../surface.ts';
import { handshakes } from './handshakes.ts';

export interface RoundOptions extends Library {
  readonly seed: number;
  readonly calls: number;
  /** How long calls are made, from the first one on. */
  readonly seconds: number;
  /** Folder of files that are handed to what reads. */
  readonly corpus: string;
}

/** What a round answers on stdout. */
export interface RoundResult {
  readonly calls: number;
  /** Of each entry: how often it was called, and how often it returned. */
  readonly entries: Readonly<Record<string, readonly [called: number, returned: number]>>;
}

class Round {
  readonly #options: RoundOptions;
  readonly #surface: Surface;
  readonly #judge: Judge;
  readonly #sources: FittingSources;
  readonly #counts = new Map<string, [called: number, returned: number]>();
  readonly #shakeHands: (() => readonly object[]) | undefined;
  readonly #pending = new Set<Promise<void>>();
  #depth = 0;
  #calls = 0;

  constructor(options: RoundOptions, { surface, judge, exported }: OpenedLibrary) {
    this.#options = options;
    this.#surface = surface;
    this.#judge = judge;
    const random = randomNumbers(options.seed);
    const { classes, constants } = surface;
    this.#shakeHands = handshakes(exported, random);
    this.#sources = {
      random,
      pool: new Pool(
        random,
        classes.filter((owner) => !isErrorClass(owner)),
      ),
      classes,
      constants,
      corpus: readCorpus(options.corpus, random),
      expectations: new Expectations(),
      proven: new Map(),
      reenter: () => this.#reenter(),
    };
  }

  /** What a callback of the caller does: another call, whatever comes of it, and not for ever. */
  #reenter(): unknown {
    if (this.#depth > 2) return undefined;
    this.#depth++;
    try {
      const value = reentrantCall(this.#sources, this.#surface);
      if (types.isPromise(value) && !types.isProxy(value))
        this.#await(
          value,
          () => {},
          (error) => this.#judge.acceptError(error, 'a call of a callback'),
        );
      return value;
    } finally {
      this.#depth--;
    }
  }

  async run(): Promise<RoundResult> {
    const { calls, seconds } = this.#options;
    const endMs = Date.now() + seconds * 1000;
    const first = firstCalls(this.#sources, this.#surface);
    while (this.#calls < calls && Date.now() < endMs) {
      this.#make(first.next().value ?? nextCall(this.#sources, this.#surface));
      if (this.#sources.random(500) === 0) globalThis.gc?.();
      if (this.#calls % 200 === 0)
        for (const made of this.#shakeHands?.() ?? []) this.#sources.pool.add(made, 'a handshake');
      // now and then what was started is awaited, so that it overlaps with other calls
      if (this.#pending.size > this.#sources.random(8)) await Promise.all(this.#pending);
      if (this.#calls % 256 === 0) await new Promise(setImmediate);
    }
    await Promise.all(this.#pending);
    return { calls: this.#calls, entries: Object.fromEntries(this.#counts) };
  }

  #make(call: Call): void {
    this.#calls++;
    const label = `call ${this.#calls}: ${call.label}`;
    journal(label);
    const count = this.#counts.get(call.entry?.name ?? '') ?? [0, 0];
    if (call.entry !== undefined) this.#counts.set(call.entry.name, count);
    count[0]++;
    const returned = (value: unknown) => {
      count[1]++;
      call.returned?.();
      listenTo(value);
      this.#sources.pool.add(value, call.entry?.name ?? 'properties');
    };
    const threw = (error: unknown) => {
      const message = this.#judge.acceptError(error, label);
      if (call.entry !== undefined && message !== undefined)
        this.#sources.expectations.learn(call.entry, message);
    };
    try {
      const value = call.run();
      if (types.isPromise(value) && !types.isProxy(value)) this.#await(value, returned, threw);
      else returned(value);
    } catch (error) {
      threw(error);
    }
    this.#judge.requireEmptyQueue(label);
  }

  #await(
    promise: Promise<unknown>,
    returned: (value: unknown) => void,
    threw: (error: unknown) => void,
  ): void {
    const settled: Promise<void> = Promise.prototype.then.call(promise, returned, threw).then(() => {
      this.#pending.delete(settled);
    });
    this.#pending.add(settled);
  }
}

/** A stream that fails when nobody listens ends any process. One that earlier calls have spoiled cannot be listened to. */
function listenTo(value: unknown): void {
  if (types.isProxy(value) || !(value instanceof EventEmitter)) return;
  try {
    value.on('error', () => {});
  } catch {}
}

const filesOfKind = 4;

/** Some files of every kind (the first word of PEM in them), and of PEM what is encoded in it. */
function readCorpus(folder: string, random: Random): readonly Uint8Array[] {
  const kinds = new Map<string, Buffer[]>();
  for (const name of readdirSync(folder).sort()) {
    const bytes = readFileSync(path.join(folder, name));
    const kind = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(bytes.toString('latin1'))?.[1] ?? path.extname(name);
    kinds.set(kind, [...(kinds.get(kind) ?? []), bytes]);
  }
  const chosen = [...kinds.values()].flatMap((files) =>
    Array.from({ length: filesOfKind }, () => pick(random, files)),
  );
  return chosen.flatMap((bytes) => [bytes, ...pemBodies(bytes)]);
}

const options = JSON.parse(process.argv[2] ?? '{}') as RoundOptions;
const round = new Round(options, await openLibrary(options));
process.stdout.write(JSON.stringify(await round.run()));
process.exit(0);
