// Two connections in one process, whose bytes are carried over by hand: a client and a server over memory.

import type * as Tsopenssl from '../../addon/lib/index.ts';
import { entry } from './addon.ts';

const { crypto, SSL } = (await import(entry)) as typeof Tsopenssl;
const { PKey, X509, X509Extension } = crypto;

export type Context = InstanceType<typeof SSL.Context>;
export type Connection = InstanceType<typeof SSL.Connection>;
type Session = Tsopenssl.SSL.Session;
type Certificate = InstanceType<typeof X509>;
type Key = InstanceType<typeof PKey>;

export interface Credential {
  readonly certificate: Certificate;
  readonly key: Key;
}

export interface CredentialOptions {
  /** Who signs; without it the certificate is an authority that signs itself. */
  readonly issuer?: Credential;
  /** The kind of its key, `ec` if it is not given. */
  readonly key?: string;
  /** `DNS:localhost`, where it is a leaf. */
  readonly names?: string;
  /** How many days it is valid, from a day ago. */
  readonly days?: number;
}

let serial = 1n;

/** A certificate with its key. */
export function makeCredential(subject: string, options: CredentialOptions = {}): Credential {
  const { issuer, key: kind = 'ec', names = 'DNS:localhost', days = 30 } = options;
  const key = new PKey();
  key.generateKey(kind as 'ec', ...((kind === 'rsa' ? [2048] : []) as [number]));
  const certificate = new X509();
  certificate.setVersion(2);
  certificate.setSerialNumber(serial++);
  certificate.getSubject().CN = subject;
  certificate.setIssuer(issuer?.certificate.getSubject() ?? certificate.getSubject());
  certificate.setPubkey(key);
  certificate.gmtimeAdjNotBefore(-86400);
  certificate.gmtimeAdjNotAfter((days - 1) * 86400);
  certificate.addExtensions(
    issuer === undefined
      ? [new X509Extension('basicConstraints', true, 'CA:TRUE')]
      : [new X509Extension('subjectAltName', false, names)],
  );
  const signer = issuer ?? { key };
  certificate.sign(signer.key, /^(ed|ml|slh)/.test(signer.key.type() as string) ? undefined : 'sha256');
  return { certificate, key };
}

/** An authority, and a certificate for localhost that it signed. */
export const root = makeCredential('root');
export const leaf = makeCredential('localhost', { issuer: root });

/** A context of a server that has a certificate. */
export function serverContext(
  credential: Credential = leaf,
  method: number = SSL.TLS_SERVER_METHOD,
): Context {
  const context = new SSL.Context(method);
  context.useCertificate(credential.certificate);
  context.usePrivatekey(credential.key);
  return context;
}

/** A context of a client that trusts an authority and verifies. */
export function clientContext(authority: Credential = root, method: number = SSL.TLS_CLIENT_METHOD): Context {
  const context = new SSL.Context(method);
  context.getCertStore().addCert(authority.certificate);
  context.setVerify(SSL.VERIFY_PEER);
  return context;
}

export interface Pair {
  readonly client: Connection;
  readonly server: Connection;
}

export function makePair(client: Context = clientContext(), server: Context = serverContext()): Pair {
  const pair = { client: new SSL.Connection(client, null), server: new SSL.Connection(server, null) };
  pair.client.setConnectState();
  pair.server.setAcceptState();
  return pair;
}

/** Takes everything that one side has to send. */
export function takeAll(from: Connection): Buffer[] {
  const pieces: Buffer[] = [];
  for (;;) {
    try {
      pieces.push(from.bioRead(65536));
    } catch (error) {
      if (error instanceof SSL.WantReadError) return pieces;
      throw error;
    }
  }
}

/** Carries over what there is, in both directions. Answers how many pieces there were. */
export function carry({ client, server }: Pair): number {
  const fromClient = takeAll(client);
  for (const piece of fromClient) server.bioWrite(piece);
  const fromServer = takeAll(server);
  for (const piece of fromServer) client.bioWrite(piece);
  return fromClient.length + fromServer.length;
}

/** Goes on with a handshake; answers whether it is done. */
export function step(connection: Connection): boolean {
  try {
    connection.doHandshake();
    return true;
  } catch (error) {
    if (error instanceof SSL.WantReadError) return false;
    throw error;
  }
}

/** Does the handshake of both sides. What one of them throws, is thrown; both must be done in the end. */
export function shakeHands(pair: Pair): Pair {
  let done = [false, false];
  for (let rounds = 0; rounds < 20; rounds++) {
    done = [step(pair.client), step(pair.server)];
    if (carry(pair) === 0 && done[0] === true && done[1] === true) return pair;
  }
  throw new Error(`the handshake does not end: client ${done[0]}, server ${done[1]}`);
}

/** What a side throws when both do their handshake, and the other side goes on as far as it can. */
export function failedHandshake(pair: Pair): { readonly client?: unknown; readonly server?: unknown } {
  const failures: { client?: unknown; server?: unknown } = {};
  for (let rounds = 0; rounds < 20; rounds++) {
    for (const side of ['client', 'server'] as const) {
      if (side in failures) continue;
      try {
        step(pair[side]);
      } catch (error) {
        failures[side] = error;
      }
    }
    if (carry(pair) === 0 && rounds > 2) break;
  }
  return failures;
}

/** Connects a pair with a session. @returns the session that the client has afterwards, and whether both sides resumed one */
export function connectWith(pair: Pair, session: Session | undefined) {
  if (session !== undefined) pair.client.setSession(session);
  shakeHands(pair);
  pair.server.send('x');
  // a server of TLS 1.3 sends its tickets before its first data
  carry(pair);
  pair.client.recv(1);
  return {
    session: pair.client.getSession() as Session,
    isReused: pair.client.isSessionReused() && pair.server.isSessionReused(),
  };
}
