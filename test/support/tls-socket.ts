// A connection over memory, carried over a socket of node:net or node:dgram: what docs/tls.md shows, for tests with real peers.

import type { Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type * as Tsopenssl from '../../addon/lib/index.ts';
import { entry } from './addon.ts';
import { type Connection, takeAll } from './tls-pair.ts';

const { SSL } = (await import(entry)) as typeof Tsopenssl;

/** What carries the bytes. */
interface Carrier {
  write(piece: Buffer): void;
  close(): void;
}

export class Carried {
  readonly connection: Connection;
  readonly #carrier: Carrier;
  #wake: () => void = () => {};
  #failure: unknown;

  constructor(connection: Connection, carrier: Carrier) {
    this.connection = connection;
    this.#carrier = carrier;
  }

  static overStream(connection: Connection, socket: Socket): Carried {
    const carried = new Carried(connection, {
      write: (piece) => socket.write(piece),
      close: () => socket.end(),
    });
    socket.on('data', (piece) => carried.arrived(piece));
    socket.on('end', () => carried.ended());
    socket.on('error', (error) => carried.failed(error));
    return carried;
  }

  static overDatagrams(connection: Connection, socket: DatagramSocket): Carried {
    const carried = new Carried(connection, {
      write: (piece) => socket.send(piece),
      close: () => socket.close(),
    });
    socket.on('message', (piece) => carried.arrived(piece));
    socket.on('error', (error) => carried.failed(error));
    return carried;
  }

  arrived(piece: Uint8Array): void {
    this.connection.bioWrite(piece);
    this.#wake();
  }

  ended(): void {
    this.connection.bioShutdown();
    this.#wake();
  }

  failed(error: unknown): void {
    this.#failure = error;
    this.#wake();
  }

  /** Does something with the connection, as soon as the peer has sent what that needs. */
  async until<Result>(use: (connection: Connection) => Result): Promise<Result> {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      try {
        const result = use(this.connection);
        this.flush();
        return result;
      } catch (error) {
        this.flush();
        if (!(error instanceof SSL.WantReadError)) throw error;
      }
      if (this.#failure !== undefined) throw this.#failure;
      await woken;
    }
  }

  flush(): void {
    for (const piece of takeAll(this.connection)) this.#carrier.write(piece);
  }

  async handshake(): Promise<void> {
    await this.until((connection) => connection.doHandshake());
  }

  async send(data: string | Uint8Array): Promise<void> {
    await this.until((connection) => connection.sendall(data));
  }

  /** Receives until there is so much, or until the peer ends the connection. */
  async receive(wanted: number | RegExp): Promise<string> {
    let text = '';
    const isEnough = () => (typeof wanted === 'number' ? text.length >= wanted : wanted.test(text));
    while (!isEnough()) {
      try {
        text += (await this.until((connection) => connection.recv(65536))).toString('latin1');
      } catch (error) {
        if (error instanceof SSL.ZeroReturnError) return text;
        throw error;
      }
    }
    return text;
  }

  close(): void {
    this.connection.shutdown();
    this.flush();
    this.#carrier.close();
  }
}

export async function connected(socket: Socket): Promise<Socket> {
  await once(socket, 'connect');
  return socket;
}
