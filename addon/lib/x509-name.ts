// Distinguished names: pyOpenSSL's X509Name.

import { inspect } from 'node:util';
import type { NameHandle } from './native/binding.ts';
import { native } from './native.ts';

/**
 * One attribute of a name: its short name (`CN`), or its OID where OpenSSL has no name for it, and the bytes of its value
 * as they are encoded: UTF-8 in most, two bytes a character in a BMPString.
 */
export type X509NameComponent = readonly [name: string, value: Buffer];

let create: (handle: NameHandle) => X509Name;

/** The name of a certificate's subject or issuer. Cannot be changed. */
export class X509Name {
  readonly #handle: NameHandle;

  private constructor(handle: NameHandle) {
    this.#handle = handle;
  }

  static {
    create = (handle) => new X509Name(handle);
  }

  /**
   * The attributes in the order of the certificate. An attribute may come more than once.
   * @see pyOpenSSL, X509Name.get_components
   */
  getComponents(): X509NameComponent[] {
    return native.nameComponents(this.#handle);
  }

  /**
   * The name as one line in the form of RFC 2253, the last attribute first: `CN=example.org,O=Example,C=DE`. Text is
   * UTF-8; what the format or a terminal could misread (commas, control characters, NUL) is escaped.
   * @throws {OpenSSLError} a value is not valid in the encoding that it claims
   */
  toString(): string {
    return native.nameText(this.#handle);
  }

  /** The same as {@link toString}. */
  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return `X509Name { ${printable(() => this.toString())} }`;
  }
}

/** @internal */
export function createX509Name(handle: NameHandle): X509Name {
  return create(handle);
}

/** @internal For inspection, which must not throw: the text, or a word for one that cannot be printed. */
export function printable(text: () => string): string {
  try {
    return text();
  } catch {
    return '<malformed>';
  }
}
