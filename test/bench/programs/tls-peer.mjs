// One side of a benchmark of TLS in a process of its own: what to do comes as JSON, what was measured goes back as JSON. `lib` says
// whose TLS it is: `ours`, `memory` (ours without the socket's descriptor, as on Windows) or `node`. Nothing but that differs.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import nodeTls from 'node:tls';

const { role, lib, port, total = 0, count = 0, ca, cert, key } = JSON.parse(process.argv[2]);
const { caBundle, tls } = await import('tsopenssl');
const common = {
  ...{ ciphers: 'TLS_AES_128_GCM_SHA256', ecdhCurve: 'X25519' },
  ...{ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
};
const seconds = (begin) => (performance.now() - begin) / 1000;
const answer = (value) => process.send(value);

/** As a socket of Windows is: node has no descriptor of it. */
const hideDescriptor = (socket) => Object.defineProperty(socket._handle, 'fd', { value: -1 });

function connect(options = {}) {
  // no name is looked up: that takes longer than some handshakes
  const all = { host: '127.0.0.1', servername: 'localhost', port, secureContext: context, ...options };
  if (lib === 'ours') return tls.connect(all);
  if (lib === 'memory') {
    const socket = net.connect({ host: all.host, port, allowHalfOpen: true }).pause();
    socket.once('connect', () => hideDescriptor(socket));
    const { host: _, port: __, ...others } = all;
    return tls.connect({ ...others, socket });
  }
  return new Promise((resolve, reject) => {
    const socket = nodeTls.connect(all, () => resolve(socket));
    socket.on('error', reject);
  });
}

const context =
  role === 'client' || role === 'bulk' || role === 'handshakes' || role === 'idle'
    ? (lib === 'node' ? nodeTls : tls).createSecureContext({ ca, ...common })
    : undefined;

const roles = {
  /** Counts what comes, and says when all has come. */
  async server() {
    const server = (lib === 'node' ? nodeTls : tls).createServer({ cert, key, ...common }, (socket) => {
      let size = 0;
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        size += bytes.length;
        if (size === total) socket.write('done');
      });
    });
    if (lib === 'memory') server.prependListener('connection', hideDescriptor);
    server.listen(0, '127.0.0.1', 20_000);
    await once(server, 'listening');
    answer(server.address().port);
    process.on('message', () => {
      globalThis.gc();
      answer(process.memoryUsage().rss);
    });
  },

  /** Sends `total` bytes one way, in pieces of 64 KiB. */
  async bulk() {
    const socket = await connect();
    const piece = Buffer.alloc(65536, 1);
    const begin = performance.now();
    let sent = 0;
    const send = () => {
      while (sent < total) {
        sent += piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.on('drain', send);
    send();
    await once(socket, 'data');
    answer(seconds(begin));
    socket.destroy();
  },

  /**
   * `count` connections, 8 at once, after half as many that are not counted; with `total` they go on with the session of a first
   * one.
   */
  async handshakes() {
    let session;
    const first = await connect();
    first.on('session', (each) => {
      session = each;
    });
    first.write('x');
    await new Promise((resolve) => setTimeout(resolve, 50));
    first.on('data', () => {});
    if (lib !== 'node') session = first.getSession();
    first.destroy();
    const isResumed = total === 1;
    const shake = async (number) => {
      let left = number;
      const one = async () => {
        while (left-- > 0) {
          const socket = await connect(isResumed ? { session } : {});
          if (socket.isSessionReused() !== isResumed) throw new Error(`wanted resumed ${isResumed}`);
          socket.destroy();
        }
      };
      await Promise.all(Array.from({ length: 8 }, one));
    };
    await shake(count / 2);
    const begin = performance.now();
    await shake(count);
    answer(count / seconds(begin));
  },

  /** Opens `count` connections and keeps them. */
  async idle() {
    const all = [];
    let left = count;
    const one = async () => {
      while (left-- > 0) all.push(await connect());
    };
    await Promise.all(Array.from({ length: 8 }, one));
    globalThis.gc();
    answer(process.memoryUsage().rss);
  },

  /** Contexts with the embedded roots: milliseconds for one of `count`, and for the first. */
  context() {
    const roots = readFileSync(caBundle.getCaBundlePath(caBundle.TRUST_SERVER_AUTHENTICATION));
    const make =
      lib !== 'node' ? () => tls.createSecureContext() : () => nodeTls.createSecureContext({ ca: roots });
    const begin = performance.now();
    make();
    const firstMs = performance.now() - begin;
    const then = performance.now();
    for (let n = 0; n < count; n++) make();
    answer([(performance.now() - then) / count, firstMs]);
  },

  /** Milliseconds from nothing to a connection that was verified. */
  async first() {
    const begin = performance.now();
    const roots = readFileSync(caBundle.getCaBundlePath(caBundle.TRUST_SERVER_AUTHENTICATION), 'utf8');
    const { createSecureContext } = lib === 'ours' ? tls : nodeTls;
    const made = createSecureContext(lib === 'ours' ? common : { ca: roots, ...common });
    // the server's authority is none of the embedded ones: all of them are looked through
    await connect({ secureContext: made }).catch(() => {});
    answer(performance.now() - begin);
  },
};

await roles[role]();
