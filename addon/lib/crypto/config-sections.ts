// An openssl.cnf that describes a certificate, a request or a revocation list: its settings, and what of them the command
// line of OpenSSL would set for the whole process.

import type { NativeSections } from '../native/binding.ts';
import type { KeyHandle } from '../native/key-binding.ts';
import { native } from '../native.ts';
import { didYouMean } from '../nearest.ts';
import { OpenSSLError } from '../openssl-error.ts';
import { requireText } from './arguments.ts';
import { entriesOf, readConfig } from './config-text.ts';

/** The settings of a configuration, by section. */
export class ConfigSections {
  /** The text for OpenSSL, without references to the environment. */
  readonly bytes: Uint8Array;
  readonly #sections: NativeSections;

  /**
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} a text that would open a file or read the environment
   * @throws {OpenSSLError} no configuration
   */
  constructor(config: unknown, environment: unknown) {
    const { bytes, sections, queue } = readConfig(config, environment);
    if (sections === undefined) throw new OpenSSLError('reading a configuration', queue);
    this.bytes = bytes;
    this.#sections = sections;
  }

  /**
   * The entries of a section, in their order.
   * @throws {RangeError} there is no such section
   */
  entries(section: string): readonly (readonly [name: string, value: string])[] {
    this.require(section);
    return entriesOf(this.#sections, section);
  }

  /**
   * The name of a section that there is.
   * @throws {RangeError} there is none of that name
   */
  require(section: string): string {
    const names = this.#sections.map(([name]) => name);
    if (names.includes(section)) return section;
    const hint = didYouMean(section, names);
    throw new RangeError(`Expected a section [ ${section} ] in config, got none${hint}`);
  }

  /** A setting of a section, or else of the section `default`, as OpenSSL looks for it. */
  get(section: string, name: string): string | undefined {
    return this.#own(section, name) ?? this.#own('default', name);
  }

  #own(section: string, name: string): string | undefined {
    return entriesOf(this.#sections, section).find(([each]) => each === name)?.[1];
  }

  /** A setting that is a number; undefined where it does not begin with digits. */
  number(section: string, name: string): number | undefined {
    const digits = /^\d{1,9}/.exec(this.get(section, name) ?? '')?.[0];
    return digits === undefined ? undefined : Number(digits);
  }

  /** The OID that a word of the section `oid_section` stands for, or the word itself. */
  attribute(word: string): string {
    const section = this.get('default', 'oid_section');
    return (section === undefined ? undefined : this.#own(section, word)) ?? word;
  }

  /**
   * The section of extensions to use, if any.
   * @param chosen - what the caller says; an empty name stands for none
   * @param setting - the setting that names it otherwise
   */
  extensionSection(section: string, setting: string, chosen: unknown): string | undefined {
    const name =
      chosen === undefined ? this.get(section, setting) : requireText(chosen, 'options.extensions');
    return name === undefined || name === '' ? undefined : this.require(name);
  }

  /** The digest to sign with: the caller's, or `default_md`, or the key's own choice; empty where its algorithm has its own. */
  digest(section: string, chosen: unknown, key: KeyHandle): string {
    if (chosen !== undefined) return requireText(chosen, 'options.digest');
    const standard = native.keyDefaultDigest(key);
    const configured = this.get(section, 'default_md');
    return standard === '' || configured === undefined || configured === 'default' ? standard : configured;
  }

  /**
   * Bits of the types of strings that `string_mask` allows; undefined where it is not set.
   * @throws {RangeError} a value that OpenSSL does not know
   */
  stringMask(section: string): number | undefined {
    const text = this.get(section, 'string_mask');
    if (text === undefined) return undefined;
    const named = Object.hasOwn(stringMasks, text) ? stringMasks[text] : undefined;
    const mask = named ?? maskNumber(/^MASK:(.+)$/.exec(text)?.[1]);
    if (mask !== undefined) return mask | 0;
    const words = Object.keys(stringMasks);
    const hint = didYouMean(text, words);
    throw new RangeError(
      `Expected ${words.join(', ')} or MASK:number for string_mask in config, got ${text}${hint}`,
    );
  }
}

const typeBits = { t61: 0x0004, bmp: 0x0800, utf8: 0x2000 };

/** The words of ASN1_STRING_set_default_mask_asc(3). */
const stringMasks: Readonly<Record<string, number>> = {
  nombstr: ~(typeBits.bmp | typeBits.utf8),
  pkix: ~typeBits.t61,
  utf8only: typeBits.utf8,
  default: ~0,
};

/** A number as C writes it: decimal, or in hex or octal by its prefix. */
function maskNumber(text = ''): number | undefined {
  const isNumber = /^(?:0x[\da-f]{1,8}|0[0-7]*|[1-9]\d{0,9})$/i.test(text);
  if (!isNumber) return undefined;
  return Number(/^0\d/.test(text) ? `0o${text}` : text);
}
