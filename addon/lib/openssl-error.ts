// The one error class of the addon: what OpenSSL said, or what kept the addon from being used.

/** One entry of OpenSSL's error queue. */
export interface QueuedError {
  /** OpenSSL's packed number, as `openssl errstr` takes it in hex. */
  readonly code: number;
  /** The part of OpenSSL: `PEM routines`. */
  readonly library: string;
  /** What went wrong: `no start line`. */
  readonly reason: string;
  /** The C function that said so. */
  readonly function: string;
  /** What it added, or an empty string. */
  readonly data: string;
  /** Number of the library, `ERR_GET_LIB(3)`. */
  readonly libraryCode: number;
}

/** The names of system errors that connections end with. */
export type SystemErrorCode =
  | 'EBADF'
  | 'ECONNABORTED'
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'EHOSTUNREACH'
  | 'EMFILE'
  | 'EMSGSIZE'
  | 'ENETDOWN'
  | 'ENETUNREACH'
  | 'ENOBUFS'
  | 'ENOTCONN'
  | 'ENOTSOCK'
  | 'EPIPE'
  | 'ETIMEDOUT';

/**
 * A stable word for programs: for what OpenSSL's queue said, `ERR_OSSL_`, the library and the reason, as node spells them:
 * `ERR_OSSL_PEM_NO_START_LINE`; or one of
 * - `ERR_OPENSSL`: OpenSSL failed and gave no reason;
 * - `ERR_OPENSSL_CONFIG`: the configuration file cannot be used;
 * - `ERR_REMOVED`: OpenSSL no longer has what pyOpenSSL once called;
 * - `ERR_NODE_CRYPTO`: node:crypto does not take an object that was handed over to it;
 * - `ERR_SIGNATURE`: a signature is not right;
 * - `ERR_WANT_READ`, `ERR_WANT_WRITE`, `ERR_WANT_X509_LOOKUP`, `ERR_ZERO_RETURN`, `ERR_SYSCALL`: what the classes of `SSL` say; SysCallError has the
 *   system's own code where there is one: `ECONNRESET`, `EPIPE`, `ETIMEDOUT`, …;
 * - `ERR_FILE`: a file cannot be read, `cause`;
 * - `ERR_CALLBACK`: a callback of the caller's threw, `cause`;
 * - `ERR_CONTEXT_IN_USE`: a context can no longer be changed, since it has a connection;
 * - `ERR_CLOSED`: a connection was closed by this side;
 * - `ERR_HANDSHAKE_TIMEOUT`: a handshake took longer than it may;
 * - `ERR_NO_PEER_CERTIFICATE`: a connection demands a certificate, and the peer sent none;
 * - `ERR_NO_WATCHER`: this runtime has no event loop that could watch a socket's descriptor;
 * - `ERR_CONNECTION_BUSY`: a callback used the connection that it was called by;
 * - `ERR_CONNECTION_STATE`: an operation is not allowed in the state of the connection, or in the callback that runs;
 * - `ERR_TSOPENSSL_NOT_LOADED`: no binary of the addon could be loaded;
 * - `ERR_TSOPENSSL_NOT_ISOLATED`: the binary that was found uses another OpenSSL than its own.
 */
export type OpenSSLErrorCode =
  | `ERR_OSSL_${string}`
  | SystemErrorCode
  | 'ERR_OPENSSL'
  | 'ERR_OPENSSL_CONFIG'
  | 'ERR_REMOVED'
  | 'ERR_NODE_CRYPTO'
  | 'ERR_SIGNATURE'
  | 'ERR_WANT_READ'
  | 'ERR_WANT_WRITE'
  | 'ERR_WANT_X509_LOOKUP'
  | 'ERR_ZERO_RETURN'
  | 'ERR_SYSCALL'
  | 'ERR_FILE'
  | 'ERR_CALLBACK'
  | 'ERR_CONTEXT_IN_USE'
  | 'ERR_CLOSED'
  | 'ERR_HANDSHAKE_TIMEOUT'
  | 'ERR_NO_PEER_CERTIFICATE'
  | 'ERR_NO_WATCHER'
  | 'ERR_CONNECTION_BUSY'
  | 'ERR_CONNECTION_STATE'
  | 'ERR_TSOPENSSL_NOT_LOADED'
  | 'ERR_TSOPENSSL_NOT_ISOLATED';

/** Names of OpenSSL's libraries by number (`ERR_LIB_…` of err.h), as node's codes spell them. */
const libraryNames: Readonly<Record<number, string>> = {
  2: 'SYS',
  3: 'BN',
  4: 'RSA',
  5: 'DH',
  6: 'EVP',
  7: 'BUF',
  8: 'OBJ',
  9: 'PEM',
  10: 'DSA',
  11: 'X509',
  13: 'ASN1',
  14: 'CONF',
  15: 'CRYPTO',
  16: 'EC',
  20: 'SSL',
  32: 'BIO',
  33: 'PKCS7',
  34: 'X509V3',
  35: 'PKCS12',
  36: 'RAND',
  37: 'DSO',
  38: 'ENGINE',
  39: 'OCSP',
  40: 'UI',
  41: 'COMP',
  42: 'ECDSA',
  43: 'ECDH',
  44: 'OSSL_STORE',
  45: 'FIPS',
  46: 'CMS',
  47: 'TS',
  48: 'HMAC',
  50: 'CT',
  51: 'ASYNC',
  52: 'KDF',
  53: 'SM2',
  54: 'ESS',
  55: 'PROP',
  56: 'CRMF',
  57: 'PROV',
  58: 'CMP',
  59: 'OSSL_ENCODER',
  60: 'OSSL_DECODER',
  61: 'HTTP',
};

/** An error of OpenSSL, or of the addon's way to it. The message says what was being done and why it failed. */
export class OpenSSLError extends Error {
  /** `OpenSSLError`. */
  override readonly name: string = 'OpenSSLError';
  /** What went wrong, for programs. */
  readonly code: OpenSSLErrorCode;
  /** The part of OpenSSL that failed; empty where OpenSSL gave no reason. */
  readonly library: string;
  /** Why; empty where OpenSSL gave no reason. */
  readonly reason: string;
  /** OpenSSL's whole error queue, oldest first: the first entry is the cause, later ones say what it spoilt. */
  readonly queue: readonly QueuedError[];

  /**
   * @param operation - what was being done, or the whole message where `code` is given
   * @param queue - the drained queue
   * @param options - `code` where the error is not OpenSSL's own; `cause`
   * @throws nothing: nothing is looked at
   */
  constructor(
    operation: string,
    queue: readonly QueuedError[] = [],
    options: ErrorOptions & { readonly code?: OpenSSLErrorCode } = {},
  ) {
    const { code, ...rest } = options;
    super(code === undefined ? describe(operation, queue) : operation, rest);
    this.code = code ?? codeOf(queue);
    this.library = queue[0]?.library ?? '';
    this.reason = queue[0]?.reason ?? '';
    this.queue = queue;
  }
}

/** The queue as one line: `no start line (PEM routines, Expecting: CERTIFICATE)`, causes first. */
export function describeQueue(queue: readonly QueuedError[]): string {
  const texts = queue.map(({ library, reason, data }) => {
    const where = [library, data].filter(Boolean).join(', ');
    return `${reason || 'unknown reason'}${where === '' ? '' : ` (${where})`}`;
  });
  return texts.length === 0 ? 'OpenSSL gave no reason' : texts.join('; ');
}

function describe(operation: string, queue: readonly QueuedError[]): string {
  return `${operation}: ${describeQueue(queue)}`;
}

function codeOf(queue: readonly QueuedError[]): OpenSSLErrorCode {
  const [cause] = queue;
  if (cause === undefined || cause.reason === '') return 'ERR_OPENSSL';
  const words = [libraryNames[cause.libraryCode] ?? '', cause.reason].filter(Boolean).join('_');
  return `ERR_OSSL_${words.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
}
