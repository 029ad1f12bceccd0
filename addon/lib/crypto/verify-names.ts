// The names that a certificate must be for, checked before they are compared: what OpenSSL cannot match must be an error,
// and what it takes for no name at all must not turn the check off.

import { domainToASCII } from 'node:url';
import { nodeNet } from '../node-modules.ts';
import { requireText, wrongArgument } from './arguments.ts';

const maxHostLength = 253; // RFC 1035, section 2.3.4, as text

/**
 * Host names as they stand in certificates: without a dot at the end, other scripts in Punycode.
 * @param value - one, or several of which one must match
 */
export function requireHostnames(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) return [requireHostname(value, name)];
  if (value.length === 0) throw new RangeError(`Expected at least one host name for ${name}, got none`);
  return value.map((each, index) => requireHostname(each, `${name}[${index}]`));
}

function requireHostname(value: unknown, name: string): string {
  const text = requireText(value, name);
  if (nodeNet().isIP(text) !== 0)
    throw wrongArgument('a host name (an address belongs to ip)', name, text, true);
  const ascii = /^[\x20-\x7e]*$/.test(text) ? text : domainToASCII(text);
  const host = ascii.replace(/\.$/, '');
  // a dot in front stands for every name below
  const isRight = /^\.?[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i.test(host) && host.length <= maxHostLength;
  if (!isRight) throw wrongArgument('a host name', name, text, true);
  return host;
}

/** An address of IP version 4 or 6, without a zone. */
export function requireIp(value: unknown, name: string): string {
  const text = requireText(value, name);
  if (nodeNet().isIP(text) !== 0 && !text.includes('%')) return text;
  throw wrongArgument('an IP address', name, text, true);
}

/** An e-mail address. */
export function requireEmail(value: unknown, name: string): string {
  const text = requireText(value, name);
  if (/^[^\s]+@[^\s@]+$/.test(text)) return text;
  throw wrongArgument('an e-mail address', name, text, true);
}

/** OIDs of policies as dotted text, at least one. */
export function requirePolicies(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) throw wrongArgument('an array of OIDs', name, value, false);
  if (value.length === 0) throw new RangeError(`Expected at least one OID for ${name}, got none`);
  return value.map((each, index) => {
    const text = requireText(each, `${name}[${index}]`);
    if (/^[0-2](\.(0|[1-9][0-9]*))+$/.test(text) && text.length <= 256) return text;
    throw wrongArgument('an OID such as 2.23.140.1.2.1', `${name}[${index}]`, text, true);
  });
}
