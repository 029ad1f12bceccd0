// Everything that a module lets a caller call, found by looking: functions, classes with their static and their own members,
// in namespaces of any depth. New API is found without being listed.

/** What can be called, and what it says of itself. */
export interface Entry {
  /** `crypto.X509.prototype.digest`, `get crypto.X509Name.prototype.CN`, `new crypto.X509`. */
  readonly name: string;
  readonly kind: 'function' | 'constructor' | 'method' | 'getter' | 'setter';
  readonly call: (...args: unknown[]) => unknown;
  /** Names of its parameters, as its source has them; none for native functions. */
  readonly parameters: readonly string[];
  /** Of a method: the class whose objects have it. Of a static member: the class itself, its receiver. */
  readonly owner: Class | undefined;
  readonly isStatic: boolean;
}

export type Class = (abstract new (...args: never[]) => object) & { readonly name: string };

export interface Surface {
  readonly entries: readonly Entry[];
  readonly classes: readonly Class[];
  /** Exported numbers, strings and bigints by name: what arguments are meant to be. */
  readonly constants: ReadonlyMap<string, unknown>;
}

const classPattern = /^class\b/;

/** Walks a module's exports. Names in `skipped` are passed over, with what is below them. */
export function surfaceOf(module: object, skipped: ReadonlySet<string> = new Set()): Surface {
  const entries: Entry[] = [];
  const classes: Class[] = [];
  const constants = new Map<string, unknown>();
  const seen = new Set<unknown>();
  const walk = (value: unknown, name: string): void => {
    if (skipped.has(name)) return;
    if (typeof value === 'function') {
      if (seen.has(value)) return;
      seen.add(value);
      if (isClass(value)) addClass(value, name);
      else entries.push(entryOf(value as Entry['call'], 'function', name, undefined, false));
    } else if (typeof value === 'object' && value !== null && isNamespace(value) && !seen.has(value)) {
      seen.add(value);
      for (const [key, part] of Object.entries(value)) walk(part, name === '' ? key : `${name}.${key}`);
    } else if (['number', 'string', 'bigint'].includes(typeof value)) {
      constants.set(name.slice(name.lastIndexOf('.') + 1), value);
    }
  };
  const addClass = (value: Class, name: string): void => {
    classes.push(value);
    entries.push(entryOf(value as unknown as Entry['call'], 'constructor', name, value, true));
    // a class may have its members from classes that are not exported
    for (let made: unknown = value; isClass(made); made = Object.getPrototypeOf(made)) {
      if (made !== value && seen.has(made)) break;
      entries.push(...membersOf(made, value, name, true));
      entries.push(...membersOf(made.prototype as object, value, `${name}.prototype`, false));
    }
  };
  walk(module, '');
  return { entries, classes, constants };
}

/** Errors are made by whoever throws them, not handed in. */
function isClass(value: unknown): value is Class {
  return typeof value === 'function' && classPattern.test(Function.prototype.toString.call(value));
}

function isNamespace(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function membersOf(holder: object, owner: Class, name: string, isStatic: boolean): Entry[] {
  const descriptors = Object.getOwnPropertyDescriptors(holder) as Record<string | symbol, PropertyDescriptor>;
  return Reflect.ownKeys(descriptors).flatMap((key) => {
    if (key === 'constructor' || key === 'prototype') return [];
    const full = typeof key === 'symbol' ? `${name}[${String(key)}]` : `${name}.${key}`;
    const { value, get, set } = descriptors[key] ?? {};
    return [
      ...(typeof value === 'function' ? [entryOf(value, 'method', full, owner, isStatic)] : []),
      ...(get === undefined ? [] : [entryOf(get, 'getter', `get ${full}`, owner, isStatic)]),
      ...(set === undefined ? [] : [entryOf(set as Entry['call'], 'setter', `set ${full}`, owner, isStatic)]),
    ];
  });
}

function entryOf(
  call: Entry['call'],
  kind: Entry['kind'],
  name: string,
  owner: Class | undefined,
  isStatic: boolean,
): Entry {
  return { name, kind, call, parameters: parametersOf(call, kind), owner, isStatic };
}

/** Parameter names out of the source text; a parameter that is taken apart is called by its place. */
function parametersOf(call: Entry['call'], kind: Entry['kind']): string[] {
  const source = Function.prototype.toString.call(call);
  const text = kind === 'constructor' ? (/\bconstructor\s*(\([\s\S]*)$/.exec(source)?.[1] ?? '()') : source;
  const parts = splitTopLevel(text.slice(text.indexOf('(') + 1));
  return parts.map((part, place) => /^(?:\.\.\.)?([\w$]+)/.exec(part.trim())?.[1] ?? `#${place}`);
}

/** The parts between commas up to the closing parenthesis. */
function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    if (depth < 0 || (depth === 0 && char === ',')) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
    if (depth < 0) break;
  }
  return parts.filter((part) => part.trim() !== '' && !part.includes('[native code]'));
}
