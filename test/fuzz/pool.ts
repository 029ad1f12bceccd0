// What calls have returned, to be arguments and receivers of later calls: objects by class, handles, bytes and texts. Each
// kind is kept by what made it, so that a key out of a file comes up as often as an empty one. Bounded, so that old ones are
// collected.

import { types } from 'node:util';
import { pick, type Random } from './random-values.ts';
import type { Class } from './surface.ts';

const capacity = 12;

/** Values of one kind. */
class Shelf<Item> {
  readonly #random: Random;
  readonly #made = new Map<string, Item[]>();

  constructor(random: Random) {
    this.#random = random;
  }

  add(maker: string, item: Item): void {
    const kept = this.#made.get(maker) ?? [];
    this.#made.set(maker, kept);
    if (kept.length < capacity) kept.push(item);
    else kept[this.#random(capacity)] = item;
  }

  /** One of any maker, or of one whose name has a word in it; undefined while there is none. */
  one(word = ''): Item | undefined {
    const makers = [...this.#made].filter(([maker]) => maker.toLowerCase().includes(word.toLowerCase()));
    return makers.length === 0 ? undefined : pick(this.#random, pick(this.#random, makers)[1]);
  }

  remove(item: Item): void {
    for (const [maker, kept] of this.#made) {
      const left = kept.filter((each) => each !== item);
      if (left.length > 0) this.#made.set(maker, left);
      else this.#made.delete(maker);
    }
  }
}

export class Pool {
  readonly #objects: ReadonlyMap<Class, Shelf<object>>;
  readonly #handles: Shelf<unknown>;
  readonly #bytes: Shelf<Uint8Array>;
  readonly #texts: Shelf<string>;
  readonly #random: Random;

  constructor(random: Random, classes: readonly Class[]) {
    this.#random = random;
    this.#objects = new Map(classes.map((owner) => [owner, new Shelf<object>(random)]));
    [this.#handles, this.#bytes, this.#texts] = [new Shelf(random), new Shelf(random), new Shelf(random)];
  }

  /**
   * Keeps a value if it is of use, and what arrays hold.
   * @param maker - name of what returned it
   */
  add(value: unknown, maker: string, depth = 0): void {
    if (typeof value === 'string') {
      if (value.length < 20_000) this.#texts.add(maker, value);
    } else if (types.isExternal(value)) this.#handles.add(maker, value);
    else if (types.isProxy(value) || typeof value !== 'object' || value === null) return;
    else if (types.isUint8Array(value)) {
      const bytes = copyOf(value);
      if (bytes.length > 0 && bytes.length < 20_000) this.#bytes.add(maker, bytes);
    } else if (types.isGeneratorObject(value)) {
      for (const part of firstOf(value)) this.add(part, maker, 2);
    } else if (Array.isArray(value)) {
      if (depth < 2) for (const part of value.slice(0, 4)) this.add(part, maker, depth + 1);
    } else {
      for (const [owner, shelf] of this.#objects) if (isInstance(value, owner)) shelf.add(maker, value);
    }
  }

  /** Takes an object out, for somebody who will spoil it. */
  take(): object | undefined {
    const object = this.anyObject();
    if (object !== undefined) for (const shelf of this.#objects.values()) shelf.remove(object);
    return object;
  }

  /** An object of a class, or undefined while there is none. */
  object(owner: Class): object | undefined {
    return this.#objects.get(owner)?.one();
  }

  /** An object of any class; undefined where that class has none yet. */
  anyObject(): object | undefined {
    return this.#objects.size === 0 ? undefined : pick(this.#random, [...this.#objects.values()]).one();
  }

  /** @param word - what it is called as an argument, `key`: mostly what makes such things has that in its name */
  handle(word = ''): unknown {
    return (this.#random(4) > 0 ? this.#handles.one(word) : undefined) ?? this.#handles.one();
  }

  /** @param word - what they are of, `Crl` */
  bytes(word = ''): Uint8Array | undefined {
    return (this.#random(2) > 0 ? this.#bytes.one(word) : undefined) ?? this.#bytes.one();
  }

  text(): string | undefined {
    return this.#texts.one();
  }
}

/** What a property may give back is a buffer that is gone, or one that says something else of itself. */
function copyOf(bytes: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch {
    return new Uint8Array();
  }
}

/** The first values of what is made one after the other; none where that throws. */
function firstOf(generator: object): unknown[] {
  try {
    const iterator = generator as Iterator<unknown>;
    return [iterator.next(), iterator.next()].map(({ value }) => value);
  } catch {
    return [];
  }
}

/** Without calling what a class may have put in the place of instanceof. */
function isInstance(value: object, owner: Class): boolean {
  try {
    return Object.prototype.isPrototypeOf.call(owner.prototype as object, value);
  } catch {
    return false;
  }
}
