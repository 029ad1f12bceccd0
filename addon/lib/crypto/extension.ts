// Extensions: pyOpenSSL's X509Extension.

import { inspect } from 'node:util';
import type { ExtensionHandle } from '../native/extension-binding.ts';
import { native } from '../native.ts';
import {
  bytesOrText,
  requireBoolean,
  requireBytes,
  requireIterable,
  requireOptions,
  requireText,
  wrongArgument,
} from './arguments.ts';
import { certificateHandle, type X509 } from './certificate.ts';
import { type ConfigEnvironment, configBytes } from './config-text.ts';
import { createHolding, Held } from './held.ts';
import { keyHandle, type PKey } from './key.ts';
import { requestHandle, type X509Req } from './request.ts';

/** What the value of an extension may refer to. */
export interface X509ExtensionOptions {
  /** Text of an openssl.cnf with the sections that the value names as `@section`, or in `ASN1:SEQUENCE:section`. */
  readonly config?: string;
  /** What `$ENV::NAME` stands for in `config`. The environment of the process is never read. */
  readonly environment?: ConfigEnvironment;
}

/** What the extensions of a section may refer to. */
export interface X509ExtensionContext {
  /** The certificate that they are for: `subjectKeyIdentifier=hash`, `subjectAltName=email:copy`. */
  readonly subject?: X509;
  /** Who signs it: `authorityKeyIdentifier=keyid,issuer`, `issuerAltName=issuer:copy`. */
  readonly issuer?: X509;
  /** The key that it will be signed with, where `subject` and `issuer` are the same certificate, or one is not finished. */
  readonly issuerKey?: PKey;
  /** The request that they are for. */
  readonly request?: X509Req;
  /** What `$ENV::NAME` stands for. The environment of the process is never read. */
  readonly environment?: ConfigEnvironment;
}

let handleOf: (extension: unknown, name: string) => ExtensionHandle;

/**
 * An extension of a certificate, a request or a revocation list, RFC 5280 section 4.2. It never changes.
 * @see x509v3_config(5)
 */
export class X509Extension {
  readonly #handle: ExtensionHandle;

  /**
   * Makes an extension out of the syntax of openssl.cnf.
   * @param typeName - short name: `basicConstraints`; for values that begin with `DER:` or `ASN1:` long names and OIDs as well
   * @param critical - whether who does not know it must refuse the certificate
   * @param value - such as `CA:TRUE,pathlen:0`; text, or its bytes
   * @param subject - the certificate that it is for: `subjectKeyIdentifier` with `hash` takes its key
   * @param issuer - who signs that: `authorityKeyIdentifier` takes its key identifier, name and serial number
   * @param options - sections that the value refers to
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} NUL; a value or `options.config` that would open a file (`.include`, `policy:file:`) or read the
   *   environment
   * @throws {OpenSSLError} an unknown name, a value that does not fit, or no certificate that it needs
   * @see X509V3_EXT_nconf(3)
   */
  constructor(
    typeName: string,
    critical: boolean,
    value: string | Uint8Array,
    subject?: X509,
    issuer?: X509,
    options: X509ExtensionOptions = {},
  ) {
    if ((typeName as unknown) instanceof Held) {
      this.#handle = (typeName as unknown as Held<ExtensionHandle>).handle;
      return;
    }
    const { config, environment } = requireOptions<X509ExtensionOptions>(options, 'options', [
      'config',
      'environment',
    ]);
    const prefix = requireBoolean(critical, 'critical') ? 'critical,' : '';
    const bytes = bytesOrText(value, 'value');
    this.#handle = native.extensionNew(
      requireText(typeName, 'typeName'),
      prefix === '' ? bytes : Buffer.concat([Buffer.from(prefix), bytes]),
      config === undefined ? noConfig : configBytes(config, environment),
      subject === undefined ? undefined : certificateHandle(subject, 'subject'),
      issuer === undefined ? undefined : certificateHandle(issuer, 'issuer'),
    );
  }

  static {
    handleOf = (extension, name) => {
      if (typeof extension === 'object' && extension !== null && #handle in extension)
        return extension.#handle;
      throw wrongArgument('an X509Extension', name, extension, false);
    };
  }

  /**
   * Makes an extension out of its parts.
   * @param oid - dotted OID, short or long name
   * @param critical - whether who does not know it must refuse the certificate
   * @param data - the DER of its value, which is taken as it is
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} no OID, and no name that OpenSSL knows
   */
  static fromDer(oid: string, critical: boolean, data: Uint8Array): X509Extension {
    return createX509Extension(
      native.extensionFromDer(
        requireText(oid, 'oid'),
        requireBoolean(critical, 'critical'),
        requireBytes(data, 'data'),
      ),
    );
  }

  /**
   * Makes all extensions of a section of an openssl.cnf, in its order; `subjectKeyIdentifier` comes before
   * `authorityKeyIdentifier`, as OpenSSL has it.
   * @param config - the text, which must include no files
   * @param section - name of the section: `v3_ca`
   * @param context - what they may refer to
   * @throws {TypeError} wrong argument types
   * @throws {RangeError} NUL; a text that would open a file (`.include`, `policy:file:`) or read the environment
   * @throws {OpenSSLError} no configuration, no such section, or a value that does not fit
   * @see X509V3_EXT_add_nconf_sk(3)
   */
  static fromConfig(config: string, section: string, context: X509ExtensionContext = {}): X509Extension[] {
    const { subject, issuer, issuerKey, request, environment } = requireOptions<X509ExtensionContext>(
      context,
      'context',
      ['subject', 'issuer', 'issuerKey', 'request', 'environment'],
    );
    const handles = native.extensionsOfSection(
      configBytes(config, environment),
      requireText(section, 'section'),
      subject === undefined ? undefined : certificateHandle(subject, 'context.subject'),
      issuer === undefined ? undefined : certificateHandle(issuer, 'context.issuer'),
      issuerKey === undefined ? undefined : keyHandle(issuerKey, 'context.issuerKey'),
      request === undefined ? undefined : requestHandle(request, 'context.request'),
    );
    return handles.map((handle) => createX509Extension(handle));
  }

  /** Whether who does not know it must refuse the certificate. */
  getCritical(): boolean {
    return native.extensionIsCritical(this.#handle);
  }

  /** The short name, `basicConstraints`; the dotted OID where OpenSSL has none (pyOpenSSL says UNDEF). */
  getShortName(): string {
    return native.extensionName(this.#handle);
  }

  /** The dotted OID: `2.5.29.19`. */
  getOid(): string {
    return native.extensionOid(this.#handle);
  }

  /** The DER of its value. */
  getData(): Buffer {
    return native.extensionData(this.#handle);
  }

  /**
   * The value as OpenSSL prints it: `CA:TRUE, pathlen:0`. Where it cannot, the bytes of {@link getData} in hex: `04:02:05:00`.
   * Alternative names that could be taken for several, or that are not of plain characters, are in quotes.
   * @see X509V3_EXT_print(3)
   */
  toString(): string {
    return native.extensionText(this.#handle) ?? hexOf(this.getData());
  }

  /**
   * Whether OID, critical and value are the same.
   * @throws {TypeError} something else than an X509Extension
   */
  equals(other: X509Extension): boolean {
    const handle = handleOf(other, 'other');
    return (
      native.extensionOid(this.#handle) === native.extensionOid(handle) &&
      native.extensionIsCritical(this.#handle) === native.extensionIsCritical(handle) &&
      native.extensionData(this.#handle).equals(native.extensionData(handle))
    );
  }

  /** Name, critical and text. */
  toJSON(): { readonly name: string; readonly critical: boolean; readonly value: string } {
    return { name: this.getShortName(), critical: this.getCritical(), value: this.toString() };
  }

  [inspect.custom](): string {
    const text = this.toString()
      .trim()
      .replaceAll(/\s*\n\s*/g, ' ')
      .replaceAll(/\p{Cc}/gu, '\ufffd');
    return `X509Extension { ${this.getShortName()}: ${this.getCritical() ? 'critical, ' : ''}${text} }`;
  }
}

const noConfig = new Uint8Array(0);

function hexOf(bytes: Buffer): string {
  return bytes
    .toString('hex')
    .toUpperCase()
    .replaceAll(/(..)(?=.)/g, '$1:');
}

/** @internal */
export function createX509Extension(handle: ExtensionHandle): X509Extension {
  return createHolding(X509Extension, handle);
}

/** @internal The handles of what a caller lists. */
export function extensionHandles(extensions: unknown): ExtensionHandle[] {
  const handles: ExtensionHandle[] = [];
  for (const extension of requireIterable(extensions, 'an iterable of X509Extension', 'extensions'))
    handles.push(handleOf(extension, 'extensions'));
  return handles;
}

/** @internal Of several extensions of the same kind the first or the last one, where it stands. */
export function oneOfEachKind(
  handles: readonly ExtensionHandle[],
  which: 'first' | 'last',
): ExtensionHandle[] {
  const oids = handles.map((handle) => native.extensionOid(handle));
  return handles.filter((_, index) => {
    const oid = oids[index] ?? '';
    return index === (which === 'first' ? oids.indexOf(oid) : oids.lastIndexOf(oid));
  });
}
