// Random sequences of operations on connections: over memory, of TLS 1.2, TLS 1.3 and DTLS, in every state and from every callback, with
// sessions that are exchanged between connections, records that are changed on the way, and collections of garbage in between; and on
// streams of TLS. A round is a process of its own; what it may throw are errors of the package. A round that is told so ends two
// worker threads in the middle of such rounds.
//
//   node --expose-gc --import tsx test/fuzz/programs/sequences.ts MODULE SEED OPERATIONS [workers]

import { once } from 'node:events';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { parentPort, Worker } from 'node:worker_threads';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { mutate, randomNumbers } from '../../support/random.ts';
import { streamSequences } from './stream-sequences.ts';

const [, , module = '', seedText = '1', countText = '1000', kindOfRound = ''] = process.argv;
const library = (await import(module)) as typeof Tsopenssl;
const { crypto, SSL, tls } = library;
const random = randomNumbers(Number(seedText));
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});

type Connection = InstanceType<typeof SSL.Connection>;
type Context = InstanceType<typeof SSL.Context>;
interface Pair {
  readonly client: Connection;
  readonly server: Connection;
  readonly kind: string;
}

function pick<Value>(values: readonly Value[]): Value {
  return values[random(values.length)] as Value;
}

const certify = (name: string) => {
  const key = new crypto.PKey();
  key.generateKey('ec');
  const config = `[req]\nprompt=no\ndistinguished_name=dn\nx509_extensions=x\n[dn]\nCN=${name}\n[x]\nsubjectAltName=DNS:${name}`;
  return { key, certificate: crypto.X509.fromOpenSSLConfig(config, key) };
};
const identities = [certify('localhost'), certify('a.example')];
const sessions: Tsopenssl.SSL.Session[] = [];
const kinds = new WeakMap<Connection, string>();
const kindOf = (connection: Connection) => kinds.get(connection) ?? 'TLS';
const pairs: Pair[] = [];
let depth = 0;
let operations = 0;

/** What a callback does before it answers: sometimes any operation, of the connection that asks it. */
function interfere(connection: Connection): void {
  if (depth > 1 || random(4) > 0) return;
  depth++;
  try {
    operate(connection, kindOf(connection));
  } catch (error) {
    requireOwn(error);
    if (random(20) === 0) throw error;
  } finally {
    depth--;
  }
}

const installers: readonly ((context: Context) => void)[] = [
  (context) =>
    context.setVerify(pick([0, 1, 3]), (connection) => {
      interfere(connection);
      return random(40) > 0;
    }),
  (context) => context.setInfoCallback(interfere),
  (context) => context.setKeylogCallback(interfere),
  (context) =>
    context.setTlsextServernameCallback((connection) => {
      interfere(connection);
      return random(4) > 0;
    }),
  (context) =>
    context.setAlpnSelectCallback((connection, offered) => {
      interfere(connection);
      return offered[0] ?? SSL.NO_OVERLAPPING_PROTOCOLS;
    }),
  (context) =>
    context.setOcspServerCallback((connection) => {
      interfere(connection);
      return Buffer.from('a response');
    }),
  (context) =>
    context.setOcspClientCallback((connection) => {
      interfere(connection);
      return random(8) > 0;
    }),
  (context) =>
    context.setCertificateCallback((connection) => {
      interfere(connection);
      return random(3) > 0;
    }),
  (context) =>
    context.setNewSessionCallback((connection, session) => {
      interfere(connection);
      sessions.push(session);
    }),
];

function newContext(kind: string): Context {
  const methods =
    kind === 'DTLS' ? [SSL.DTLS_METHOD] : [kind === 'TLS' ? SSL.TLS_METHOD : SSL.TLSv1_2_METHOD];
  const context = new SSL.Context(pick(methods));
  const { certificate, key } = pick(identities);
  context.useCertificate(certificate);
  context.usePrivatekey(key);
  for (const one of identities) context.getCertStore().addCert(one.certificate);
  context.setVerify(pick([0, 0, 1, 3]));
  if (random(2) === 0) context.setSessionId(Buffer.from('fuzz'));
  for (const install of installers) if (random(5) === 0) install(context);
  return context;
}

function newPair(): Pair {
  const kind = pick(['TLS', 'TLSv1.2', 'DTLS']);
  const pair = {
    client: new SSL.Connection(newContext(kind)),
    server: new SSL.Connection(newContext(kind)),
    kind,
  };
  for (const side of [pair.client, pair.server]) kinds.set(side, kind);
  pair.client.setConnectState();
  pair.server.setAcceptState();
  if (random(2) === 0) pair.client.setTlsextHostName(pick(['localhost', 'a.example']));
  if (random(2) === 0) pair.client.setAlpnProtos(['h2', 'http/1.1']);
  if (kind === 'DTLS') for (const side of [pair.client, pair.server]) side.setCiphertextMtu(1400);
  return pair;
}

/** Every method of a connection that changes it or continues it. */
const methods: readonly ((connection: Connection, kind: string) => unknown)[] = [
  ...Array<(connection: Connection) => unknown>(12).fill((connection) => connection.doHandshake()),
  (connection) => connection.send(Buffer.alloc(random(40_000), 1)),
  (connection) => connection.recv(1 + random(20_000)),
  (connection) => connection.recv(1 + random(100), 2),
  (connection) => connection.shutdown(),
  (connection) => connection.renegotiate(),
  (connection) => connection.updateKey(random(2) === 0),
  (connection) => connection.DTLSv1HandleTimeout(),
  (connection) => connection.DTLSv1Listen(),
  (connection, kind) => connection.setContext(newContext(kind)),
  (connection) => connection.setVerify(pick([0, 1, 3]), random(2) === 0 ? () => random(4) > 0 : null),
  (connection) =>
    connection.setVerifyOptions({ hostname: pick(['localhost', 'a.example']), depth: random(4) }),
  (connection) => connection.useCertificate(pick(identities).certificate),
  (connection) => connection.usePrivatekey(pick(identities).key),
  (connection) => connection.setAcceptState(),
  (connection) => connection.setConnectState(),
  (connection) => connection.setTlsextHostName(pick(['localhost', 'a.example'])),
  (connection) => connection.setAlpnProtos(['h2']),
  (connection) => connection.requestOcsp(),
  (connection) => sessions.length > 0 && connection.setSession(pick(sessions)),
  (connection) => sessions.length > 0 && connection.setSession(SSL.Session.fromDer(pick(sessions).toDer())),
  (connection) => connection.setCiphertextMtu(random(2000)),
  (connection) => connection.setShutdown(random(4)),
  (connection) => random(8) === 0 && connection.close(),
  (connection) => connection.bioShutdown(),
  (connection) => {
    const session = connection.getSession();
    if (session !== null) sessions.push(session);
  },
  (connection) => [
    connection.getPeerCertChain(),
    connection.getVerifiedChain(),
    connection.getStateString(),
    connection.getClientCaList(),
    connection.masterKey(),
    connection.getFinished(),
    connection.exportKeyingMaterial('EXPERIMENTAL', 20),
  ],
];

function operate(connection: Connection, kind: string): void {
  operations++;
  pick(methods)(connection, kind);
}

/** Nothing but the errors of the package may come out. */
function requireOwn(error: unknown): void {
  const isOwn =
    error instanceof library.OpenSSLError || error instanceof TypeError || error instanceof RangeError;
  if (!isOwn) throw error;
}

function attempt(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    requireOwn(error);
  }
}

function carry(from: Connection, to: Connection): void {
  for (let i = 0; i < 50; i++) {
    const piece = from.bioRead(65_536);
    to.bioWrite(random(300) === 0 ? mutate(piece, random) : piece);
  }
}

const operateOnStream = streamSequences({
  tls,
  random,
  pick,
  newContext: () => newContext('TLS'),
  operate: (connection) => operate(connection, 'TLS'),
  attempt,
});

/** Rounds in threads of their own, which end in the middle of them. */
async function endWorkers(): Promise<void> {
  const workers = [1, 2].map((number) => {
    const argv = [module, String(Number(seedText) * 3 + number), '1000000000'];
    // a worker knows nothing of the loader of its parent
    const loader = import.meta.resolve('tsx/esm/api');
    const text = `import('${loader}').then(({ register }) => { register(); return import('${import.meta.url}'); });`;
    return new Worker(text, { eval: true, argv, stdout: true });
  });
  await Promise.all(
    workers.map(async (worker) => {
      const ended = new Promise<never>((_, reject) => {
        worker.once('error', reject).once('exit', () => reject(new Error('a worker ended by itself')));
      });
      await Promise.race([once(worker, 'message'), ended]);
      await Promise.race([sleep(random(1500)), ended]);
      await worker.terminate();
    }),
  );
}

parentPort?.postMessage('begins');
if (kindOfRound === 'workers') await endWorkers();
while (operations < Number(countText)) {
  for (let times = random(4); times > 0; times--) {
    operations++;
    operateOnStream();
  }
  // what a stream does in later turns
  if (random(4) === 0) await turn();
  if (pairs.length === 0 || random(60) === 0) attempt(() => pairs.push(newPair()));
  if (pairs.length > 12) pairs.splice(0, 6);
  if (sessions.length > 40) sessions.splice(0, 30);
  const pair = pick(pairs);
  const { client, server, kind } = pair;
  attempt(() => operate(pick([client, server]), kind));
  attempt(() => carry(client, server));
  attempt(() => carry(server, client));
  if (random(200) === 0) collect();
}
pairs.length = 0;
sessions.length = 0;
collect();
await turn();
collect();
process.stdout.write(`${operations}\n`, () => process.exit());
