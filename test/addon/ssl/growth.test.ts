// Contexts, connections and handshakes that come and go: memory stays flat, and the garbage collector knows what they weigh.

import test from 'ava';
import { runProgram } from '../../support/addon.ts';

/** Shakes hands again and again; `keep` holds every connection. Prints resident memory in MB, early and late. */
const shakeAndDrop = (rounds: number, keep: boolean) => `
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
const makeContext = () => {
  const context = new SSL.Context(SSL.TLS_METHOD);
  context.useCertificate(certificate);
  context.usePrivatekey(key);
  context.getCertStore().addCert(certificate);
  context.setVerify(SSL.VERIFY_NONE);
  // a cache of sessions is meant to grow
  context.setSessionCacheMode(SSL.SESS_CACHE_OFF);
  return context;
};
const contexts = [makeContext(), makeContext()];
const kept = [];
const megabytes = () => {
  globalThis.gc();
  globalThis.gc();
  return Math.round(process.memoryUsage.rss() / 1e6);
};
const carry = (from, to) => {
  try {
    for (;;) to.bioWrite(from.bioRead(65536));
  } catch (error) {
    if (!(error instanceof SSL.WantReadError)) throw error;
  }
};
let early;
for (let round = 0; round < ${rounds}; round++) {
  if (round % 50 === 0) contexts[round % 2] = makeContext();
  const client = new SSL.Connection(contexts[0]);
  const server = new SSL.Connection(contexts[1]);
  client.setConnectState();
  server.setAcceptState();
  for (let step = 0; step < 3; step++) {
    for (const side of [client, server]) {
      try {
        side.doHandshake();
      } catch (error) {
        if (!(error instanceof SSL.WantReadError)) throw error;
      }
      carry(client, server);
      carry(server, client);
    }
  }
  server.sendall('hello');
  carry(server, client);
  if (client.recv(10).toString() !== 'hello') throw new Error('nothing was received');
  if (${keep}) kept.push(client, server);
  if (round % 100 === 0) await new Promise(setImmediate);
  if (round === ${rounds} / 4) early = megabytes();
}
console.log(JSON.stringify({ early, late: megabytes() }));
`;

async function growth(rounds: number, keep: boolean): Promise<number> {
  const { exitCode, stdout, stderr } = await runProgram(shakeAndDrop(rounds, keep), {
    nodeArguments: ['--expose-gc'],
  });
  if (exitCode !== 0) throw new Error(stderr);
  const { early, late } = JSON.parse(stdout) as { early: number; late: number };
  return late - early;
}

test('thousands of handshakes leave nothing behind, and what is kept does', async (t) => {
  const flat = await growth(4000, false);
  const grown = await growth(1200, true);
  t.log(`${flat} MB after 3000 handshakes, ${grown} MB with 900 of them kept`);
  t.true(flat < 15, `${flat} MB`);
  t.true(grown > 30, `${grown} MB`);
});
