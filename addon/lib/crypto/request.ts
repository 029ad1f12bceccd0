// Certificate signing requests: pyOpenSSL's X509Req.

import { inspect } from 'node:util';
import type { NameHandle } from '../native/name-binding.ts';
import type { RequestHandle } from '../native/request-binding.ts';
import { native } from '../native.ts';
import { OpenSSLError } from '../openssl-error.ts';
import {
  encodedBytes,
  type FileType,
  requireFileType,
  requireInteger,
  requireOptions,
  requireText,
  writableTypes,
  wrongArgument,
} from './arguments.ts';
import { ConfigSections } from './config-sections.ts';
import { type ConfigAnswers, configuredSubject, requireNoAnswers } from './config-subject.ts';
import type { ConfigEnvironment } from './config-text.ts';
import { createX509Extension, extensionHandles, oneOfEachKind, type X509Extension } from './extension.ts';
import { createHolding, Held } from './held.ts';
import { createPKey, keyHandle, type PKey } from './key.ts';
import { nameHandle, printable, viewX509Name, type X509Name } from './name.ts';
import { digestName } from './signature.ts';

let handleOf: (request: unknown, name: string) => RequestHandle;

/** What {@link X509Req.fromOpenSSLConfig} takes beside a configuration and a key. */
export interface RequestConfigOptions {
  /** The section to begin with; `req` without it. */
  readonly section?: string;
  /** Name of the section of extensions, in the place of what `req_extensions` names; an empty one for none. */
  readonly extensions?: string;
  /** The subject, in the place of the one that the section describes; attributes are then left out, as `-subj` does. */
  readonly subject?: X509Name;
  /** What somebody would type at the prompts. Without an answer the default counts, and what has none is left out. */
  readonly answers?: ConfigAnswers;
  /** The digest, in the place of `default_md`; none for keys whose algorithm has its own. */
  readonly digest?: string;
  /** What `$ENV::NAME` stands for. The environment of the process is never read. */
  readonly environment?: ConfigEnvironment;
}

function requestSubject(
  sections: ConfigSections,
  section: string,
  { subject, answers }: RequestConfigOptions,
  handle: RequestHandle,
): NameHandle {
  if (subject === undefined) return configuredSubject(sections, section, answers, handle);
  requireNoAnswers(answers, 'options.subject');
  return nameHandle(subject, 'options.subject');
}

function addSection(sections: ConfigSections, name: string, handle: RequestHandle): void {
  const none = undefined;
  const made = native.extensionsOfSection(sections.bytes, name, none, none, none, handle);
  if (made.length > 0) native.requestAddExtensions(handle, oneOfEachKind(made, 'last'));
}

/** A certificate signing request, RFC 2986 (PKCS#10). A new one is empty, of version 0. */
export class X509Req {
  readonly #handle: RequestHandle;

  /** Makes an empty request: {@link getSubject}, {@link setPubkey} and {@link sign} fill it. */
  constructor();
  constructor(held?: unknown) {
    this.#handle = held instanceof Held ? held.handle : native.requestNew();
  }

  /**
   * Makes a request as `openssl req -new -config` does: subject and attributes of a section, the extensions that its
   * `req_extensions` names, the digest of `default_md`, strings by `string_mask`. The text is Unicode already, so `utf8` does not
   * count; keys and passwords are not read from it, nor made.
   * @param config - text of an openssl.cnf, which must include no files
   * @param pkey - the private key; its public part is what the request is about
   * @param options - what the command line and the prompts would say
   * @returns the signed request
   * @throws {TypeError} wrong argument types, or an answer to no question
   * @throws {RangeError} a text that would open a file or read the environment, no such section, a setting that has no such value,
   *   an unknown attribute, or no subject
   * @throws {OpenSSLError} no configuration, a value that does not fit, an unknown digest, or a key that cannot sign
   * @see config(5), openssl-req(1), x509v3_config(5)
   */
  static fromOpenSSLConfig(config: string, pkey: PKey, options: RequestConfigOptions = {}): X509Req {
    const given = requireOptions<RequestConfigOptions>(options, 'options', [
      ...(['section', 'extensions', 'subject', 'answers', 'digest', 'environment'] as const),
    ]);
    const key = keyHandle(pkey, 'pkey');
    const sections = new ConfigSections(config, given.environment);
    const section = sections.require(requireText(given.section ?? 'req', 'options.section'));
    const handle = native.requestNew();
    native.requestSetSubject(handle, requestSubject(sections, section, given, handle));
    native.requestSetPublicKey(handle, key);
    const extensions = sections.extensionSection(section, 'req_extensions', given.extensions);
    if (extensions !== undefined) addSection(sections, extensions, handle);
    native.requestSign(handle, key, sections.digest(section, given.digest, key));
    return createHolding(X509Req, handle);
  }

  static {
    handleOf = (request, name) => {
      if (typeof request === 'object' && request !== null && #handle in request) return request.#handle;
      throw wrongArgument('an X509Req', name, request, false);
    };
  }

  /**
   * Sets the public key.
   * @param pkey - a key, of which the public part is taken
   * @throws {TypeError} not a PKey, or an empty one
   * @throws {OpenSSLError} its kind has no form for requests
   * @see X509_REQ_set_pubkey(3)
   */
  setPubkey(pkey: PKey): void {
    native.requestSetPublicKey(this.#handle, keyHandle(pkey, 'pkey'));
  }

  /**
   * The public key.
   * @throws {OpenSSLError} there is none, or it cannot be read: broken, or of an unknown kind
   */
  getPubkey(): PKey {
    return createPKey(native.requestPublicKey(this.#handle));
  }

  /**
   * Sets the version.
   * @param version - 0, the only one that there is
   * @throws {TypeError} not a number
   * @throws {RangeError} another number
   * @see X509_REQ_set_version(3)
   */
  setVersion(version: number): void {
    native.requestSetVersion(this.#handle, requireInteger(version, 'version', 0, 0));
  }

  /** The version as it is encoded: 0 for version 1, the only one that there is. */
  getVersion(): number {
    return native.requestVersion(this.#handle);
  }

  /** Whom the request is for: a view, so that changing it changes the request. */
  getSubject(): X509Name {
    return viewX509Name(
      () => native.requestSubject(this.#handle),
      (name) => native.requestSetSubject(this.#handle, name),
    );
  }

  /**
   * Sets whom the request is for.
   * @param subject - a name, which is copied
   * @throws {TypeError} not an X509Name
   */
  setSubject(subject: X509Name): void {
    native.requestSetSubject(this.#handle, nameHandle(subject, 'subject'));
  }

  /**
   * Adds the extensions that the certificate should have. One whose type is there already takes its place.
   * @param extensions - in their order
   * @throws {TypeError} not an iterable of X509Extension; nothing is added then
   * @throws {OpenSSLError} the extensions that are there cannot be read
   * @see X509_REQ_add_extensions(3)
   */
  addExtensions(extensions: Iterable<X509Extension>): void {
    native.requestAddExtensions(this.#handle, extensionHandles(extensions));
  }

  /**
   * The extensions that the certificate should have, in their order; none where there is no such attribute.
   * @throws {OpenSSLError} they cannot be read
   * @see X509_REQ_get_extensions(3)
   */
  getExtensions(): X509Extension[] {
    return native.requestExtensions(this.#handle).map((handle) => createX509Extension(handle));
  }

  /**
   * Signs the request. What fails leaves the signature as it was.
   * @param pkey - the private key of its public key
   * @param digest - such as `sha256`; none for kinds of keys that have their own (ed25519, ML-DSA)
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} a digest where the kind of key takes none, or none where it wants one
   * @throws {OpenSSLError} an unknown digest, a key that cannot sign, or a request without public key
   * @see X509_REQ_sign(3)
   */
  sign(pkey: PKey, digest?: string): void {
    native.requestSign(this.#handle, keyHandle(pkey, 'pkey'), digestName(digest));
  }

  /**
   * Verifies the signature.
   * @param pkey - the public key: that of {@link getPubkey} proves that whoever made the request has the private one
   * @returns true
   * @throws {TypeError} not a PKey, or an empty one
   * @throws {OpenSSLError} the signature is not right (`ERR_SIGNATURE`), or it cannot be told
   * @see X509_REQ_verify(3)
   */
  verify(pkey: PKey): true {
    const queue = native.requestVerify(this.#handle, keyHandle(pkey, 'pkey'));
    if (queue === undefined) return true;
    const message = 'verifying a certificate request: its signature is not right';
    throw new OpenSSLError(message, queue, { code: 'ERR_SIGNATURE' });
  }

  /** The subject. */
  toJSON(): { readonly subject: string } {
    return { subject: printable(() => this.getSubject().toString()) };
  }

  [inspect.custom](): string {
    return `X509Req { subject: ${printable(() => this.getSubject().toString())} }`;
  }
}

/**
 * Reads a certificate signing request.
 * @param type - FILETYPE_PEM: the first request of the text, whatever stands around it; FILETYPE_ASN1: DER, and what follows
 *   its end is not looked at
 * @param buffer - the bytes; PEM may be a string as well
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type, or 2 GiB or more
 * @throws {OpenSSLError} not a request
 * @see PEM_read_bio_X509_REQ(3), d2i_X509_REQ(3)
 */
export function loadCertificateRequest(type: FileType, buffer: string | Uint8Array): X509Req {
  return createHolding(X509Req, native.loadRequest(type, encodedBytes(type, buffer)));
}

/**
 * Writes a certificate signing request.
 * @returns PEM or DER, or what `openssl req -text` prints, in UTF-8
 * @throws {TypeError} wrong argument types
 * @throws {RangeError} another type
 * @throws {OpenSSLError} it cannot be written that way, for instance without public key
 * @see X509_REQ_print_ex(3)
 */
export function dumpCertificateRequest(type: FileType, request: X509Req): Buffer {
  requireFileType(type, writableTypes);
  return native.dumpRequest(type, handleOf(request, 'request'));
}

/** @internal */
export function requestHandle(request: unknown, name: string): RequestHandle {
  return handleOf(request, name);
}
