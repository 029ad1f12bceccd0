// Certificates that an openssl.cnf describes: X509.fromOpenSSLConfig.

import type { CertificateHandle } from '../native/certificate-binding.ts';
import type { ExtensionHandle } from '../native/extension-binding.ts';
import type { KeyHandle } from '../native/key-binding.ts';
import type { NameHandle } from '../native/name-binding.ts';
import type { RequestHandle } from '../native/request-binding.ts';
import { native } from '../native.ts';
import { bytes as randomBytes } from '../rand.ts';
import { requireBigInt, requireInteger, requireOptions, requireText, requireWord } from './arguments.ts';
import { certificateHandle, type X509 } from './certificate.ts';
import { ConfigSections } from './config-sections.ts';
import { type ConfigAnswers, configuredSubject, requireNoAnswers } from './config-subject.ts';
import type { ConfigEnvironment } from './config-text.ts';
import { oneOfEachKind } from './extension.ts';
import { keyHandle, type PKey } from './key.ts';
import { nameHandle, type X509Name } from './name.ts';
import { requestHandle, type X509Req } from './request.ts';
import { timeText } from './time.ts';

/** What {@link X509.fromOpenSSLConfig} takes beside a configuration and a key. */
export interface X509ConfigOptions {
  /** The section to begin with; `req` without it. */
  readonly section?: string;
  /** Name of the section of extensions, in the place of what `x509_extensions` names; an empty one for none. */
  readonly extensions?: string;
  /** A request, whose subject and key are certified. Its signature is not verified: {@link X509Req.verify}. */
  readonly request?: X509Req;
  /**
   * Which extensions of the request are taken over: `copy` those of kinds that it has once, or first; `copyall` the last of each
   * kind. Those of the section take the place of the request's. Whoever made the request decides what it asks for, also to be an
   * authority: `none`, the default, is safe.
   */
  readonly copyExtensions?: 'none' | 'copy' | 'copyall';
  /** The subject, in the place of the one that the section or the request has. */
  readonly subject?: X509Name;
  /** What somebody would type at the prompts. Without an answer the default counts, and what has none is left out. */
  readonly answers?: ConfigAnswers;
  /** The key that is certified, in the place of the request's; without both it is the one that signs. */
  readonly publicKey?: PKey;
  /** The authority that signs; without it the certificate is its own issuer. */
  readonly issuer?: X509;
  /** A random one of 159 bits without it. */
  readonly serial?: bigint;
  /** Start of the validity; now without it. */
  readonly notBefore?: Date | string;
  /** End of the validity, in the place of `days`. */
  readonly notAfter?: Date | string;
  /** How many days from now the certificate is valid, 0 to 3000000; 30 without it. */
  readonly days?: number;
  /** The digest, in the place of `default_md`; none for keys whose algorithm has its own. */
  readonly digest?: string;
  /** What `$ENV::NAME` stands for. The environment of the process is never read. */
  readonly environment?: ConfigEnvironment;
}

const optionNames = [
  ...(['section', 'extensions', 'request', 'copyExtensions', 'subject', 'answers', 'publicKey'] as const),
  ...(['issuer', 'serial', 'notBefore', 'notAfter', 'days', 'digest', 'environment'] as const),
];

const dayMs = 24 * 60 * 60 * 1000;

/** @internal See {@link X509.fromOpenSSLConfig}. */
export function configuredCertificate(
  config: string,
  pkey: PKey,
  options: X509ConfigOptions,
): CertificateHandle {
  const given = requireOptions<X509ConfigOptions>(options, 'options', optionNames);
  const key = keyHandle(pkey, 'pkey');
  const sections = new ConfigSections(config, given.environment);
  const section = sections.require(requireText(given.section ?? 'req', 'options.section'));
  const request = given.request === undefined ? undefined : requestHandle(given.request, 'options.request');
  const issuer = given.issuer === undefined ? undefined : certificateHandle(given.issuer, 'options.issuer');
  const subject = subjectOf(sections, section, given, request);
  const made = native.certificateNew();
  native.certificateSetVersion(made, 2);
  native.certificateSetSerial(made, serialOf(given.serial));
  native.certificateSetIssuer(made, issuer === undefined ? subject : native.certificateSubject(issuer));
  setTimes(made, given);
  native.certificateSetSubject(made, subject);
  native.certificateSetPublicKey(made, certifiedKey(given, request, key));
  native.certificateAddExtensions(made, copiedExtensions(given.copyExtensions, request));
  const extensions = sections.extensionSection(section, 'x509_extensions', given.extensions);
  native.certificateAddSection(made, sections.bytes, extensions, issuer, key);
  native.certificateSign(made, key, sections.digest(section, given.digest, key));
  return made;
}

function subjectOf(
  sections: ConfigSections,
  section: string,
  { subject, answers }: X509ConfigOptions,
  request: RequestHandle | undefined,
): NameHandle {
  if (subject === undefined && request === undefined) return configuredSubject(sections, section, answers);
  requireNoAnswers(answers, subject === undefined ? 'options.request' : 'options.subject');
  if (subject !== undefined) return nameHandle(subject, 'options.subject');
  return native.requestSubject(request as RequestHandle);
}

/** Positive and of 159 bits at the most, as `openssl req` makes them. */
function serialOf(serial: unknown): bigint {
  if (serial !== undefined) return requireBigInt(serial, 'options.serial');
  return BigInt(`0x${randomBytes(20).toString('hex')}`) >> 1n;
}

function setTimes(made: CertificateHandle, { notBefore, notAfter, days }: X509ConfigOptions): void {
  if (notAfter !== undefined && days !== undefined)
    throw new TypeError('Expected one of notAfter and days in options, got both');
  const now = Date.now();
  const span = requireInteger(days ?? 30, 'options.days', 0, 3_000_000) * dayMs;
  native.certificateSetNotBefore(made, timeText(notBefore ?? new Date(now), 'options.notBefore'));
  native.certificateSetNotAfter(made, timeText(notAfter ?? new Date(now + span), 'options.notAfter'));
  const [start, end] = [native.certificateNotBefore(made), native.certificateNotAfter(made)];
  if (end.epochSeconds < start.epochSeconds)
    throw new RangeError(`Expected an end of the validity at or after ${start.text}, got ${end.text}`);
}

function certifiedKey(
  { publicKey, issuer }: X509ConfigOptions,
  request: RequestHandle | undefined,
  key: KeyHandle,
): KeyHandle {
  if (publicKey !== undefined) return keyHandle(publicKey, 'options.publicKey');
  if (request !== undefined) return native.requestPublicKey(request);
  if (issuer === undefined) return key;
  throw new TypeError('Expected options.request or options.publicKey beside options.issuer, got neither');
}

function copiedExtensions(
  copyExtensions: X509ConfigOptions['copyExtensions'] = 'none',
  request: RequestHandle | undefined,
): ExtensionHandle[] {
  requireWord(copyExtensions, 'options.copyExtensions', ['none', 'copy', 'copyall'] as const);
  if (copyExtensions === 'none' || request === undefined) return [];
  return oneOfEachKind(native.requestExtensions(request), copyExtensions === 'copy' ? 'first' : 'last');
}
