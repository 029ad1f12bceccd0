// What OpenSSL asks in the middle of a handshake: each callback, its answers, and what becomes of a handshake whose callback throws,
// answers something else, or uses the connection.

import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';
import {
  type Connection,
  type Context,
  carry,
  clientContext,
  failedHandshake,
  leaf,
  makeCredential,
  makePair,
  root,
  serverContext,
  shakeHands,
} from '../../support/tls-pair.ts';

const { crypto, OpenSSLError, SSL } = (await import(entry)) as typeof Tsopenssl;

const stranger = makeCredential('stranger');

test('a certificate of a stranger fails the handshake, on both sides, and says which it was', (t) => {
  const { client, server } = failedHandshake(makePair(clientContext(stranger)));
  t.like(client, {
    name: 'TLSError',
    code: 'ERR_OSSL_SSL_CERTIFICATE_VERIFY_FAILED',
    verification: {
      code: 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      errorNumber: 20,
      text: 'unable to get local issuer certificate',
      depth: 0,
    },
  });
  const { verification, message } = client as InstanceType<typeof SSL.TLSError>;
  t.is(verification?.certificate?.getSubject().CN, 'localhost');
  t.regex(message, /^handshake: unable to get local issuer certificate at depth 0: /);
  t.like(server, { name: 'TLSError', alert: 48, verification: undefined });
});

test('what failed is not called an end in order by what comes after', (t) => {
  const pair = makePair(clientContext(stranger));
  failedHandshake(pair);
  for (const [side, alert] of [
    [pair.server, 48],
    [pair.client, undefined],
  ] as const) {
    side.bioShutdown();
    for (const use of [() => side.recv(1), () => side.doHandshake(), () => side.send('x')]) {
      const error = t.throws(use, { instanceOf: SSL.TLSError });
      if (alert !== undefined) t.is(error?.alert, alert);
    }
  }
});

test('the host name is checked where it was set', (t) => {
  const right = makePair();
  right.client.setVerifyOptions({ hostname: 'localhost' });
  t.notThrows(() => shakeHands(right));
  const wrong = makePair();
  wrong.client.setVerifyOptions({ hostname: 'example.org' });
  t.like(failedHandshake(wrong).client, { verification: { code: 'ERR_HOSTNAME_MISMATCH', depth: 0 } });
  t.throws(() => right.client.setVerifyOptions({ crls: [new crypto.CRL()] } as never), {
    instanceOf: TypeError,
  });
});

test('a date of the store after which a root is not trusted counts in TLS, for the leaf of each side', (t) => {
  const outcome = (days: number) => {
    const context = new SSL.Context(SSL.TLS_CLIENT_METHOD);
    const date = new Date(Date.now() + days * 86_400_000);
    context.getCertStore().addCert(root.certificate, { distrustAfter: date });
    context.setVerify(SSL.VERIFY_PEER);
    return failedHandshake(makePair(context));
  };
  // the leaf is from a day ago
  t.deepEqual(outcome(0), {});
  t.like(outcome(-3).client, { verification: { code: 'ERR_CERT_REJECTED' } });
});

test('nothing is verified where nothing was asked for, and the result is there', (t) => {
  const client = new SSL.Context(SSL.TLS_CLIENT_METHOD);
  t.is(client.getVerifyMode(), SSL.VERIFY_NONE);
  const pair = shakeHands(makePair(client));
  t.is(pair.client.getVerifyResult(), 20);
});

test('a verify callback sees each certificate and has the last word', (t) => {
  const seen: unknown[] = [];
  const context = clientContext(stranger);
  context.setVerify(SSL.VERIFY_PEER, (connection, certificate, errorNumber, depth, isRight) => {
    seen.push([connection, certificate?.getSubject().CN, errorNumber, depth, isRight]);
    return true;
  });
  const pair = shakeHands(makePair(context));
  t.deepEqual(
    seen.map((each) => (each as unknown[]).slice(1)),
    [
      ['localhost', 20, 0, false],
      ['localhost', 21, 0, false],
      ['localhost', 0, 0, true],
    ],
  );
  t.true(seen.every((each) => (each as unknown[])[0] === pair.client));
  t.is(pair.client.getVerifyResult(), 0);

  const strict = clientContext();
  strict.setVerify(SSL.VERIFY_PEER, (_connection, _certificate, _error, depth) => depth !== 0);
  t.like(failedHandshake(makePair(strict)).client, {
    verification: { code: 'ERR_APPLICATION_VERIFICATION' },
  });
  const freed = makePair(strict);
  freed.client.setVerify(SSL.VERIFY_PEER, null);
  t.notThrows(() => shakeHands(freed));
  const own = makePair();
  own.client.setVerify(SSL.VERIFY_PEER, () => false);
  t.like(failedHandshake(own).client, { verification: { code: 'ERR_APPLICATION_VERIFICATION', depth: 1 } });
});

interface Thrower {
  readonly side: 'client' | 'server';
  readonly set: (context: Context, callback: () => never) => void;
  readonly prepare?: (client: Context, server: Context) => void;
  readonly start?: (client: Connection) => void;
}

const asksOcsp = (client: Connection) => client.requestOcsp();
const offers = (client: Context) => client.setAlpnProtos(['h2']);
const withoutTls13 = (client: Context) => client.setMaxProtoVersion(SSL.TLS1_2_VERSION);
const key = Buffer.alloc(32, 7);

/** Every callback, and what makes OpenSSL call it. */
const throwers: Readonly<Record<string, Thrower>> = {
  verify: { side: 'client', set: (context, callback) => context.setVerify(SSL.VERIFY_PEER, callback) },
  'verify, where nothing depends on it': {
    side: 'client',
    set: (context, callback) => context.setVerify(SSL.VERIFY_NONE, callback),
  },
  'info of a client': { side: 'client', set: (context, callback) => context.setInfoCallback(callback) },
  'info of a server': { side: 'server', set: (context, callback) => context.setInfoCallback(callback) },
  keylog: { side: 'client', set: (context, callback) => context.setKeylogCallback(callback) },
  'server name': {
    side: 'server',
    set: (context, callback) => context.setTlsextServernameCallback(callback),
  },
  ALPN: {
    side: 'server',
    set: (context, callback) => context.setAlpnSelectCallback(callback),
    prepare: offers,
  },
  'OCSP of a server': {
    side: 'server',
    set: (context, callback) => context.setOcspServerCallback(callback),
    start: asksOcsp,
  },
  'OCSP of a client': {
    side: 'client',
    set: (context, callback) => context.setOcspClientCallback(callback),
    start: asksOcsp,
  },
  'PSK of a client': { side: 'client', set: (context, callback) => context.setPskClientCallback(callback) },
  'PSK of a server': {
    side: 'server',
    set: (context, callback) => context.setPskServerCallback(callback),
    prepare: (client) => client.setPskClientCallback(() => ['me', key]),
  },
  certificate: { side: 'server', set: (context, callback) => context.setCertificateCallback(callback) },
  'new session': {
    side: 'client',
    set: (context, callback) => context.setNewSessionCallback(callback),
    prepare: withoutTls13,
  },
};

for (const [name, { side, set, prepare, start }] of Object.entries(throwers)) {
  test(`a callback that throws fails the handshake with its error: ${name}`, (t) => {
    const error = new RangeError('mine');
    const contexts = { client: clientContext(), server: serverContext() };
    prepare?.(contexts.client, contexts.server);
    let calls = 0;
    set(contexts[side], () => {
      calls++;
      throw error;
    });
    const pair = makePair(contexts.client, contexts.server);
    start?.(pair.client);
    const failures = failedHandshake(pair);
    t.like(failures[side], { name: 'OpenSSLError', code: 'ERR_CALLBACK', message: 'a callback threw: mine' });
    t.is((failures[side] as Error).cause, error);
    t.is(calls, 1, 'none is called after one that threw');
    // and it stays so: nothing of the connection can be used as if it had succeeded
    const broken = pair[side];
    for (const use of [
      () => broken.doHandshake(),
      () => broken.send('x'),
      () => broken.recv(1),
      () => broken.shutdown(),
    ])
      t.throws(use, { instanceOf: OpenSSLError, code: 'ERR_CALLBACK' });

    // the control: without a throw the same handshake is done
    if (!(name in silent)) return;
    const quiet = { client: clientContext(), server: serverContext() };
    prepare?.(quiet.client, quiet.server);
    silent[name]?.(quiet[side]);
    const good = makePair(quiet.client, quiet.server);
    start?.(good.client);
    t.notThrows(() => shakeHands(good));
  });
}

/** The same callbacks with an answer. */
const silent: Readonly<Record<string, (context: Context) => void>> = {
  verify: (context) => context.setVerify(SSL.VERIFY_PEER, (_1, _2, _3, _4, isRight) => isRight),
  'verify, where nothing depends on it': (context) => context.setVerify(SSL.VERIFY_NONE, () => true),
  'info of a client': (context) => context.setInfoCallback(() => {}),
  'info of a server': (context) => context.setInfoCallback(() => {}),
  keylog: (context) => context.setKeylogCallback(() => {}),
  'server name': (context) => context.setTlsextServernameCallback(() => {}),
  ALPN: (context) => context.setAlpnSelectCallback(() => 'h2'),
  'OCSP of a server': (context) => context.setOcspServerCallback(() => Buffer.from('x')),
  'OCSP of a client': (context) => context.setOcspClientCallback(() => true),
  'PSK of a client': (context) => context.setPskClientCallback(() => undefined),
  'PSK of a server': (context) => context.setPskServerCallback(() => key),
  certificate: (context) => context.setCertificateCallback(() => true),
  'new session': (context) => context.setNewSessionCallback(() => {}),
};

test('an answer that is none is no yes: a promise, nothing, a number', (t) => {
  for (const answer of [undefined, Promise.resolve(true), 1, 'yes']) {
    const context = clientContext();
    context.setVerify(SSL.VERIFY_PEER, () => answer as never);
    const { client } = failedHandshake(makePair(context));
    t.like(client, { code: 'ERR_CALLBACK' });
    t.true((client as Error).cause instanceof TypeError);
  }
  const server = serverContext();
  server.setAlpnSelectCallback(() => 7 as never);
  const client = clientContext();
  client.setAlpnProtos(['h2']);
  t.like(failedHandshake(makePair(client, server)).server, { code: 'ERR_CALLBACK' });
});

test('a callback may ask and set the connection, and not go on with it', (t) => {
  const refused: unknown[] = [];
  const server = serverContext();
  server.setTlsextServernameCallback((connection) => {
    t.is(connection.getServername(), 'localhost');
    t.is(connection.getContext(), server);
    connection.setAppData('seen');
    for (const use of [
      () => connection.doHandshake(),
      () => connection.recv(1),
      () => connection.send('x'),
      () => connection.shutdown(),
      () => connection.setAcceptState(),
      () => connection.DTLSv1HandleTimeout(),
    ]) {
      const error = t.throws(use, { instanceOf: OpenSSLError });
      refused.push(error?.code);
    }
  });
  const pair = makePair(clientContext(), server);
  pair.client.setTlsextHostName('localhost');
  shakeHands(pair);
  t.is(pair.server.getAppData(), 'seen');
  const busy = 'ERR_CONNECTION_BUSY';
  t.deepEqual(refused, [busy, busy, busy, busy, 'ERR_CONNECTION_STATE', busy]);
  t.notThrows(() => pair.server.send('x'));
});

test('what is read while a callback takes the memory away is not written there', (t) => {
  const server = serverContext();
  const client = clientContext();
  let target = new Uint8Array(100);
  client.setNewSessionCallback(() => {
    structuredClone(target.buffer, { transfer: [target.buffer] });
  });
  const pair = makePair(client, server);
  t.throws(() => pair.client.doHandshake(), { instanceOf: SSL.WantReadError });
  carry(pair);
  t.throws(() => pair.server.doHandshake(), { instanceOf: SSL.WantReadError });
  carry(pair);
  pair.client.doHandshake();
  carry(pair);
  pair.server.doHandshake();
  pair.server.send('after the tickets');
  carry(pair);
  t.throws(() => pair.client.recvInto(target), { message: /^Expected the memory of target to stay/ });
  target = new Uint8Array(100);
  pair.server.send('more');
  carry(pair);
  t.is(pair.client.recvInto(target), 4);
});

test('the server chooses a protocol, or none', (t) => {
  const outcome = (answer: (protocols: readonly Buffer[]) => unknown) => {
    const client = clientContext();
    client.setAlpnProtos(['h2', 'http/1.1']);
    const server = serverContext();
    server.setAlpnSelectCallback((_connection, protocols) => answer(protocols) as never);
    return makePair(client, server);
  };
  const chosen = shakeHands(outcome((protocols) => protocols[1]));
  t.is(chosen.client.getAlpnProtoNegotiated().toString(), 'http/1.1');
  t.is(chosen.server.getAlpnProtoNegotiated().toString(), 'http/1.1');
  t.is(
    shakeHands(outcome(() => 'h2'))
      .client.getAlpnProtoNegotiated()
      .toString(),
    'h2',
  );
  const none = shakeHands(outcome(() => SSL.NO_OVERLAPPING_PROTOCOLS));
  t.is(none.client.getAlpnProtoNegotiated().length, 0);
  const other = failedHandshake(outcome(() => 'spdy/3'));
  t.like(other.client, { name: 'TLSError', alert: 120 });
  const own = makePair(clientContext(), chosen.server.getContext());
  own.client.setAlpnProtos([Buffer.from('h2'), 'http/1.1']);
  t.is(shakeHands(own).client.getAlpnProtoNegotiated().toString(), 'http/1.1');
});

test('a server takes another context by the name that the client asks for', (t) => {
  const other = serverContext(makeCredential('example.org', { issuer: root, names: 'DNS:example.org' }));
  const keylog: string[] = [];
  other.setKeylogCallback((_connection, line) => keylog.push(line));
  const server = serverContext();
  server.setTlsextServernameCallback((connection) => {
    if (connection.getServername() === 'example.org') connection.setContext(other);
  });
  for (const name of ['example.org', 'localhost']) {
    const pair = makePair(clientContext(), server);
    pair.client.setTlsextHostName(name);
    pair.client.setVerifyOptions({ hostname: name });
    shakeHands(pair);
    t.is(pair.client.getPeerCertificate()?.getSubject().CN, name);
    t.is(pair.server.getContext(), name === 'localhost' ? server : other);
    t.is(pair.server.getServername(), name);
    t.is(keylog.length > 0, name === 'example.org' || keylog.length > 0);
  }
  const none = shakeHands(makePair(clientContext(), server));
  t.is(none.server.getServername(), null);
});

test('a server waits for its certificate, and goes on when it is there', (t) => {
  const other = makeCredential('localhost', { issuer: root, names: 'DNS:localhost' });
  const server = new SSL.Context(SSL.TLS_METHOD);
  let isThere = false;
  server.setCertificateCallback((connection) => {
    if (isThere) {
      connection.useCertificate(other.certificate);
      connection.usePrivatekey(other.key);
    }
    return isThere;
  });
  const pair = makePair(clientContext(), server);
  t.throws(() => pair.client.doHandshake(), { instanceOf: SSL.WantReadError });
  carry(pair);
  t.throws(() => pair.server.doHandshake(), { instanceOf: SSL.WantX509LookupError });
  t.is(pair.server.want(), 'certificate');
  t.throws(() => pair.server.doHandshake(), { instanceOf: SSL.WantX509LookupError });
  carry(pair);
  t.throws(() => pair.client.doHandshake(), { instanceOf: SSL.WantReadError });
  isThere = true;
  shakeHands(pair);
  t.is(pair.client.getPeerCertificate()?.digest('sha256'), other.certificate.digest('sha256'));
});

test('a client chooses a certificate when the server asks for one, and is not asked where it does not', (t) => {
  const mine = makeCredential('a client', { issuer: root });
  for (const mode of [SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, SSL.VERIFY_NONE]) {
    const server = serverContext();
    server.setVerify(mode);
    server.getCertStore()?.addCert(root.certificate);
    const client = clientContext();
    let asked = 0;
    client.setCertificateCallback((connection) => {
      asked++;
      connection.useCertificate(mine.certificate);
      connection.usePrivatekey(mine.key);
      return true;
    });
    const pair = shakeHands(makePair(client, server));
    t.is(asked, mode === SSL.VERIFY_NONE ? 0 : 1);
    t.is(
      pair.server.getPeerCertificate()?.getSubject().CN,
      mode === SSL.VERIFY_NONE ? undefined : 'a client',
    );
  }
});

test('an OCSP response goes from the server to the client, which judges it', (t) => {
  const outcome = (response: Uint8Array, answer: boolean, asks = true) => {
    const seen: string[] = [];
    const server = serverContext();
    server.setOcspServerCallback((_connection, data) => {
      t.is(data, 'data');
      return response;
    }, 'data');
    const client = clientContext();
    client.setOcspClientCallback((_connection, received) => {
      seen.push(received.toString());
      return answer;
    });
    const pair = makePair(client, server);
    if (asks) pair.client.requestOcsp();
    return { seen, failures: failedHandshake(pair) };
  };
  t.deepEqual(outcome(Buffer.from('response'), true), { seen: ['response'], failures: {} });
  t.deepEqual(outcome(Buffer.alloc(0), true), { seen: [''], failures: {} });
  const refused = outcome(Buffer.from('response'), false);
  t.like(refused.failures, {
    client: { code: 'ERR_OSSL_SSL_INVALID_STATUS_RESPONSE' },
    server: { alert: 113 },
  });
});

test('a shared key takes the place of certificates', (t) => {
  const outcome = (clientKey: Uint8Array, serverKey: Uint8Array | undefined, version: number) => {
    const client = new SSL.Context(SSL.TLS_CLIENT_METHOD);
    client.setVerify(SSL.VERIFY_PEER);
    client.setPskClientCallback(() => ['me', clientKey]);
    const server = new SSL.Context(SSL.TLS_SERVER_METHOD);
    const identities: string[] = [];
    server.setPskServerCallback((_connection, identity) => {
      identities.push(identity);
      return serverKey;
    });
    client.setMaxProtoVersion(version);
    client.setCipherList('PSK');
    server.setCipherList('PSK');
    return { identities, failures: failedHandshake(makePair(client, server)) };
  };
  for (const version of [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION]) {
    t.deepEqual(outcome(key, key, version), { identities: ['me'], failures: {} });
    t.true('server' in outcome(key, Buffer.alloc(32, 8), version).failures);
    t.true('server' in outcome(key, undefined, version).failures);
  }
});

test('info tells each step and each alert, keylog the secrets', (t) => {
  const steps: [number, number][] = [];
  const lines: string[] = [];
  const client = clientContext(stranger);
  client.setInfoCallback((_connection, where, value) => steps.push([where, value]));
  failedHandshake(makePair(client));
  t.deepEqual(steps[0], [SSL.SSL_CB_HANDSHAKE_START, 1]);
  t.true(steps.some(([where]) => where === SSL.SSL_CB_CONNECT_LOOP));
  t.true(steps.some(([where, value]) => where === SSL.SSL_CB_WRITE_ALERT && value === 0x230));

  const good = clientContext();
  good.setKeylogCallback((_connection, line) => lines.push(line));
  shakeHands(makePair(good));
  t.deepEqual(lines.map((line) => line.split(' ')[0]).sort(), [
    ...['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0', 'EXPORTER_SECRET'],
    ...['SERVER_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_TRAFFIC_SECRET_0'],
  ]);
  t.true(lines.every((line) => /^[A-Z_0]+( [0-9a-f]{64,96}){2}$/.test(line)));
});

test('sessions are handed out, and gone on with, also after they were bytes', (t) => {
  for (const version of [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION]) {
    const sessions: Tsopenssl.SSL.Session[] = [];
    const client = clientContext();
    client.setMaxProtoVersion(version);
    client.setNewSessionCallback((_connection, session) => sessions.push(session));
    const server = serverContext();
    const first = shakeHands(makePair(client, server));
    first.server.send('x');
    carry(first);
    first.client.recv(1);
    t.false(first.client.isSessionReused());
    const session = sessions.at(-1);
    t.true(session?.isResumable());
    t.true(Math.abs((session?.getTime().getTime() ?? 0) - Date.now()) < 60_000);
    t.true((session?.getTimeout() ?? 0) > 0);
    const copy = SSL.Session.fromDer(session?.toDer() ?? Buffer.alloc(0));
    t.deepEqual(copy.getId(), session?.getId());
    const again = makePair(client, server);
    again.client.setSession(copy);
    shakeHands(again);
    t.true(again.client.isSessionReused());
    t.true(again.server.isSessionReused());
    const stranger = makePair(client, serverContext());
    stranger.client.setSession(copy);
    shakeHands(stranger);
    t.false(stranger.client.isSessionReused());
  }
  t.throws(() => SSL.Session.fromDer(Buffer.from('x')), { instanceOf: OpenSSLError });
  t.throws(() => SSL.Session.fromDer(1 as never), { instanceOf: TypeError });
});

test('the session cache, tickets and time limits are numbers of the context', (t) => {
  const context = serverContext(leaf);
  t.is(context.getSessionCacheMode(), SSL.SESS_CACHE_SERVER);
  t.is(context.setSessionCacheMode(SSL.SESS_CACHE_OFF), SSL.SESS_CACHE_SERVER);
  t.is(context.getSessionCacheMode(), SSL.SESS_CACHE_OFF);
  const before = context.getTimeout();
  t.is(context.setTimeout(7), before);
  t.is(context.getTimeout(), 7);
  context.setNumTickets(0);
  context.setSessionCacheSize(10);
  t.is(context.getVerifyDepth(), -1);
  context.setVerifyDepth(3);
  t.is(context.getVerifyDepth(), 3);
  const sessions: unknown[] = [];
  const client = clientContext();
  client.setNewSessionCallback((_connection, session) => sessions.push(session));
  const pair = shakeHands(makePair(client, context));
  pair.server.send('x');
  carry(pair);
  pair.client.recv(1);
  t.deepEqual(sessions, [], 'no tickets');
});

test('a CRL of a separate signer is verified where the peer sends the certificate of the signer', (t) => {
  const { CRL, PKey, X509, X509Extension, X509StoreFlags } = crypto;
  const newKey = () => {
    const made = new PKey();
    made.generateKey('ec');
    return made;
  };
  const certify = (
    subject: string,
    extensions: readonly [string, boolean, string][],
    issuer?: typeof leaf,
  ) => {
    const [certificate, own] = [new X509(), newKey()];
    certificate.setVersion(2);
    certificate.setSerialNumber(BigInt(extensions.length + 1));
    certificate.getSubject().CN = subject;
    certificate.setIssuer((issuer?.certificate ?? certificate).getSubject());
    certificate.setPubkey(own);
    certificate.gmtimeAdjNotBefore(-86400);
    certificate.gmtimeAdjNotAfter(86400);
    certificate.addExtensions(extensions.map((one) => new X509Extension(...one)));
    certificate.addExtensions([new X509Extension('subjectKeyIdentifier', false, 'hash', certificate)]);
    if (issuer !== undefined)
      certificate.addExtensions([
        new X509Extension('authorityKeyIdentifier', false, 'keyid:always', undefined, issuer.certificate),
      ]);
    certificate.sign((issuer?.key ?? own) as never, 'sha256');
    return { certificate, key: own };
  };
  const isAuthority: [string, boolean, string] = ['basicConstraints', true, 'CA:TRUE'];
  const authority = certify('authority', [isAuthority, ['keyUsage', true, 'keyCertSign,cRLSign']]);
  const signer = certify('authority', [isAuthority, ['keyUsage', true, 'cRLSign']], authority);
  const shown = certify('localhost', [['subjectAltName', false, 'DNS:localhost']], authority);
  const list = new CRL();
  list.setLastUpdate(new Date(Date.now() - 1e7));
  list.setNextUpdate(new Date(Date.now() + 1e9));
  list.addExtensions([
    new X509Extension('authorityKeyIdentifier', false, 'keyid:always', undefined, signer.certificate),
  ]);
  list.sign(signer.certificate, signer.key, 'sha256');

  for (const [chain, isRight] of [
    [[shown.certificate, signer.certificate], true],
    [[shown.certificate], false],
  ] as const) {
    for (const callback of [undefined, (...words: readonly unknown[]) => words.at(-1) === true]) {
      const [client, server] = [new SSL.Context(SSL.TLS_METHOD), new SSL.Context(SSL.TLS_METHOD)];
      const store = client.getCertStore();
      store.addCert(authority.certificate);
      store.addCrl(list);
      store.setFlags(X509StoreFlags.CRL_CHECK | X509StoreFlags.EXTENDED_CRL_SUPPORT);
      client.setVerify(SSL.VERIFY_PEER, callback);
      server.useCertificateChain(chain);
      server.usePrivatekey(shown.key);
      const pair = makePair(client, server);
      if (isRight) t.notThrows(() => shakeHands(pair));
      else t.throws(() => shakeHands(pair), { instanceOf: SSL.TLSError });
    }
  }
});
