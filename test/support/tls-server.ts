// Servers and clients of the package's `tls` on loopback, for tests.

import { once } from 'node:events';
import { type AddressInfo, connect as connectSocket, type Server as NetServer } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../addon/lib/index.ts';
import { entry } from './addon.ts';
import { type Credential, leaf, root } from './tls-pair.ts';

const { crypto, tls } = (await import(entry)) as typeof Tsopenssl;

export type TLSSocket = InstanceType<typeof tls.TLSSocket>;

/** Certificate and key as options. */
export function identity(credential: Credential = leaf): { readonly cert: string; readonly key: string } {
  return {
    cert: crypto.dumpCertificate(crypto.FILETYPE_PEM, credential.certificate).toString(),
    key: crypto.dumpPrivatekey(crypto.FILETYPE_PEM, credential.key).toString(),
  };
}

/** The authority of `leaf`. */
export const ca = crypto.dumpCertificate(crypto.FILETYPE_PEM, root.certificate).toString();

/** Lets a server listen on loopback until the test ends. */
export async function listen(t: ExecutionContext, server: NetServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A server that sends back what comes. */
export async function echoServer(
  t: ExecutionContext,
  options: Partial<Tsopenssl.tls.ServerOptions> = {},
): Promise<{ readonly port: number; readonly server: InstanceType<typeof tls.Server> }> {
  const own = options.secureContext === undefined ? identity() : {};
  const server = tls.createServer({ ...own, ...options }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  return { port: await listen(t, server), server };
}

/** The two ways in which bytes get to OpenSSL: by the descriptor of a socket, or out of a stream. */
export const ways = ['descriptor', 'stream'] as const;
export type Way = (typeof ways)[number];

/** Where to connect to, so that it goes the one way or the other. */
export async function reach(way: Way, port: number): Promise<{ port: number } | { socket: Duplex }> {
  if (way === 'descriptor') return { port };
  // it reads already: its descriptor is not taken over
  const socket = connectSocket({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  return { socket };
}

/** Everything that a stream gives, until its end. (Its iterator would destroy what can still be written.) */
export async function readAll(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  await finished(stream, { writable: false });
  return Buffer.concat(pieces);
}
