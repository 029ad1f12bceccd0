// Streams of TLS: verified by default, without a byte lost, whichever way the bytes go.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectSocket, createServer as createNetServer } from 'node:net';
import { duplexPair } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import nodeTls from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry, runProgram } from '../../support/addon.ts';
import { makeCredential, root } from '../../support/tls-pair.ts';
import {
  ca,
  echoServer,
  identity,
  listen,
  reach,
  readAll,
  type TLSSocket,
  ways,
} from '../../support/tls-server.ts';

const { https, OpenSSLError, SSL, tls } = (await import(entry)) as typeof Tsopenssl;

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function failure(t: ExecutionContext, connecting: Promise<TLSSocket>) {
  const error = await t.throwsAsync(connecting, { any: true });
  return error as InstanceType<typeof SSL.TLSError>;
}

for (const way of ways) {
  test(`${way}: a server is verified, and what is sent comes back byte for byte`, async (t) => {
    const { port } = await echoServer(t);
    const socket = await tls.connect({ ...(await reach(way, port)), ca });
    t.true(socket.authorized);
    t.is(socket.getProtocol(), 'TLSv1.3');
    t.is(socket.getCipher()?.name, 'TLS_AES_256_GCM_SHA384');
    t.is(socket.servername, 'localhost');
    t.is(socket.remotePort, port);
    t.is(socket.readyState, 'open');
    const data = randomBytes(3_000_000);
    const received = readAll(socket);
    // pieces of every size, many of them at once
    for (let at = 0, size = 1; at < data.length; at += size, size = (size * 7 + 1) % 70_000)
      socket.write(data.subarray(at, at + size));
    socket.end();
    t.is(digest(await received), digest(data));
    t.is(socket.bytesWritten, data.length);
    t.is(socket.bytesRead, data.length);
    await closed(socket);
    t.is(socket.readyState, 'closed');
  });

  test(`${way}: a reader that is slow holds the sender back`, async (t) => {
    const server = tls.createServer(identity(), (socket) => {
      socket.on('error', () => {});
      socket.end(Buffer.alloc(40_000_000, 7));
    });
    const port = await listen(t, server);
    const socket = await tls.connect({ ...(await reach(way, port)), ca });
    // until nothing more comes
    for (let before = -1; before !== socket.bytesRead; ) {
      before = socket.bytesRead;
      await sleep(300);
    }
    t.true(socket.readableLength <= 2 * socket.readableHighWaterMark + 65536, String(socket.readableLength));
    t.is(socket.bytesRead, socket.readableLength);
    t.is((await readAll(socket)).length, 40_000_000);
  });

  test(`${way}: each side can be ended by itself`, async (t) => {
    const server = tls.createServer({ ...identity(), allowHalfOpen: true }, async (socket) => {
      const heard = await readAll(socket);
      socket.end(`heard ${heard.length}`);
    });
    const port = await listen(t, server);
    const socket = await tls.connect({ ...(await reach(way, port)), ca, allowHalfOpen: true });
    socket.end('a question');
    t.is((await readAll(socket)).toString(), 'heard 10');
  });

  test(`${way}: a server that closes without close_notify is an error`, async (t) => {
    const server = tls.createServer(identity(), (socket) => {
      socket.on('error', () => {});
      socket.write('half of it', () => socket.destroy());
    });
    const port = await listen(t, server);
    const socket = await tls.connect({ ...(await reach(way, port)), ca });
    const error = await t.throwsAsync(readAll(socket), { instanceOf: SSL.SysCallError });
    t.regex(String(error?.message), /without close_notify|ECONNRESET/);

    // the control: one that says so is none
    const polite = tls.createServer(identity(), (other) => other.end('all of it'));
    const other = await tls.connect({ ...(await reach(way, await listen(t, polite))), ca });
    t.is((await readAll(other)).toString(), 'all of it');
  });

  test(`${way}: records that were changed on the way end it with an error, and nothing is made up`, async (t) => {
    const { port } = await echoServer(t);
    let isBroken = false;
    const proxy = createNetServer((inner) => {
      const outer = connectSocket(port, '127.0.0.1');
      inner.pipe(outer).on('error', () => inner.destroy());
      inner.on('error', () => outer.destroy());
      outer.on('data', (bytes) => {
        if (isBroken) bytes[bytes.length - 3] = (bytes[bytes.length - 3] as number) ^ 1;
        inner.write(bytes);
      });
    });
    const socket = await tls.connect({ ...(await reach(way, await listen(t, proxy))), ca });
    socket.write('as it is');
    t.is(String(await once(socket, 'data')), 'as it is');
    isBroken = true;
    const outcome = once(socket, 'data').catch((error) => error);
    socket.write('not as it is');
    t.is((await outcome).code, 'ERR_OSSL_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC');
  });

  test(`${way}: a peer that vanishes at any step of the handshake is an error of each`, async (t) => {
    for (const bytes of [0, 1, 5, 100, 127, 200, 600]) {
      const cut = createNetServer((inner) => {
        inner.on('error', () => {});
        inner.once('data', () => inner.end(Buffer.alloc(bytes, 22)));
      });
      const error = await failure(t, tls.connect({ ...(await reach(way, await listen(t, cut))), ca }));
      t.true(error instanceof OpenSSLError, `${bytes}: ${error}`);
    }
  });
}

async function closed(socket: TLSSocket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

test('streams that were paused, and that hand over each write at once, are taken over', async (t) => {
  const [near, far] = duplexPair();
  for (const one of [near, far]) one.pause();
  const server = new tls.TLSSocket(far, {
    isServer: true,
    secureContext: tls.createSecureContext(identity()),
  });
  server.connection.setVerify(SSL.VERIFY_NONE);
  const client = new tls.TLSSocket(near, { secureContext: tls.createSecureContext({ ca }) });
  server.pipe(server);
  const data = randomBytes(500_000);
  const received = readAll(client);
  client.end(data);
  t.is(digest(await received), digest(data));
});

test('nobody is trusted whom the roots do not vouch for, and the error says why', async (t) => {
  const { port, server } = await echoServer(t);
  const told = once(server, 'tlsClientError');
  const untrusted = await failure(t, tls.connect({ port }));
  t.is(untrusted.verification?.code, 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  t.is(untrusted.verification?.depth, 0);
  t.is(untrusted.verification?.certificate?.getSubject().CN, 'localhost');
  t.is(((await told)[0] as InstanceType<typeof SSL.TLSError>).alert, 48);

  const other = await failure(t, tls.connect({ port, ca, servername: 'other.example' }));
  t.is(other.verification?.code, 'ERR_HOSTNAME_MISMATCH');
  const address = await failure(t, tls.connect({ port, ca, host: '127.0.0.1' }));
  t.is(address.verification?.code, 'ERR_IP_ADDRESS_MISMATCH');

  const named = makeCredential('by address', { issuer: root, names: 'IP:127.0.0.1' });
  const byAddress = await echoServer(t, identity(named));
  const socket = await tls.connect({ port: byAddress.port, ca, host: '127.0.0.1' });
  t.true(socket.authorized);
  t.false(socket.servername);
  socket.destroy();
});

test('an unverified connection needs the explicit word, and says that it is one', async (t) => {
  const { port } = await echoServer(t);
  const socket = await tls.connect({ port, rejectUnauthorized: false });
  t.false(socket.authorized);
  const error = socket.authorizationError as InstanceType<typeof SSL.TLSError>;
  t.is(error.verification?.code, 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  socket.destroy();
  const right = await tls.connect({ port, ca, rejectUnauthorized: false });
  t.true(right.authorized);
  t.is(right.authorizationError, undefined);
  right.destroy();
});

test('checkServerIdentity decides about the name, and about nothing else', async (t) => {
  const { port } = await echoServer(t);
  const asked: unknown[] = [];
  const checkServerIdentity = (hostname: string, certificate: Tsopenssl.crypto.X509) => {
    asked.push(hostname, certificate.getSubject().CN);
    return undefined;
  };
  const socket = await tls.connect({ port, ca, servername: 'other.example', checkServerIdentity });
  t.deepEqual(asked, ['other.example', 'localhost']);
  socket.destroy();
  const refusal = new Error('not this one');
  t.is(await failure(t, tls.connect({ port, ca, checkServerIdentity: () => refusal })), refusal as never);
  const chain = await failure(t, tls.connect({ port, checkServerIdentity }));
  t.is(chain.verification?.code, 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
});

test('clients show certificates: wanted, asked for, and refused', async (t) => {
  const good = identity(makeCredential('a client', { issuer: root }));
  const foreign = identity(makeCredential('somebody else'));
  const names: (string | undefined)[] = [];
  const strict = tls.createServer({ ...identity(), ca, requestCert: true }, (socket) => {
    names.push(socket.getPeerCertificate()?.getSubject().CN, String(socket.authorized));
    socket.end('welcome');
  });
  const port = await listen(t, strict);
  t.is((await readAll(await tls.connect({ port, ca, ...good }))).toString(), 'welcome');
  t.deepEqual(names, ['a client', 'true']);
  for (const [who, alert] of [
    [{}, 116],
    [foreign, 48],
  ] as const) {
    const told = once(strict, 'tlsClientError');
    // of TLS 1.3 the client learns it after its own handshake
    const error = await t.throwsAsync(async () => readAll(await tls.connect({ port, ca, ...who })));
    t.is((error as InstanceType<typeof SSL.TLSError>).alert, alert);
    t.true((await told)[0] instanceof SSL.TLSError);
  }
  t.is(names.length, 2);

  const lenient = tls.createServer(
    { ...identity(), ca, requestCert: true, rejectUnauthorized: false },
    (socket) => {
      const { authorizationError: error } = socket;
      socket.end(`${socket.authorized} ${(error as InstanceType<typeof SSL.TLSError>)?.verification?.code}`);
    },
  );
  const other = await listen(t, lenient);
  const heard = async (who: object) =>
    (await readAll(await tls.connect({ port: other, ca, ...who }))).toString();
  t.is(await heard(good), 'true undefined');
  t.is(await heard(foreign), 'false ERR_DEPTH_ZERO_SELF_SIGNED_CERT');
  t.is(await heard({}), 'false undefined');
});

test('protocols and names are agreed on', async (t) => {
  const { port, server } = await echoServer(t, { ALPNProtocols: ['h2', 'http/1.1'] });
  const alpn = async (ALPNProtocols: string[]) => {
    const socket = await tls.connect({ port, ca, ALPNProtocols });
    socket.destroy();
    return socket.alpnProtocol;
  };
  t.is(await alpn(['http/1.1', 'h2']), 'h2');
  t.is(await alpn(['http/1.1']), 'http/1.1');
  t.is((await failure(t, tls.connect({ port, ca, ALPNProtocols: ['gopher'] }))).alert, 120);

  const other = makeCredential('other', { issuer: root, names: 'DNS:a.example,DNS:b.c.example' });
  server.addContext('*.example', identity(other));
  const shown = async (servername: string) => {
    const socket = await tls.connect({ port, ca, servername });
    socket.destroy();
    return socket.getPeerCertificate()?.getSubject().CN;
  };
  t.is(await shown('a.example'), 'other');
  t.is(await shown('localhost'), 'localhost');
  // a star is one label
  t.is(
    (await failure(t, tls.connect({ port, ca, servername: 'b.c.example' }))).verification?.code,
    'ERR_HOSTNAME_MISMATCH',
  );
});

for (const way of ways)
  test(`${way}: a connection that is closed below a stream is an error of the stream`, async (t) => {
    const { port } = await echoServer(t);
    for (const isIdle of [true, false]) {
      const socket = await tls.connect({ ...(await reach(way, port)), ca });
      const failed = once(socket, 'error');
      socket.resume().write('x');
      // before the answer comes, or with the next write
      if (isIdle) socket.once('data', () => socket.connection.close());
      else socket.connection.close();
      socket.once('data', () => socket.write('y'));
      if (!isIdle) socket.write('y');
      t.like((await failed)[0], { code: 'ERR_CLOSED' });
      t.true(socket.destroyed);
      socket.unref().destroy();
    }
  });

test('the context for a name may come later, and a failure to find it is one of the handshake', async (t) => {
  const other = makeCredential('other', { issuer: root, names: 'DNS:a.example' });
  const context = tls.createSecureContext(identity(other));
  const errors: Error[] = [];
  let [asked, left] = [0, 0];
  const { port, server } = await echoServer(t, {
    async SNICallback(name) {
      asked++;
      await sleep(20);
      if (name === 'none.example') throw new RangeError('nobody of that name');
      if (name === 'wrong.example') return 'a word' as never;
      left++;
      return name === 'a.example' ? context : undefined;
    },
  });
  server.on('tlsClientError', (error) => errors.push(error));
  for (const way of ways) {
    const shown = async (servername: string) => {
      const socket = await tls.connect({ ...(await reach(way, port)), ca, servername });
      socket.write('x');
      t.is(String(await once(socket, 'data')), 'x');
      socket.destroy();
      return socket.getPeerCertificate()?.getSubject().CN;
    };
    t.deepEqual(await Promise.all(['a.example', 'localhost'].map(shown)), ['other', 'localhost']);
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const error = await failure(
        t,
        tls.connect({ ...(await reach(way, port)), ca, servername: 'none.example', maxVersion }),
      );
      t.is(error.alert, 80);
      t.like(errors.pop(), { code: 'ERR_CALLBACK', cause: { message: 'nobody of that name' } });
    }
    await failure(t, tls.connect({ ...(await reach(way, port)), ca, servername: 'wrong.example' }));
    t.true(errors.pop()?.cause instanceof TypeError);
  }
  t.is(left, 2 * ways.length);

  // one that is gone meanwhile is of no interest any more
  const before = asked;
  const gone = connectSocket(port, '127.0.0.1');
  const tlsGone = new tls.TLSSocket(gone, { secureContext: tls.createSecureContext({ ca }) });
  tlsGone.connection.setTlsextHostName('a.example');
  tlsGone.on('error', () => {});
  while (asked === before) await sleep(1);
  tlsGone.destroy();
  while (left === 2 * ways.length || errors.length === 0) await sleep(1);
  t.is(left, 2 * ways.length + 1);
  t.is(errors.length, 1);
  t.true(errors[0] instanceof SSL.SysCallError);
});

test('a context for a name that never comes ends with the time for the handshake', async (t) => {
  const { port, server } = await echoServer(t, {
    SNICallback: () => new Promise(() => {}),
    handshakeTimeout: 50,
  });
  const told = once(server, 'tlsClientError');
  await failure(t, tls.connect({ port, ca, servername: 'a.example' }));
  t.like((await told)[0], { code: 'ERR_HANDSHAKE_TIMEOUT' });
});

test('a server takes another certificate for the connections to come', async (t) => {
  const { port, server } = await echoServer(t);
  const before = await tls.connect({ port, ca });
  server.setSecureContext(identity(makeCredential('the next', { issuer: root })));
  const after = await tls.connect({ port, ca });
  t.is(before.getPeerCertificate()?.getSubject().CN, 'localhost');
  t.is(after.getPeerCertificate()?.getSubject().CN, 'the next');
  before.write('still here');
  t.is(String(await once(before, 'data')), 'still here');
  before.destroy();
  after.destroy();
});

test('a session is gone on with, of each version', async (t) => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { port } = await echoServer(t, { maxVersion });
    const first = await tls.connect({ port, ca });
    first.write('x');
    await once(first, 'data');
    t.false(first.isSessionReused());
    const session = first.getSession() as Buffer;
    first.destroy();
    const second = await tls.connect({ port, ca, session });
    t.true(second.isSessionReused());
    t.true(second.authorized);
    t.is(second.getProtocol(), maxVersion);
    second.destroy();
  }
});

test('a signal gives up, before, during and after the handshake', async (t) => {
  const { port } = await echoServer(t);
  t.is((await failure(t, tls.connect({ port, ca, signal: AbortSignal.abort() }))).name, 'AbortError');

  const silent = createNetServer(() => {});
  const silentPort = await listen(t, silent);
  const during = new AbortController();
  setTimeout(() => during.abort(), 50);
  t.is((await failure(t, tls.connect({ port: silentPort, ca, signal: during.signal }))).name, 'AbortError');
  const late = await failure(t, tls.connect({ port: silentPort, ca, timeout: 50 }));
  t.is(late.code, 'ERR_HANDSHAKE_TIMEOUT');

  const after = new AbortController();
  const socket = await tls.connect({ port, ca, signal: after.signal });
  const error = once(socket, 'error');
  after.abort();
  t.is(((await error)[0] as Error).name, 'AbortError');
  t.true(socket.destroyed);
});

test('a client that does not go on with its handshake is dropped', async (t) => {
  const { port, server } = await echoServer(t, { handshakeTimeout: 100 });
  const told = once(server, 'tlsClientError');
  const idle = connectSocket(port, '127.0.0.1');
  await once(idle, 'close');
  t.is(((await told)[0] as { code: string }).code, 'ERR_HANDSHAKE_TIMEOUT');
});

test('nothing that happens for a while is told', async (t) => {
  const { port } = await echoServer(t);
  const socket = await tls.connect({ port, ca });
  t.teardown(() => socket.destroy());
  await new Promise<void>((resolve) => socket.setTimeout(60, resolve));
  t.false(socket.destroyed);
  let last = performance.now();
  socket.setTimeout(1000, () => {
    // a machine with much to do may really have let that time go by
    const quietMs = performance.now() - last;
    t.true(quietMs > 900, `told after ${quietMs} ms`);
  });
  // longer than that in all
  for (let n = 0; n < 25; n++) {
    socket.write('x');
    await once(socket, 'data');
    last = performance.now();
    await sleep(50);
  }
});

test('node:tls serves us, and we serve it', async (t) => {
  const server = nodeTls.createServer(identity(), (socket) => socket.pipe(socket));
  const port = await listen(t, server);
  const ours = await tls.connect({ port, ca });
  ours.end('to node');
  t.is((await readAll(ours)).toString(), 'to node');

  const { port: ownPort } = await echoServer(t);
  const theirs = nodeTls.connect({ port: ownPort, ca, host: 'localhost' });
  theirs.end('from node');
  t.is((await readAll(theirs)).toString(), 'from node');
  t.true(theirs.authorized);
});

test('many connections at once, each with its own bytes', async (t) => {
  const { port } = await echoServer(t);
  const one = async (seed: number) => {
    const socket = await tls.connect({ port, ca });
    const data = Buffer.alloc(20_000, seed);
    socket.end(data);
    return (await readAll(socket)).equals(data);
  };
  const all = await Promise.all(Array.from({ length: 200 }, (_, seed) => one(seed % 256)));
  t.true(all.every(Boolean));
});

test('wrong options are told at once, with the right name', async (t) => {
  const wrong = (options: object) => t.throwsAsync(tls.connect(options as never), { instanceOf: TypeError });
  t.regex(String((await wrong({ port: 1, rejectUnauthorised: false }))?.message), /rejectUnauthorized/);
  await wrong({ port: 1, rejectUnauthorized: 0 });
  await wrong({ port: 1, signal: {} });
  await wrong({ port: 1, ca: 7 });
  await t.throwsAsync(tls.connect({ port: 99999 }), { instanceOf: RangeError });
  await t.throwsAsync(tls.connect({ port: 1, ca: 'no PEM' }), { instanceOf: OpenSSLError });
  t.throws(() => tls.createServer({ minVersion: 'SSLv3' as never }), { message: /TLSv1\.2/ });
  t.throws(() => tls.createServer({ handshakeTimeout: -1 }), { instanceOf: RangeError });
  const { cert } = identity();
  const { key } = identity(makeCredential('another'));
  t.throws(() => tls.createServer({ cert, key }), { code: 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' });
});

test('what a listener throws is its own fault, not that of the connection', async (t) => {
  const program = (event: string) => `
    const { tls } = await import(entry);
    const server = tls.createServer(${JSON.stringify(identity())}, (s) => s.pipe(s)).listen(0, '127.0.0.1', async () => {
      const socket = await tls.connect({ port: server.address().port, ca: ${JSON.stringify(ca)} });
      process.on('uncaughtException', (error) => { console.log(error.message); process.exit(); });
      socket.on('error', (error) => console.log('an error of the connection', error));
      socket.on('${event}', () => { throw new Error('of the listener'); }).resume();
      socket.end('x');
    });`;
  for (const event of ['data', 'end']) {
    const { stdout } = await runProgram(program(event));
    t.is(stdout.trim(), 'of the listener');
  }
});

test('sessions are told of when they come, and each can be gone on with', async (t) => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { port } = await echoServer(t, { maxVersion });
    const first = await tls.connect({ port, ca });
    const told: Buffer[] = [];
    first.on('session', (session: Buffer) => told.push(session));
    first.end('x');
    t.is((await readAll(first)).toString(), 'x');
    // two of TLS 1.3 that come together are one event
    t.true(told.length > 0, maxVersion);
    for (const session of told) {
      const again = await tls.connect({ port, ca, session });
      t.true(again.isSessionReused(), maxVersion);
      again.destroy();
    }
  }
  const secureContext = tls.createSecureContext({ ...identity(), minVersion: 'TLSv1.3' });
  secureContext.setVerify(SSL.VERIFY_NONE);
  secureContext.setNumTickets(0);
  const { port } = await echoServer(t, { secureContext } as never);
  const forgotten = await tls.connect({ port, ca });
  forgotten.on('session', () => t.fail('the server gives none'));
  forgotten.end('x');
  t.is((await readAll(forgotten)).toString(), 'x');
});

test('what a server says of its certificate comes before the handshake is done', async (t) => {
  const secureContext = tls.createSecureContext(identity());
  secureContext.setVerify(SSL.VERIFY_NONE);
  secureContext.setOcspServerCallback(() => Buffer.from('a response'));
  const { port } = await echoServer(t, { secureContext } as never);
  const { port: silent } = await echoServer(t);
  const heard = async (where: number, requestOCSP?: boolean) => {
    const agent = new https.Agent({ ca, ...(requestOCSP === undefined ? {} : { requestOCSP }) });
    const socket = agent.createConnection({ host: 'localhost', port: where }) as TLSSocket;
    const events: unknown[] = [];
    socket.on('OCSPResponse', (response: Buffer | null) => events.push(response?.toString() ?? null));
    socket.on('secure', () => events.push('secure'));
    await once(socket, 'secureConnect');
    socket.destroy();
    return events;
  };
  t.deepEqual(await heard(port, true), ['a response', 'secure']);
  t.deepEqual(await heard(silent, true), [null, 'secure']);
  t.deepEqual(await heard(port), ['secure']);
});
