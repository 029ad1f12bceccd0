// Hands every file of a folder to everything that reads: whole, cut at every 64th byte and with bytes flipped, as PEM and as
// DER; and asks whatever is accepted for everything it has. Ends with exit status 1 at an error that may not be thrown.
//
//   node --expose-gc --import tsx corpus.ts <options as JSON>, with a journal at descriptor 3

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { journal } from '../journal.ts';
import { type Library, type OpenedLibrary, openLibrary } from '../judge.ts';
import { pemBodies } from '../pem-bodies.ts';
import type { Entry } from '../surface.ts';

export interface CorpusOptions extends Library {
  readonly corpus: string;
  /** Of the changed files only every so-manieth is handed over; 1 hands over all. Whole files always are. */
  readonly stride: number;
}

/** What the program answers on stdout. */
export interface CorpusResult {
  readonly files: number;
  /** Inputs: a file or a block of PEM, cut or changed. */
  readonly inputs: number;
  /** Of each reader: how often it accepted, and how often it refused. */
  readonly readers: Readonly<Record<string, readonly [accepted: number, refused: number]>>;
}

/** Time that one function or method has for all inputs. */
const enoughMs = 2000;

const pem = 1;
const der = 2;
const writable = [pem, der, 65535];

/** What a reader's parameter is handed, by its name; other parameters are left out. */
const bytesNames = /^(buffer|bytes|data|der|pem|spki|encoded|b64|base64|text)$/;

function isReader({ name, kind, isStatic, parameters }: Entry): boolean {
  const reads = kind === 'function' ? /^crypto\.load/ : /^crypto\.\w+\.from(?!Raw|KeyObject)/;
  return (
    (kind === 'function' || isStatic) && reads.test(name) && parameters.some((each) => bytesNames.test(each))
  );
}

class Corpus {
  readonly #library: OpenedLibrary;
  readonly #readers: readonly Entry[];
  readonly #writers: readonly Entry[];
  readonly #counts = new Map<string, [accepted: number, refused: number]>();
  readonly #spentMs = new Map<string, number>();
  readonly #stride: number;
  #inputs = 0;
  #changed = 0;
  #place = '';

  constructor(library: OpenedLibrary, stride: number) {
    this.#library = library;
    this.#stride = stride;
    const { entries } = library.surface;
    this.#readers = entries.filter(isReader);
    this.#writers = entries.filter(({ name }) => /^crypto\.dump\w+$/.test(name));
  }

  run(folder: string): CorpusResult {
    const names = readdirSync(folder).sort();
    for (const name of names) {
      const bytes = readFileSync(path.join(folder, name));
      this.#readChanged(name, bytes);
      for (const [place, body] of pemBodies(bytes).entries())
        this.#readChanged(`${name} block ${place}`, body);
      globalThis.gc?.();
    }
    return { files: names.length, inputs: this.#inputs, readers: Object.fromEntries(this.#counts) };
  }

  #readChanged(name: string, bytes: Buffer): void {
    this.#read(name, bytes);
    for (let end = 0; end < bytes.length; end += 64)
      if (this.#isTurn()) this.#read(`${name} cut at ${end}`, bytes.subarray(0, end));
    for (let at = 0; at < bytes.length; at += 97) {
      if (!this.#isTurn()) continue;
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      this.#read(`${name} flipped at ${at}`, flipped);
    }
  }

  #isTurn(): boolean {
    return this.#changed++ % this.#stride === 0;
  }

  #read(place: string, bytes: Buffer): void {
    this.#inputs++;
    this.#place = place;
    journal(place);
    for (const reader of this.#readers) {
      for (const type of reader.parameters.includes('type') ? [pem, der] : [der]) {
        const count = this.#counts.get(reader.name) ?? [0, 0];
        this.#counts.set(reader.name, count);
        const args = reader.parameters.map((name) =>
          name === 'type'
            ? type
            : bytesNames.test(name)
              ? bytes
              : name === 'passphrase'
                ? 'password'
                : undefined,
        );
        const value = this.#call(reader, reader.owner, args);
        count[value === undefined ? 1 : 0]++;
        if (value !== undefined) this.#use(value);
      }
    }
  }

  /** Asks for everything that can be had without an argument, and writes it in every form. */
  #use(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    inspect(value);
    for (const entry of this.#library.surface.entries) {
      if (entry.isStatic || entry.owner === undefined || entry.kind === 'setter') continue;
      if (entry.parameters.length === 0 && value instanceof entry.owner)
        this.#callSparingly(entry, value, []);
    }
    for (const writer of this.#writers) {
      for (const type of writable) this.#callSparingly(writer, undefined, [type, value]);
    }
  }

  /** What takes long, such as the check of a long key, is done for some of the inputs once its time is used up. */
  #callSparingly(entry: Entry, receiver: unknown, args: readonly unknown[]): void {
    const spentMs = this.#spentMs.get(entry.name) ?? 0;
    if (spentMs > enoughMs && this.#inputs % 64 > 0) return;
    const start = performance.now();
    this.#call(entry, receiver, args);
    this.#spentMs.set(entry.name, spentMs + performance.now() - start);
  }

  #call({ name, call }: Entry, receiver: unknown, args: readonly unknown[]): unknown {
    const label = `${this.#place}: ${name}`;
    let value: unknown;
    try {
      value = Reflect.apply(call, receiver, args);
    } catch (error) {
      this.#library.judge.acceptError(error, label);
    }
    this.#library.judge.requireEmptyQueue(label);
    return value;
  }
}

const options = JSON.parse(process.argv[2] ?? '{}') as CorpusOptions;
const corpus = new Corpus(await openLibrary(options), options.stride);
process.stdout.write(JSON.stringify(corpus.run(options.corpus)));
