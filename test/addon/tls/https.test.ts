// HTTPS over streams of the package: node's own modules, curl and undici with our agent and our server.

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { ClientRequest } from 'node:http';
import https from 'node:https';
import { createServer as createNetServer, type Socket } from 'node:net';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { fetch, Agent as UndiciAgent } from 'undici';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry } from '../../support/addon.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { freePort } from '../../support/free-port.ts';
import { makeCredential, root } from '../../support/tls-pair.ts';
import { ca, identity, listen, readAll, type TLSSocket } from '../../support/tls-server.ts';

const ours = (await import(entry)) as typeof Tsopenssl;
const { SSL, tls } = ours;

interface Answer {
  readonly text: string;
  readonly socket: TLSSocket;
}

/** What a server answers, and over which connection. */
async function ask(
  library: { request(url: string, options: object): ClientRequest },
  port: number,
  options: object,
  body = '',
): Promise<Answer> {
  const request = library.request(`https://localhost:${port}/path`, { method: 'POST', ...options });
  request.end(body);
  const [response] = await once(request, 'response');
  const socket = response.socket as TLSSocket;
  return { text: (await readAll(response)).toString(), socket };
}

async function serve(t: ExecutionContext, options: object = {}): Promise<number> {
  const server = ours.https.createServer({ ...identity(), ...options }, async (request, response) => {
    const body = await readAll(request);
    const { encrypted, authorized } = request.socket as unknown as TLSSocket;
    response.end(`${request.method} ${request.url} ${body.length} ${encrypted} ${authorized}`);
  });
  const port = await listen(t, server);
  t.teardown(() => server.closeAllConnections());
  return port;
}

function agentFor(t: ExecutionContext, options: object) {
  const agent = new ours.https.Agent({ ca, ...options });
  t.teardown(() => agent.destroy());
  return agent as unknown as https.Agent;
}

test("node's https, with our agent and our server", async (t) => {
  const port = await serve(t);
  const agent = agentFor(t, { keepAlive: true });
  const first = await ask(https, port, { agent }, 'x'.repeat(200_000));
  t.is(first.text, 'POST /path 200000 true false');
  t.true(first.socket instanceof tls.TLSSocket);
  t.true(first.socket.authorized);
  // the connection is kept
  const second = await ask(https, port, { agent });
  t.is(second.socket, first.socket);
});

test("node's https, with its own agent against our server, and ours against its server", async (t) => {
  const port = await serve(t);
  t.is((await ask(https, port, { ca })).text, 'POST /path 0 true false');
  const theirs = https.createServer(identity(), (_request, response) => response.end('of node'));
  const other = await listen(t, theirs);
  t.teardown(() => theirs.closeAllConnections());
  t.is((await ask(https, other, { agent: agentFor(t, {}) })).text, 'of node');
});

test('request and get of the package', async (t) => {
  const port = await serve(t);
  t.is((await ask(ours.https, port, { agent: agentFor(t, {}) }, 'abc')).text, 'POST /path 3 true false');
  const request = ours.https.get(`https://localhost:${port}/`, { agent: agentFor(t, {}) });
  const [response] = await once(request, 'response');
  t.is((await readAll(response)).toString(), 'GET / 0 true false');
  // without an agent of its own it trusts the embedded roots, which do not vouch for this server
  const [error] = await once(ours.https.get(`https://localhost:${port}/`), 'error');
  t.is(error.verification.code, 'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  t.throws(() => ours.https.get('http://localhost/'), { code: 'ERR_INVALID_PROTOCOL' });
});

test('sessions are gone on with, and only by the same settings', async (t) => {
  const port = await serve(t);
  const agent = agentFor(t, {});
  const reused = async (options: object = {}) => {
    const { socket } = await ask(https, port, { agent, ...options });
    if (!socket.closed) await once(socket, 'close');
    return socket.isSessionReused();
  };
  t.false(await reused());
  t.true(await reused());
  t.false(await reused({ minVersion: 'TLSv1.3' }));
  t.true(await reused({ minVersion: 'TLSv1.3' }));
  const forgetful = agentFor(t, { maxCachedSessions: 0 });
  t.false(await reused({ agent: forgetful }));
  t.false(await reused({ agent: forgetful }));
});

test('what the agent is to verify, it verifies', async (t) => {
  const port = await serve(t);
  const failing = async (options: object) => {
    const error = await t.throwsAsync(ask(https, port, { agent: agentFor(t, options) }));
    return (error as InstanceType<typeof SSL.TLSError>).verification?.code;
  };
  t.is(await failing({ servername: 'other.example' }), 'ERR_HOSTNAME_MISMATCH');
  t.is(
    await failing({ ca: identity(makeCredential('other')).cert }),
    'ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  );
  const agent = agentFor(t, { rejectUnauthorized: false, ca: identity(makeCredential('other')).cert });
  t.false((await ask(https, port, { agent })).socket.authorized);
  // the names of its connections show no key
  const { key } = identity();
  const name = (agent as unknown as { getName(options: object): string }).getName({ host: 'h', key });
  t.false(name.includes('PRIVATE'));
  t.true(name.startsWith('h:'));
});

test('client certificates reach the program', async (t) => {
  const port = await serve(t, { requestCert: true, ca });
  const client = identity(makeCredential('a client', { issuer: root }));
  t.is((await ask(https, port, { agent: agentFor(t, client) })).text, 'POST /path 0 true true');
  await t.throwsAsync(ask(https, port, { agent: agentFor(t, {}) }));
});

test('curl speaks with our server', async (t) => {
  const port = await serve(t);
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'ca.pem');
  await writeFile(file, ca);
  const url = `https://localhost:${port}/of-curl`;
  const { stdout } = await run(['curl', '--silent', '--show-error', '--cacert', file, '--data', 'abcd', url]);
  t.is(stdout, 'POST /of-curl 4 true false');
  const { exitCode } = await run(['curl', '--silent', '--cacert', '/dev/null', url], { allowFailure: true });
  t.is(exitCode, 77);
});

test("undici's fetch goes over our streams, as docs/tls.md shows it", async (t) => {
  const port = await serve(t);
  const dispatcherFor = (options: object) =>
    new UndiciAgent({
      connect: ({ hostname, port: wanted, servername }, done) => {
        tls
          .connect({
            host: hostname,
            port: Number(wanted) || 443,
            ...(servername ? { servername } : {}),
            ...options,
          })
          .then(
            (socket) => done(null, socket as never),
            (error) => done(error, null),
          );
      },
    });
  const dispatcher = dispatcherFor({ ca });
  const response = await fetch(`https://localhost:${port}/fetched`, {
    dispatcher,
    method: 'POST',
    body: 'ab',
  });
  t.is(await response.text(), 'POST /fetched 2 true false');
  await dispatcher.close();
  const strict = dispatcherFor({});
  const error = await t.throwsAsync(fetch(`https://localhost:${port}/`, { dispatcher: strict }));
  t.is((error?.cause as Error | undefined)?.name, 'TLSError');
  await strict.close();
});

test('a request is there before its connection: it waits for no more than it wants, and can be given up', async (t) => {
  // it accepts, and never says a word
  const silent = createNetServer();
  const port = await listen(t, silent);
  const agent = agentFor(t, {});
  for (const library of [https, ours.https]) {
    const accepted = once(silent, 'connection');
    const waiting = library.get(`https://localhost:${port}/`, { agent, timeout: 300 });
    const timedOut = once(waiting, 'timeout');
    const [socket] = (await accepted) as [Socket];
    const closed = once(socket.resume(), 'close');
    await timedOut;
    waiting.destroy();
    await t.throwsAsync(once(waiting, 'response'), { message: 'socket hang up' });
    await closed;
  }
  const early = https.get(`https://localhost:${port}/`, { agent });
  early.destroy();
  await t.throwsAsync(once(early, 'response'), { message: 'socket hang up' });
  const nobody = https.get(`https://localhost:${await freePort()}/`, { agent });
  await t.throwsAsync(once(nobody, 'response'), { code: 'ECONNREFUSED' });
  // the control: a server that answers is not given up
  const answering = await ask(https, await serve(t), { agent, timeout: 5000 });
  t.is(answering.text, 'POST /path 0 true false');
});

test('no more connections at once than the agent is told, and those that are kept are used again', async (t) => {
  const port = await serve(t);
  for (const [options, wanted] of [
    [{ maxSockets: 2, keepAlive: true }, 2],
    [{ maxSockets: 2 }, 2],
    [{ keepAlive: true }, 6],
  ] as const) {
    const agent = agentFor(t, options);
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(https, port, { agent }, 'x')));
    t.is(new Set(answers.map(({ socket }) => socket)).size, wanted, JSON.stringify(options));
  }
});
