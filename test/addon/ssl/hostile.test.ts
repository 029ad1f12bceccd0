// A peer, a network and a caller that mean no good: records that are cut, changed, repeated or made up at every step, and callbacks
// that collect garbage, drop what is in use and throw. Each ends in an error of the library or in nothing; data that was not sent is
// never received.

import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry, runProgram } from '../../support/addon.ts';
import { mutate, randomNumbers } from '../../support/random.ts';
import {
  type Connection,
  clientContext,
  leaf,
  makePair,
  type Pair,
  root,
  serverContext,
  shakeHands,
  takeAll,
} from '../../support/tls-pair.ts';

const { OpenSSLError, SSL } = (await import(entry)) as typeof Tsopenssl;

const secret = 'nothing but what was sent';
const { TLS1_2_VERSION, TLS1_3_VERSION } = SSL;

/** Contexts by what they speak. */
const kinds: Readonly<
  Record<string, () => readonly [ReturnType<typeof clientContext>, ReturnType<typeof serverContext>]>
> = {
  'TLS 1.2': () => limited(TLS1_2_VERSION),
  'TLS 1.3': () => limited(TLS1_3_VERSION),
  DTLS: () => [clientContext(root, SSL.DTLS_CLIENT_METHOD), serverContext(leaf, SSL.DTLS_SERVER_METHOD)],
};

function limited(version: number) {
  const contexts = [clientContext(), serverContext()] as const;
  for (const context of contexts) {
    context.setMinProtoVersion(version);
    context.setMaxProtoVersion(version);
  }
  return contexts;
}

/** Goes on with a side, whatever comes of it; answers what was received. */
function goOn(side: Connection): string {
  let received = '';
  for (const use of [() => side.doHandshake(), () => side.recv(1000), () => side.send(secret)]) {
    try {
      const value = use();
      if (Buffer.isBuffer(value)) received += value.toString('latin1');
    } catch (error) {
      if (!(error instanceof OpenSSLError)) throw error;
    }
  }
  return received;
}

type Meddle = (piece: Buffer, random: ReturnType<typeof randomNumbers>) => readonly Uint8Array[];

const meddlers: Readonly<Record<string, Meddle>> = {
  changed: (piece, random) => [random(3) === 0 ? mutate(piece, random) : piece],
  cut: (piece, random) => [random(3) === 0 ? piece.subarray(0, random(piece.length)) : piece],
  repeated: (piece, random) => (random(3) === 0 ? [piece, piece] : [piece]),
  lost: (piece, random) => (random(3) === 0 ? [] : [piece]),
  'made up': (piece, random) => (random(3) === 0 ? [Buffer.from(`\x16\x03\x01${secret}`), piece] : [piece]),
};

for (const [kind, makeContexts] of Object.entries(kinds)) {
  for (const [what, meddle] of Object.entries(meddlers)) {
    test(`what comes ${what} does no harm: ${kind}`, (t) => {
      const contexts = makeContexts();
      let done = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const random = randomNumbers(seed);
        const pair = makePair(...contexts);
        let received = '';
        for (let rounds = 0; rounds < 8; rounds++) {
          for (const [from, to] of [
            [pair.client, pair.server],
            [pair.server, pair.client],
          ] as const) {
            received += goOn(from);
            for (const piece of takeAll(from)) for (const part of meddle(piece, random)) to.bioWrite(part);
            received += goOn(to);
          }
        }
        // whole copies of what was sent, one after the other: nothing lost within, nothing invented
        t.is(received.replaceAll(secret, ''), '', `seed ${seed}`);
        if (received !== '') done++;
      }
      t.log(`${done} of 60 have come through`);
    });
  }
}

test('without meddling all come through', (t) => {
  for (const makeContexts of Object.values(kinds)) {
    const pair: Pair = shakeHands(makePair(...makeContexts()));
    pair.client.send(secret);
    for (const piece of takeAll(pair.client)) pair.server.bioWrite(piece);
    t.is(goOn(pair.server), secret);
  }
});

test('a peer that vanishes at any step is told', (t) => {
  for (const makeContexts of [() => limited(TLS1_2_VERSION), () => limited(TLS1_3_VERSION)]) {
    const contexts = makeContexts();
    for (let steps = 0; steps < 6; steps++) {
      const pair = makePair(...contexts);
      for (let step = 0; step < steps; step++) {
        goOn(pair.client);
        for (const piece of takeAll(pair.client)) pair.server.bioWrite(piece);
        goOn(pair.server);
        for (const piece of takeAll(pair.server)) pair.client.bioWrite(piece);
      }
      for (const side of [pair.client, pair.server]) {
        side.bioShutdown();
        const last = () => {
          for (;;) side.recv(100);
        };
        const error = t.throws(last, { instanceOf: OpenSSLError }, `${steps}`);
        t.is(error?.name, 'SysCallError');
      }
    }
  }
});

const hostileProgram = `
const { crypto, SSL } = await import(entry);
const key = new crypto.PKey();
key.generateKey('ec');
const certificate = new crypto.X509();
certificate.setVersion(2);
certificate.getSubject().CN = 'localhost';
certificate.setIssuer(certificate.getSubject());
certificate.setPubkey(key);
certificate.gmtimeAdjNotBefore(-60);
certificate.gmtimeAdjNotAfter(3600);
certificate.sign(key, 'sha256');

let calls = 0;
const dropped = [];
const spoil = (answer) => (...values) => {
  calls++;
  globalThis.gc();
  dropped.push(values);
  if (dropped.length > 8) dropped.length = 0;
  globalThis.gc();
  return answer;
};
const context = (isServer) => {
  const made = new SSL.Context(SSL.TLS_METHOD);
  made.setInfoCallback(spoil());
  made.setKeylogCallback(spoil());
  made.setNewSessionCallback(spoil());
  if (isServer) {
    made.useCertificate(certificate);
    made.usePrivatekey(key);
    made.setTlsextServernameCallback((connection) => {
      spoil()();
      // the context that is at work is held by nothing any more
      connection.setContext(context(false, certificate));
      const other = new SSL.Context(SSL.TLS_METHOD);
      other.useCertificate(certificate);
      other.usePrivatekey(key);
      connection.setContext(other);
      globalThis.gc();
    });
    made.setAlpnSelectCallback(spoil('h2'));
    made.setOcspServerCallback(spoil(Buffer.from('x')));
  } else {
    made.setVerify(SSL.VERIFY_PEER, spoil(true));
    made.setAlpnProtos(['h2']);
    made.setOcspClientCallback(spoil(true));
  }
  return made;
};
for (let round = 0; round < 12; round++) {
  let client = new SSL.Connection(context(false));
  let server = new SSL.Connection(context(true));
  client.setConnectState();
  client.setTlsextHostName('localhost');
  client.requestOcsp();
  server.setAcceptState();
  const carry = (from, to) => {
    try {
      for (;;) to.bioWrite(from.bioRead(65536));
    } catch (error) {
      if (!(error instanceof SSL.WantReadError)) throw error;
    }
  };
  for (let step = 0; step < 5; step++) {
    for (const side of [client, server]) {
      try {
        side.doHandshake();
        side.send('x');
        side.recv(10);
      } catch (error) {
        // what is left of a connection that was dropped makes no sense to another one
        if (!(error instanceof SSL.Error)) throw error;
        if (round % 4 === 0 && !(error instanceof SSL.WantReadError)) throw error;
      }
      globalThis.gc();
    }
    carry(client, server);
    carry(server, client);
    // dropped in the middle, one or the other
    if (round % 4 === 1 && step === round % 5) client = makeOther();
    if (round % 4 === 2 && step === round % 5) server = makeOther();
  }
  globalThis.gc();
}
function makeOther() {
  const other = new SSL.Connection(context(true));
  other.setAcceptState();
  return other;
}
console.log(calls > 300);
`;

test('garbage that is collected in every callback, and contexts and connections that are dropped, do no harm', async (t) => {
  const { exitCode, stdout, stderr } = await runProgram(hostileProgram, { nodeArguments: ['--expose-gc'] });
  t.is(exitCode, 0, stderr);
  t.is(stdout.trim(), 'true');
});
