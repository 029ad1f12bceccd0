// Distinguished names: pyOpenSSL's X509Name.

import { inspect } from 'node:util';
import type { NameHandle } from '../native/name-binding.ts';
import { native } from '../native.ts';
import { requireBytes, requireText, wrongArgument } from './arguments.ts';

/**
 * One attribute of a name: its short name (`CN`), or its OID where OpenSSL has no name for it, and the bytes of its value
 * as they are encoded: UTF-8 in most, two bytes a character in a BMPString.
 */
export type X509NameComponent = readonly [name: string, value: Buffer];

/** Attributes that are properties of every {@link X509Name}, in pairs of short and long name where both are in use. */
const attributes = [
  ...(['C', 'countryName', 'ST', 'stateOrProvinceName', 'L', 'localityName'] as const),
  ...(['O', 'organizationName', 'OU', 'organizationalUnitName', 'CN', 'commonName'] as const),
  ...(['emailAddress', 'serialNumber', 'SN', 'surname', 'GN', 'givenName', 'initials', 'title'] as const),
  ...(['DC', 'domainComponent', 'UID', 'userId', 'street', 'streetAddress', 'postalCode'] as const),
  ...(['dnQualifier', 'description', 'name', 'pseudonym', 'generationQualifier', 'role'] as const),
  ...(['businessCategory', 'jurisdictionC', 'jurisdictionST', 'jurisdictionL'] as const),
  ...(['unstructuredName', 'organizationIdentifier'] as const),
] as const;

/** Attributes by name. Reading gives the first value, or undefined; writing replaces it, undefined removes it. */
type Attributes = { [name in (typeof attributes)[number]]: string | undefined };

const AttributeProperties = class {} as new () => Attributes;
for (const attribute of attributes) {
  Object.defineProperty(AttributeProperties.prototype, attribute, {
    get(this: X509Name) {
      return this.getAttribute(attribute);
    },
    set(this: X509Name, value: string | undefined) {
      this.setAttribute(attribute, value);
    },
  });
}

/** Where a name lives: in itself, or in a certificate, request or revocation list that it is a view of. */
class Home {
  /** The name, or a copy of what is there now. */
  readonly read: () => NameHandle;
  /** Puts back what was read and changed. */
  readonly write: (name: NameHandle) => void;

  constructor(read: () => NameHandle, write: (name: NameHandle) => void) {
    this.read = read;
    this.write = write;
  }
}

let handleOf: (name: unknown, what: string) => NameHandle;

/**
 * A distinguished name, RFC 5280 section 4.1.2.4. The attributes that names usually have are properties: `name.CN`,
 * `name.organizationName`; {@link getAttribute} and {@link setAttribute} take every attribute that OpenSSL knows, and OIDs.
 * The name of a certificate, a request or a revocation list is a view: changing it changes what it belongs to.
 */
export class X509Name extends AttributeProperties {
  readonly #home: Home;

  /**
   * @param name - the name to copy; without it the new name is empty
   * @throws {TypeError} something else than an X509Name
   */
  constructor(name?: X509Name) {
    super();
    if (name instanceof Home) {
      this.#home = name;
    } else {
      this.#home = ownHome(name === undefined ? native.nameNew() : native.nameCopy(handleOf(name, 'name')));
    }
    // a misspelled attribute is an error, and not a property that no certificate will have
    Object.preventExtensions(this);
  }

  static {
    handleOf = (name, what) => {
      if (typeof name === 'object' && name !== null && #home in name) return name.#home.read();
      throw wrongArgument('an X509Name', what, name, false);
    };
  }

  /**
   * Reads a name.
   * @param bytes - its DER, and nothing behind it
   * @throws {TypeError} not a Uint8Array
   * @throws {RangeError} something follows the name
   * @throws {OpenSSLError} not a name
   * @see d2i_X509_NAME(3)
   */
  static fromDer(bytes: Uint8Array): X509Name {
    return new X509Name(ownHome(native.nameFromDer(requireBytes(bytes, 'bytes'))) as unknown as X509Name);
  }

  /**
   * The first value of an attribute.
   * @param attribute - short name (`CN`), long name (`commonName`) or OID (`2.5.4.3`)
   * @returns the text, or undefined where the name has no such attribute
   * @throws {RangeError} OpenSSL knows no such attribute
   * @throws {OpenSSLError} the value is not valid in the encoding that it claims
   */
  getAttribute(attribute: string): string | undefined {
    return native.nameGet(this.#home.read(), requireText(attribute, 'attribute'));
  }

  /**
   * Replaces the first value of an attribute; the new one comes last. The type of string is the shortest that OpenSSL's
   * table of attributes allows for it.
   * @param attribute - short name, long name or OID
   * @param value - text without NUL, not empty; undefined removes the attribute
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} OpenSSL knows no such attribute, or there is a NUL in the value
   * @throws {OpenSSLError} the value does not fit: too long (64 characters for CN), not two letters (C)
   * @see X509_NAME_add_entry_by_OBJ(3)
   */
  setAttribute(attribute: string, value: string | undefined): void {
    requireText(attribute, 'attribute');
    if (value !== undefined) requireText(value, 'value');
    this.#change((name) => native.nameSet(name, attribute, value));
  }

  /**
   * Adds one more value of an attribute at the end.
   * @throws as {@link setAttribute}
   */
  addAttribute(attribute: string, value: string): void {
    requireText(attribute, 'attribute');
    requireText(value, 'value');
    this.#change((name) => native.nameAdd(name, attribute, value, undefined, false));
  }

  /** What fails leaves the name as it was. */
  #change(change: (name: NameHandle) => void): void {
    const changed = this.#home.read();
    change(changed);
    this.#home.write(changed);
  }

  /**
   * The attributes in the order of the name. An attribute may come more than once.
   * @see pyOpenSSL, X509Name.get_components
   */
  getComponents(): X509NameComponent[] {
    return native.nameComponents(this.#home.read());
  }

  /**
   * The first four bytes of the SHA-1 digest of the name's canonical form, as a number of 32 bits: what `openssl rehash`
   * names files by.
   * @see X509_NAME_hash_ex(3)
   */
  hash(): number {
    return native.nameHash(this.#home.read());
  }

  /** The name in DER. */
  der(): Buffer {
    return native.nameDer(this.#home.read());
  }

  /**
   * Compares canonical forms, in which case and white space do not count.
   * @returns a number below 0, 0, or above 0, for sorting
   * @throws {TypeError} something else than an X509Name
   * @see X509_NAME_cmp(3)
   */
  compare(other: X509Name): number {
    return native.nameCompare(this.#home.read(), handleOf(other, 'other'));
  }

  /**
   * Whether two names are the same, as {@link compare} compares them.
   * @throws {TypeError} something else than an X509Name
   */
  equals(other: X509Name): boolean {
    return this.compare(other) === 0;
  }

  /** A copy that belongs to nothing. */
  copy(): X509Name {
    return new X509Name(this);
  }

  /**
   * The name as one line in the form of RFC 2253, the last attribute first: `CN=example.org,O=Example,C=DE`. Text is
   * UTF-8; what the format or a terminal could misread (commas, control characters, NUL) is escaped.
   * @throws {OpenSSLError} a value is not valid in the encoding that it claims
   */
  override toString(): string {
    return native.nameText(this.#home.read());
  }

  /**
   * OpenSSL's old form, the first attribute first: `/C=DE/O=Example/CN=example.org`. In values, `/` and `+` follow a
   * backslash, and bytes outside of ASCII are `\\xC3`: not for parsing, since a backslash is not escaped.
   * @see X509_NAME_oneline(3)
   */
  toOneLine(): string {
    return native.nameOneLine(this.#home.read());
  }

  /** The same as {@link toString}. */
  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return `X509Name { ${printable(() => this.toString())} }`;
  }
}

function ownHome(handle: NameHandle): Home {
  return new Home(
    () => handle,
    () => {},
  );
}

/** @internal The name of something else: `read` copies it out, `write` puts a changed copy back. */
export function viewX509Name(read: () => NameHandle, write: (name: NameHandle) => void): X509Name {
  return new X509Name(new Home(read, write) as unknown as X509Name);
}

/** @internal The handle of a name, or of a copy. */
export function nameHandle(name: unknown, what: string): NameHandle {
  return handleOf(name, what);
}

/** @internal For inspection, which must not throw: the text, or a word for one that cannot be printed. */
export function printable(text: () => string): string {
  try {
    return text();
  } catch {
    return '<malformed>';
  }
}
