// DTLS over UDP: a server that sends back what it is told, and a client. Datagrams get lost, so both keep timers; senders can lie
// about their address, so the server keeps nothing of a client before its cookie came back.
//
//   npx tsx dtls.ts server 4433
//   npx tsx dtls.ts client 4433 'some words'   of a server on this machine, which must have the key of demo.crt

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import path from 'node:path';
import { rand, SSL } from 'tsopenssl';

const [role, port, words = 'hello'] = process.argv.slice(2);
const certificate = path.join(import.meta.dirname, 'demo.crt');
const idleMilliseconds = 60_000;

/** A connection whose datagrams somebody else sends and receives. */
class Peer {
  readonly #connection: SSL.Connection;
  readonly #send: (datagram: Buffer) => void;
  readonly #onData: (data: Buffer) => void;
  readonly #onEnd: (reason: unknown) => void;
  #onReady: (() => void) | undefined;
  #again: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    connection: SSL.Connection,
    handlers: {
      readonly send: (datagram: Buffer) => void;
      readonly onReady: () => void;
      readonly onData: (data: Buffer) => void;
      readonly onEnd: (reason: unknown) => void;
    },
  ) {
    this.#connection = connection;
    this.#send = handlers.send;
    this.#onReady = handlers.onReady;
    this.#onData = handlers.onData;
    this.#onEnd = handlers.onEnd;
  }

  receive(datagram: Buffer): void {
    this.#connection.bioWrite(datagram);
    this.goOn();
  }

  /** Does what can be done now. */
  goOn(): void {
    clearTimeout(this.#again);
    clearTimeout(this.#idle);
    try {
      this.#connection.doHandshake();
      this.#onReady?.();
      this.#onReady = undefined;
      for (;;) this.#onData(this.#connection.recv(65536));
    } catch (error) {
      if (this.#isClosed) return;
      sendAll(this.#connection, this.#send);
      if (!(error instanceof SSL.WantReadError)) this.#onEnd(error);
      else this.#wait();
    }
  }

  write(data: Uint8Array | string): void {
    this.#connection.send(data);
  }

  /** Says goodbye, and stops the timers. */
  close(): void {
    clearTimeout(this.#again);
    clearTimeout(this.#idle);
    this.#isClosed = true;
    try {
      this.#connection.shutdown();
    } catch {
      // a handshake that is not done has no end
    }
    sendAll(this.#connection, this.#send);
  }

  #wait(): void {
    this.#idle = setTimeout(() => this.#onEnd(new Error('nothing came for a minute')), idleMilliseconds);
    const milliseconds = this.#connection.DTLSv1GetTimeout();
    if (milliseconds === null) return;
    this.#again = setTimeout(() => {
      this.#connection.DTLSv1HandleTimeout();
      this.goOn();
    }, milliseconds);
  }
}

/** Sends what a connection wants to send, each piece as one datagram. */
function sendAll(connection: SSL.Connection, send: (datagram: Buffer) => void): void {
  try {
    for (;;) send(connection.bioRead(65536));
  } catch (error) {
    if (!(error instanceof SSL.WantReadError)) throw error;
  }
}

function serve(): void {
  const secret = rand.bytes(32);
  const cookieOf = (connection: SSL.Connection) =>
    createHmac('sha256', secret).update(String(connection.getAppData())).digest();
  const context = new SSL.Context(SSL.DTLS_SERVER_METHOD);
  context.useCertificateChainFile(certificate);
  context.usePrivatekeyFile(path.join(import.meta.dirname, 'demo.key'));
  context.setOptions(SSL.OP_COOKIE_EXCHANGE);
  context.setCookieGenerateCallback(cookieOf);
  context.setCookieVerifyCallback((connection, cookie) => {
    const right = cookieOf(connection);
    return cookie.length === right.length && timingSafeEqual(cookie, right);
  });
  const socket = createSocket('udp4');
  const peers = new Map<string, Peer>();
  const newcomer = () => {
    const connection = new SSL.Connection(context);
    connection.setAcceptState();
    connection.setCiphertextMtu(1200);
    return connection;
  };
  let waiting = newcomer();

  const meet = (datagram: Buffer, from: RemoteInfo, name: string) => {
    const connection = waiting;
    const send = (answer: Buffer) => socket.send(answer, from.port, from.address);
    connection.setAppData(name);
    connection.bioWrite(datagram);
    try {
      connection.DTLSv1Listen();
    } catch (error) {
      sendAll(connection, send);
      if (!(error instanceof SSL.WantReadError)) waiting = newcomer();
      return;
    }
    waiting = newcomer();
    const peer = new Peer(connection, {
      send,
      onReady: () =>
        console.log(`${name}: ${connection.getProtocolVersionName()}, ${connection.getCipherName()}`),
      onData: (data) => peer.write(data),
      onEnd: (reason) => {
        peers.delete(name);
        peer.close();
        console.log(`${name}: ${reason instanceof SSL.ZeroReturnError ? 'goodbye' : reason}`);
      },
    });
    peers.set(name, peer);
    peer.goOn();
  };
  socket.on('message', (datagram, from) => {
    const name = `${from.address}:${from.port}`;
    const peer = peers.get(name);
    if (peer === undefined) meet(datagram, from, name);
    else peer.receive(datagram);
  });
  socket.bind(Number(port), '127.0.0.1', () => console.log(`listens on port ${socket.address().port}`));
}

function ask(): void {
  const context = new SSL.Context(SSL.DTLS_CLIENT_METHOD);
  context.loadVerifyLocations(certificate);
  context.setVerify(SSL.VERIFY_PEER);
  const connection = new SSL.Connection(context);
  connection.setVerifyOptions({ hostname: 'localhost' });
  connection.setCiphertextMtu(1200);
  connection.setConnectState();
  const socket = createSocket('udp4');
  const end = (code: number) => {
    peer.close();
    socket.close();
    process.exitCode = code;
  };
  const peer = new Peer(connection, {
    send: (datagram) => socket.send(datagram),
    onReady: () => peer.write(words),
    onData: (data) => {
      console.log(data.toString());
      end(0);
    },
    onEnd: (reason) => {
      console.error(String(reason));
      end(1);
    },
  });
  socket.on('message', (datagram) => peer.receive(datagram));
  socket.on('error', (error) => {
    console.error(`port ${port}: ${error.message}`); // nobody listens
    end(1);
  });
  socket.connect(Number(port), '127.0.0.1', () => peer.goOn());
}

if (role === 'server' && port !== undefined) serve();
else if (role === 'client' && port !== undefined) ask();
else {
  console.error('Usage: npx tsx dtls.ts server PORT | client PORT [WORDS]');
  process.exitCode = 2;
}
