// What is to be passed, learnt from what errors say: `Expected an X509 for certificate, got null` names the parameter and
// what it takes, `Expected cipher, passphrase in options, got x` the entries of an object. So calls become half right, and
// then right, without a list of the API.

import type { Entry } from './surface.ts';

const argumentPattern = /^Expected (?<what>.+?) for (?<name>[\w$.]+)(?: with [\w ]+)?(?:,|$)/s;
const optionsPattern = /^Expected (?<keys>[\w$]+(?:, [\w$]+)*) in (?<name>[\w$.]+), got/s;

/** At most so many sayings are kept of one parameter: an error may quote what it was handed. */
const kept = 12;

export class Expectations {
  readonly #wanted = new Map<string, Set<string>>();
  readonly #keys = new Map<string, Set<string>>();

  /** Reads the message of an error that an entry threw. */
  learn(entry: Entry, message: string): void {
    const text = message.slice(0, 2000);
    const options = optionsPattern.exec(text)?.groups;
    if (options?.name !== undefined) {
      for (const key of options.keys?.split(', ') ?? [])
        remember(this.#keys, `${entry.name} ${options.name}`, key);
      return;
    }
    const argument = argumentPattern.exec(text)?.groups;
    if (argument?.name === undefined || argument.what === undefined) return;
    remember(this.#wanted, `${entry.name} ${argument.name}`, argument.what);
    const [holder = '', key] = argument.name.split('.');
    if (key !== undefined) remember(this.#keys, `${entry.name} ${holder}`, key);
  }

  /** What was said to be wanted for a parameter, or for `parameter.key`. */
  wanted(entry: Entry, name: string): readonly string[] {
    return [...(this.#wanted.get(`${entry.name} ${name}`) ?? [])];
  }

  /** Names of arguments in the order in which they were complained about, which is mostly that of the arguments. */
  named(entry: Entry): readonly string[] {
    const start = `${entry.name} `;
    return [...this.#wanted.keys()]
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice(start.length));
  }

  /** Names of the entries that an object for a parameter may have. */
  keys(entry: Entry, name: string): readonly string[] {
    return [...(this.#keys.get(`${entry.name} ${name}`) ?? [])];
  }
}

function remember(map: Map<string, Set<string>>, place: string, saying: string): void {
  const sayings = map.get(place) ?? new Set();
  map.set(place, sayings);
  if (sayings.size < kept) sayings.add(saying);
}
