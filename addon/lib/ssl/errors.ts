// What can go wrong with a connection: pyOpenSSL's classes.

import { createX509, type X509 } from '../crypto/certificate.ts';
import { verificationCode, type X509VerificationCode } from '../crypto/verify-codes.ts';
import type { ConnectionFailure } from '../native/ssl-binding.ts';
import { describeQueue, OpenSSLError, type OpenSSLErrorCode, type QueuedError } from '../openssl-error.ts';

/** What was found of the peer's certificate. */
export interface CertificateFailure {
  /** The name of what OpenSSL found, of X509VerificationCodes: `ERR_CERT_HAS_EXPIRED`. */
  readonly code: X509VerificationCode;
  /** Its number. */
  readonly errorNumber: number;
  /** OpenSSL's text for it. */
  readonly text: string;
  /** Where: 0 for the peer's own certificate, 1 for its issuer, and so on. */
  readonly depth: number;
  /** A copy of the certificate that caused it; undefined where there is none. */
  readonly certificate: X509 | undefined;
}

/** A connection that failed: what the peer said, or what was found of its certificate. */
export class TLSError extends OpenSSLError {
  /** `TLSError`. */
  override readonly name = 'TLSError';
  /** The number of the alert that the peer sent, where that is what went wrong: 42 for a bad certificate, RFC 8446 section 6. */
  readonly alert: number | undefined;
  /** What was found of the peer's certificate, where that is what went wrong. */
  readonly verification: CertificateFailure | undefined;

  /**
   * @param operation - what was being done
   * @param queue - OpenSSL's error queue
   * @param options - what was found of the certificate; `cause`
   * @throws nothing: nothing is looked at
   */
  constructor(
    operation: string,
    queue: readonly QueuedError[],
    options: ErrorOptions & { readonly verification?: CertificateFailure | undefined } = {},
  ) {
    const { verification, ...rest } = options;
    super(operation, queue, rest);
    if (verification !== undefined)
      this.message = [
        `${operation}: ${verification.text} at depth ${verification.depth}`,
        ...(queue.length === 0 ? [] : [describeQueue(queue)]),
      ].join(': ');
    this.alert = alertOf(queue);
    this.verification = verification;
  }
}

/** Something of the peer must come first: read from the network, then try again. */
export class WantReadError extends OpenSSLError {
  /** `WantReadError`. */
  override readonly name = 'WantReadError';

  /**
   * A connection makes it.
   * @throws nothing: nothing is looked at
   */
  constructor(message = 'more of the peer must come first') {
    super(message, [], { code: 'ERR_WANT_READ' });
  }
}

/** Something must be sent first: write to the network, then try again. */
export class WantWriteError extends OpenSSLError {
  /** `WantWriteError`. */
  override readonly name = 'WantWriteError';

  /**
   * A connection makes it.
   * @throws nothing: nothing is looked at
   */
  constructor() {
    super('what there is to send must be sent first', [], { code: 'ERR_WANT_WRITE' });
  }
}

/** A certificate is waited for. */
export class WantX509LookupError extends OpenSSLError {
  /** `WantX509LookupError`. */
  override readonly name = 'WantX509LookupError';

  /**
   * A connection makes it.
   * @throws nothing: nothing is looked at
   */
  constructor() {
    super('a certificate is waited for', [], { code: 'ERR_WANT_X509_LOOKUP' });
  }
}

/** The peer has ended the connection in order: nothing of it is missing. */
export class ZeroReturnError extends OpenSSLError {
  /** `ZeroReturnError`. */
  override readonly name = 'ZeroReturnError';

  /**
   * A connection makes it.
   * @throws nothing: nothing is looked at
   */
  constructor() {
    super('the peer has ended the connection', [], { code: 'ERR_ZERO_RETURN' });
  }
}

/** The transport failed: a system error, or the peer closed the connection without close_notify, so data may be missing. */
export class SysCallError extends OpenSSLError {
  /** `SysCallError`. */
  override readonly name = 'SysCallError';
  /** The system's number; -1 where the peer closed the connection without close_notify. */
  readonly errno: number;

  /**
   * @param errno - the system's number, or -1
   * @param code - the system's name for it, such as `ECONNRESET` (default `ERR_SYSCALL`)
   * @throws nothing: nothing is looked at
   */
  constructor(errno: number, message: string, code: OpenSSLErrorCode = 'ERR_SYSCALL') {
    super(message, [], { code });
    this.errno = errno;
  }
}

/** What libssl says of an alert of the peer is its number and this, SSL_AD_REASON_OFFSET. */
const alertOffset = 1000;
const sslLibrary = 20;

function alertOf(queue: readonly QueuedError[]): number | undefined {
  for (const { libraryCode, code } of queue) {
    const alert = (code & 0x7fffff) - alertOffset;
    if (libraryCode === sslLibrary && alert >= 0 && alert < 256) return alert;
  }
  return undefined;
}

/** @internal */
export function certificateFailure(failure: ConnectionFailure): CertificateFailure | undefined {
  const { verifyCode, verifyMessage, depth = 0, certificate } = failure;
  if (verifyCode === 0) return undefined;
  return {
    code: verificationCode(verifyCode),
    errorNumber: verifyCode,
    text: verifyMessage,
    depth,
    certificate: certificate && createX509(certificate),
  };
}

/** @internal */
export function noNextProtocol(name: string, instead: string): OpenSSLError {
  return new OpenSSLError(
    `${name}() no longer exists: OpenSSL is built without Next Protocol Negotiation; ${instead}() is ALPN`,
    [],
    { code: 'ERR_REMOVED' },
  );
}
