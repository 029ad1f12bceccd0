// A session is resumed only under the server name, the context, the verification and the authorities that it was made under. Each
// change is tried beside the same connection without it, which must resume: otherwise a refusal would prove nothing.

import { once } from 'node:events';
import * as nodeHttps from 'node:https';
import * as nodeTls from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';
import {
  type Context,
  clientContext,
  connectWith,
  leaf,
  makeCredential,
  makePair,
  root,
  serverContext,
  shakeHands,
} from '../../support/tls-pair.ts';
import { ca, identity, listen } from '../../support/tls-server.ts';

const { crypto, https, SSL, tls } = (await import(entry)) as typeof Tsopenssl;

type Session = Tsopenssl.SSL.Session;
const clients = makeCredential('clients');
const strangers = makeCredential('strangers');
const member = makeCredential('a member', { issuer: clients });
const names = makeCredential('names', { issuer: root, names: 'DNS:a.example,DNS:b.example,DNS:localhost' });
const pem = (one: typeof root) => crypto.dumpCertificate(crypto.FILETYPE_PEM, one.certificate).toString();
const versions = ['TLSv1.2', 'TLSv1.3'] as const;
const versionOf = { 'TLSv1.2': SSL.TLS1_2_VERSION, 'TLSv1.3': SSL.TLS1_3_VERSION };
const demands = SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT;

interface Sides {
  readonly client: Context;
  readonly server: Context;
  readonly name?: string;
  readonly session?: Session | undefined;
  /** Of the client, instead of VERIFY_PEER. */
  readonly mode?: number;
}

/** One connection over memory; the session that the client has afterwards, and whether both sides resumed one. */
function connectOnce({ client, server, name = 'a.example', session, mode }: Sides) {
  const pair = makePair(client, server);
  pair.client.setTlsextHostName(name);
  pair.client.setVerifyOptions({ hostname: name });
  if (mode !== undefined) pair.client.setVerify(mode);
  return connectWith(pair, session);
}

/** A server of several names, whose contexts `choose` sets up; one and the same first context, so the same keys for tickets. */
function namedServer(
  version: keyof typeof versionOf,
  choose: (name: string) => Context | undefined,
): Context {
  const server = serverContext(names);
  server.setMaxProtoVersion(versionOf[version]);
  server.setSessionId(Buffer.from('shared'));
  server.getCertStore().addCert(clients.certificate);
  server.setTlsextServernameCallback((connection) => {
    const context = choose(connection.getServername() ?? '');
    if (context !== undefined) connection.setContext(context);
  });
  return server;
}

function memberContext(): Context {
  const client = clientContext();
  client.useCertificate(member.certificate);
  client.usePrivatekey(member.key);
  return client;
}

for (const version of versions) {
  test(`${version}: a server resumes nothing under another name`, (t) => {
    const server = namedServer(version, () => undefined);
    const client = memberContext();
    const { session } = connectOnce({ client, server });
    t.false(connectOnce({ client, server, name: 'b.example', session, mode: SSL.VERIFY_NONE }).isReused);
    t.true(connectOnce({ client, server, session: connectOnce({ client, server }).session }).isReused);
  });

  test(`${version}: a server resumes nothing when it demands more than before`, (t) => {
    let mode = SSL.VERIFY_NONE;
    const server = serverContext(names);
    server.setMaxProtoVersion(versionOf[version]);
    server.getCertStore().addCert(clients.certificate);
    server.setTlsextServernameCallback((connection) => connection.setVerify(mode));
    const client = memberContext();
    const { session } = connectOnce({ client, server });
    mode = demands;
    t.false(connectOnce({ client, server, session }).isReused);
    const { session: strict } = connectOnce({ client, server });
    t.true(connectOnce({ client, server, session: strict }).isReused);
    // a client without a certificate does not resume a session from before
    t.throws(() => connectOnce({ client: clientContext(), server, session }), { instanceOf: SSL.TLSError });
  });

  test(`${version}: a server resumes nothing with other authorities, or in another context`, (t) => {
    const make = (authority: typeof root, id: string) => {
      const context = serverContext(names);
      context.getCertStore().addCert(authority.certificate);
      context.setSessionId(Buffer.from(id));
      return context;
    };
    const [own, foreign, renamed] = [make(clients, 'id'), make(strangers, 'id'), make(clients, 'another id')];
    let chosen = own;
    const server = namedServer(version, () => chosen);
    server.setVerify(demands);
    const client = memberContext();
    const { session } = connectOnce({ client, server });
    t.true(connectOnce({ client, server, session }).isReused, 'the same');
    const { session: fresh } = connectOnce({ client, server });
    chosen = renamed;
    t.false(connectOnce({ client, server, session: fresh }).isReused, 'another context');
    chosen = foreign;
    t.throws(() => connectOnce({ client, server, session: fresh }), { instanceOf: SSL.TLSError });
  });

  test(`${version}: a client resumes nothing that was not verified as it wants now`, (t) => {
    const server = serverContext(names);
    server.setMaxProtoVersion(versionOf[version]);
    const client = clientContext();
    const sessionOf = (sides: Partial<Sides> = {}) => connectOnce({ client, server, ...sides }).session;
    const isReused = (sides: Partial<Sides>) => connectOnce({ client, server, ...sides }).isReused;
    t.true(isReused({ session: sessionOf() }), 'the same');
    t.true(isReused({ session: SSL.Session.fromDer(sessionOf().toDer()) }), 'the same, of another process');
    t.false(isReused({ session: sessionOf({ mode: SSL.VERIFY_NONE }) }), 'not verified before');
    t.true(
      isReused({ session: sessionOf({ mode: SSL.VERIFY_NONE }), mode: SSL.VERIFY_NONE }),
      'not verified at all',
    );
    const trusting = clientContext();
    trusting.getCertStore().addCert(strangers.certificate);
    t.false(isReused({ session: sessionOf({ client: trusting }) }), 'other authorities before');
    const deceived = clientContext(strangers);
    t.throws(
      () => connectOnce({ client: deceived, server, session: sessionOf() }),
      { instanceOf: SSL.TLSError },
      'other authorities now',
    );
  });

  test(`${version}: a strict tls.connect refuses what a lenient one let pass, as node:tls does`, async (t) => {
    const server = tls.createServer(
      { ...identity(makeCredential('nobody')), maxVersion: version },
      (socket) => {
        socket.on('error', () => {}).write('x');
      },
    );
    const port = await listen(t, server);
    const lenient = await tls.connect({ port, ca, rejectUnauthorized: false });
    const [session] = (await once(lenient, 'session')) as [Buffer];
    lenient.destroy();
    const again = await tls.connect({ port, ca, rejectUnauthorized: false, session });
    t.true(again.isSessionReused(), 'a lenient one resumes it');
    again.destroy();
    await t.throwsAsync(tls.connect({ port, ca, session }), { instanceOf: SSL.TLSError });

    const reference = nodeTls.connect({ port, ca, host: '127.0.0.1', servername: 'localhost', session });
    const [error] = (await once(reference, 'error')) as [NodeJS.ErrnoException];
    t.regex(String(error.code), /SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH/);
  });

  test(`${version}: each of several names asks the same client for a certificate`, async (t) => {
    const contexts = {
      'a.example': tls.createSecureContext({ ...identity(names), ca: pem(clients) }),
      'b.example': tls.createSecureContext({ ...identity(names), ca: pem(strangers) }),
    };
    for (const way of ['addContext', 'SNICallback', 'SNICallback with a promise'] as const) {
      const choose = (name: string) => contexts[name as keyof typeof contexts];
      const server = tls.createServer(
        {
          ...identity(names),
          ca: pem(clients),
          requestCert: true,
          maxVersion: version,
          ...(way === 'SNICallback' ? { SNICallback: choose } : {}),
          ...(way === 'SNICallback with a promise' ? { SNICallback: async (name) => choose(name) } : {}),
        },
        (socket) => socket.on('error', () => {}).write('x'),
      );
      if (way === 'addContext')
        for (const [name, context] of Object.entries(contexts)) server.addContext(name, context);
      const port = await listen(t, server);
      const ask = async (servername: string, session?: Buffer) => {
        const options = { ...identity(member), port, ca, servername, ...(session && { session }) };
        const socket = await tls.connect(options);
        await once(socket, 'data');
        const found = { session: socket.getSession(), isReused: socket.isSessionReused() };
        socket.destroy();
        return found;
      };
      const { session } = await ask('a.example');
      t.true((await ask('a.example', session)).isReused, way);
      await t.throwsAsync(ask('b.example', (await ask('a.example')).session), undefined, way);
    }
  });
}

test('an agent resumes, and a strict request resumes nothing of a lenient one', async (t: ExecutionContext) => {
  const server = https.createServer({ ...identity(makeCredential('nobody')) }, (_request, response) =>
    response.end('x'),
  );
  const port = await listen(t, server);
  const agent = new https.Agent({ ca, keepAlive: false });
  const ask = (options: object) =>
    new Promise<boolean>((resolve, reject) => {
      const request = nodeHttps.get(`https://localhost:${port}/`, { agent, ...options }, (response) => {
        const isReused = (response.socket as unknown as { isSessionReused(): boolean }).isSessionReused();
        response.on('end', () => resolve(isReused)).resume();
      });
      request.on('error', reject);
    });
  t.false(await ask({ rejectUnauthorized: false }));
  t.true(await ask({ rejectUnauthorized: false }));
  await t.throwsAsync(ask({}), { instanceOf: SSL.TLSError });
  agent.destroy();
});

test('a session stays resumable when its connection goes without an end in order', (t) => {
  const [client, server] = [clientContext(), serverContext(leaf)];
  client.setMaxProtoVersion(SSL.TLS1_2_VERSION);
  const pair = { client: new SSL.Connection(client), server: new SSL.Connection(server) };
  pair.client.setConnectState();
  pair.server.setAcceptState();
  shakeHands(pair);
  const session = pair.client.getSession() as Session;
  pair.client.close();
  pair.server.close();
  t.true(session.isResumable());
});

test('a peer that JavaScript has judged cannot be exchanged by a renegotiation', async (t) => {
  let onError = (_error: Error) => {};
  const server = tls.createServer({ ...identity(), maxVersion: 'TLSv1.2' }, (socket) => {
    socket.on('error', (error) => onError(error));
    socket.once('data', () => {
      socket.connection.renegotiate();
      socket.write('y');
    });
  });
  const port = await listen(t, server);
  const ask = async (options: Partial<Tsopenssl.tls.ConnectOptions>) => {
    const socket = await tls.connect({ host: 'localhost', port, ca, ...options });
    socket.on('error', () => {});
    t.teardown(() => socket.destroy());
    socket.on('data', () => {}).write('x');
    return socket;
  };
  for (const judging of [{ checkServerIdentity: () => undefined }, { rejectUnauthorized: false }]) {
    const refused = new Promise<Error>((resolve) => {
      onError = resolve;
    });
    const socket = await ask(judging);
    t.regex((await refused).message, /no renegotiation/);
    t.is(socket.connection.totalRenegotiations(), 0);
  }
  // the control: OpenSSL, which verifies chain and name each time, may renegotiate
  const errors: Error[] = [];
  onError = (error) => errors.push(error);
  const socket = await ask({});
  while (socket.connection.totalRenegotiations() === 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
  t.deepEqual(errors, []);
});
