// One side of a benchmark of everyday work over TLS, in a process of its own: the task comes as JSON, the result goes back as JSON.
// `lib` is whose TLS it is, `ours` or `node`; nothing else differs.

import { once } from 'node:events';
import nodeHttps from 'node:https';
import nodeTls from 'node:tls';

const task = JSON.parse(process.argv[2]);
const { role, lib, port, size = 0, count = 0, isKept = false, noDelay, ca, cert, key } = task;
const { https, tls } = await import('tsopenssl');
const ownTls = lib === 'node' ? nodeTls : tls;
const ownHttps = lib === 'node' ? nodeHttps : https;
const pair = {
  ciphers: 'TLS_AES_128_GCM_SHA256',
  ecdhCurve: 'X25519',
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
};
const delay = noDelay === undefined ? {} : { noDelay };
const answer = (value) => process.send(value);
const seconds = (begin) => (performance.now() - begin) / 1000;

const secureContext = ownTls.createSecureContext({ ca, ...pair });

async function connect() {
  const options = {
    host: '127.0.0.1',
    servername: 'localhost',
    port,
    secureContext,
    ...(lib === 'ours' ? delay : {}),
  };
  const made = ownTls.connect(options);
  const socket = lib === 'ours' ? await made : made;
  if (lib === 'node') {
    if (noDelay === true) socket.setNoDelay(true);
    await once(socket, 'secureConnect');
  }
  socket.on('error', () => {});
  return socket;
}

function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

/** How late a timer of 10 ms is, at most, for as long as it runs. */
function watchTimers() {
  const late = [];
  let expected = performance.now() + 10;
  setInterval(() => {
    late.push(performance.now() - expected);
    expected = performance.now() + 10;
  }, 10);
  return late;
}

async function listen(server) {
  server.listen(0, '127.0.0.1', 1000);
  await once(server, 'listening');
  answer(server.address().port);
}

const roles = {
  /** The first byte says what a connection is for: `e` echoes, `s` counts and answers when `size` bytes have come. */
  async server() {
    const server = ownTls.createServer({ cert, key, ...pair, ...(lib === 'ours' ? {} : delay) }, (socket) => {
      let received = 0;
      let isEcho;
      if (lib === 'ours' && noDelay === false) socket.setNoDelay(false);
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        isEcho ??= bytes[0] === 101;
        received += bytes.length;
        if (isEcho) socket.write(bytes);
        else if (received === size) socket.write('done');
      });
    });
    await listen(server);
    const timers = watchTimers();
    process.on('message', (message) => {
      if (message === 'begin') timers.length = 0;
      if (message === 'report') answer({ p99: quantile(timers, 0.99), max: Math.max(...timers) });
    });
  },

  async web() {
    const body = Buffer.alloc(size, 120);
    await listen(ownHttps.createServer({ cert, key, ...pair }, (_request, response) => response.end(body)));
  },

  /** Bytes a second, of pieces of `size`, `count` of them; as much as the stream takes in one turn. */
  async writes() {
    const socket = await connect();
    const piece = Buffer.alloc(size, 115);
    const send = async (number) => {
      for (let left = number; left > 0; left--) if (!socket.write(piece)) await once(socket, 'drain');
    };
    const begin = performance.now();
    const done = once(socket, 'data');
    await send(count);
    await done;
    answer(count / seconds(begin));
  },

  /** Round trips a second. */
  async pingpong() {
    const socket = await connect();
    const piece = Buffer.alloc(size, 101);
    const some = (left) =>
      new Promise((resolve) => {
        let got = 0;
        const onData = (bytes) => {
          got += bytes.length;
          if (got < size) return;
          got = 0;
          left -= 1;
          if (left > 0) socket.write(piece);
          else {
            socket.off('data', onData);
            resolve();
          }
        };
        socket.on('data', onData);
        socket.write(piece);
      });
    await some(Math.ceil(count / 4));
    const begin = performance.now();
    await some(count);
    answer(count / seconds(begin));
  },

  /** Milliseconds from the first request of a new connection to its answer, the median. */
  async firstReply() {
    const times = [];
    for (let n = 0; n < count; n++) {
      const socket = await connect();
      const begin = performance.now();
      socket.write('e');
      await once(socket, 'data');
      times.push(performance.now() - begin);
      socket.destroy();
    }
    answer(quantile(times, 0.5));
  },

  /** Requests a second, 8 at once. */
  async requests() {
    const agent = new ownHttps.Agent({
      keepAlive: isKept,
      maxSockets: 8,
      secureContext,
      maxCachedSessions: 0,
    });
    const get = () =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', servername: 'localhost', port, agent, path: '/' };
        nodeHttps.get(options, (response) => response.resume().on('end', resolve)).on('error', reject);
      });
    const run = async (number) => {
      let left = number;
      const one = async () => {
        while (left-- > 0) await get();
      };
      await Promise.all(Array.from({ length: 8 }, one));
    };
    await run(Math.ceil(count / 3));
    const begin = performance.now();
    await run(count);
    answer(count / seconds(begin));
  },

  /** Sends as fast as it can until it is killed. */
  async flood() {
    const socket = await connect();
    const piece = Buffer.alloc(65536, 115);
    answer('begun');
    for (;;) if (!socket.write(piece)) await once(socket, 'drain');
  },

  /** How long each of `count` pings takes, one every 5 ms: p99 and maximum in milliseconds. */
  async pings() {
    const socket = await connect();
    const times = [];
    for (let n = 0; n < count; n++) {
      const begin = performance.now();
      socket.write('e');
      await once(socket, 'data');
      times.push(performance.now() - begin);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    answer({ p99: quantile(times, 0.99), max: Math.max(...times) });
  },
};

// ends in order where a tracer counts
process.on('message', (message) => {
  if (message === 'end') process.exit();
});
await roles[role]();
