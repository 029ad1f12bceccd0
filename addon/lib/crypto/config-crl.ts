// Revocation lists that an openssl.cnf describes: CRL.fromOpenSSLConfig.

import type { CrlHandle } from '../native/crl-binding.ts';
import { native } from '../native.ts';
import { requireBigInt, requireIterable, requireOptions, requireText } from './arguments.ts';
import { certificateHandle, type X509 } from './certificate.ts';
import { ConfigSections } from './config-sections.ts';
import type { ConfigEnvironment } from './config-text.ts';
import { keyHandle, type PKey } from './key.ts';
import { type Revoked, revokedHandle } from './revoked.ts';
import { timeText } from './time.ts';

/** What {@link CRL.fromOpenSSLConfig} takes beside a configuration, a certificate and a key. */
export interface CRLConfigOptions {
  /** The section of the authority; without it, what `default_ca` of the section `ca` names. */
  readonly section?: string;
  /** Name of the section of extensions, in the place of what `crl_extensions` names; an empty one for none. */
  readonly extensions?: string;
  /** The entries, in any order. */
  readonly revoked?: Iterable<Revoked>;
  /** The number of the list. */
  readonly crlNumber?: bigint;
  /** When the list is made; now without it. */
  readonly lastUpdate?: Date | string;
  /** When the next list is due, in the place of the configuration's. */
  readonly nextUpdate?: Date | string;
  /** The digest, in the place of `default_md`; none for keys whose algorithm has its own. */
  readonly digest?: string;
  /** What `$ENV::NAME` stands for. The environment of the process is never read. */
  readonly environment?: ConfigEnvironment;
}

const optionNames = [
  ...(['section', 'extensions', 'revoked', 'crlNumber'] as const),
  ...(['lastUpdate', 'nextUpdate', 'digest', 'environment'] as const),
];

const hourMs = 60 * 60 * 1000;

/** @internal See {@link CRL.fromOpenSSLConfig}. */
export function configuredCrl(
  config: string,
  issuer: X509,
  pkey: PKey,
  options: CRLConfigOptions,
): CrlHandle {
  const given = requireOptions<CRLConfigOptions>(options, 'options', optionNames);
  const [certificate, key] = [certificateHandle(issuer, 'issuer'), keyHandle(pkey, 'pkey')];
  const sections = new ConfigSections(config, given.environment);
  const section = authoritySection(sections, given.section);
  const made = native.crlNew();
  setTimes(made, sections, section, given);
  for (const revoked of requireIterable(given.revoked ?? [], 'an iterable of Revoked', 'options.revoked'))
    native.crlAddRevoked(made, revokedHandle(revoked));
  const extensions = sections.extensionSection(section, 'crl_extensions', given.extensions);
  if (extensions !== undefined) {
    const none = undefined;
    const handles = native.extensionsOfSection(sections.bytes, extensions, none, certificate, none, none);
    native.crlAddExtensions(made, handles);
  }
  setNumber(made, sections, section, given.crlNumber);
  const digest = sections.digest(section, given.digest, key);
  return native.crlSign(made, certificate, key, digest, undefined, true);
}

function authoritySection(sections: ConfigSections, chosen: unknown): string {
  if (chosen !== undefined) return sections.require(requireText(chosen, 'options.section'));
  const named = sections.get('ca', 'default_ca');
  if (named !== undefined) return sections.require(named);
  throw new RangeError('Expected default_ca in [ ca ] of config, or options.section, got neither');
}

function setTimes(
  made: CrlHandle,
  sections: ConfigSections,
  section: string,
  { lastUpdate, nextUpdate }: CRLConfigOptions,
): void {
  const now = Date.now();
  native.crlSetLastUpdate(made, timeText(lastUpdate ?? new Date(now), 'options.lastUpdate'));
  const next = nextUpdate ?? new Date(now + untilNextMs(sections, section));
  native.crlSetNextUpdate(made, timeText(next, 'options.nextUpdate'));
  const [last, due] = [native.crlLastUpdate(made), native.crlNextUpdate(made)];
  if (last !== undefined && due !== undefined && due.epochSeconds < last.epochSeconds)
    throw new RangeError(`Expected a next update at or after ${last.text}, got ${due.text}`);
}

function untilNextMs(sections: ConfigSections, section: string): number {
  const [days, hours] = ['default_crl_days', 'default_crl_hours'].map(
    (name) => sections.number(section, name) ?? 0,
  ) as [number, number];
  const span = (days * 24 + hours) * hourMs;
  if (span > 0) return span;
  throw new RangeError(
    `Expected default_crl_days or default_crl_hours in [ ${section} ] of config, or options.nextUpdate, got none`,
  );
}

function setNumber(
  made: CrlHandle,
  sections: ConfigSections,
  section: string,
  number: bigint | undefined,
): void {
  if (number !== undefined) {
    native.crlSetNumber(made, requireBigInt(number, 'options.crlNumber', 0n));
  } else if (sections.get(section, 'crlnumber') !== undefined) {
    throw new RangeError(
      `Expected options.crlNumber for the file that crlnumber in [ ${section} ] of config names, got none`,
    );
  }
}
