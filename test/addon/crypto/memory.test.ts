// Objects that are made and dropped: memory stays flat, and the garbage collector knows what they weigh.

import test from 'ava';
import { runProgram } from '../../support/addon.ts';

/** Makes objects of every class in turn; `keep` holds all of them. Prints resident memory in MB, early and late. */
const makeAndDrop = (rounds: number, keep: boolean) => `
const { crypto } = await import(entry);
const key = new crypto.PKey();
key.generateKey('ed25519');
const rawKey = key.getRawPublic();
const certificate = new crypto.X509();
certificate.getSubject().CN = 'memory.example.org';
certificate.setPubkey(key);
certificate.setNotBefore(new Date(0));
certificate.setNotAfter(new Date(1e12));
certificate.addExtensions([new crypto.X509Extension('subjectAltName', false, 'DNS:memory.example.org')]);
certificate.sign(key);
const der = crypto.dumpCertificate(crypto.FILETYPE_ASN1, certificate);
const request = new crypto.X509Req();
request.getSubject().CN = 'memory.example.org';
request.setPubkey(key);
request.sign(key);
const requestDer = crypto.dumpCertificateRequest(crypto.FILETYPE_ASN1, request);
const spki = new crypto.NetscapeSPKI();
spki.setPubkey(key);
spki.sign(key);
const encoded = spki.b64Encode();
const makers = [
  () => new crypto.X509Name(certificate.getSubject()),
  () => crypto.PKey.fromRawPublic('ed25519', rawKey),
  () => crypto.loadCertificate(crypto.FILETYPE_ASN1, der),
  () => new crypto.X509Extension('basicConstraints', true, 'CA:TRUE'),
  () => crypto.loadCertificateRequest(crypto.FILETYPE_ASN1, requestDer),
  () => new crypto.CRL(),
  () => new crypto.Revoked(),
  () => new crypto.NetscapeSPKI(encoded),
  () => new crypto.X509(),
  () => new crypto.X509Store(),
  () => certificate.getPubkey(),
  () => certificate.getExtension(0),
  () => crypto.sign(key, der),
  () => crypto.dumpCertificate(crypto.FILETYPE_PEM, certificate),
  () => {
    try {
      crypto.loadCertificate(crypto.FILETYPE_ASN1, rawKey);
    } catch (error) {
      return error;
    }
  },
  () => {
    const store = new crypto.X509Store();
    store.addCert(certificate);
    return store;
  },
];
const rounds = ${rounds};
const kept = [];
const megabytes = () => {
  globalThis.gc();
  globalThis.gc();
  return Math.round(process.memoryUsage.rss() / 1e6);
};
let early;
for (let round = 0; round < rounds; round++) {
  const made = makers[round % makers.length]();
  if (${keep}) kept.push(made);
  // finalizers run between turns of the event loop
  if (round % 1000 === 0) await new Promise(setImmediate);
  if (round === Math.floor(rounds / 4)) early = megabytes();
}
console.log(JSON.stringify({ early, late: megabytes(), makers: makers.length }));
`;

async function measure(rounds: number, keep: boolean) {
  const { exitCode, stdout, stderr } = await runProgram(makeAndDrop(rounds, keep), {
    nodeArguments: ['--expose-gc'],
  });
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { early: number; late: number; makers: number };
}

test('a million objects of every class that are made and dropped leave memory as it was', async (t) => {
  const dropped = await measure(1_000_000, false);
  t.log(`resident after a quarter ${dropped.early} MB, at the end ${dropped.late} MB`);
  t.true(dropped.late - dropped.early < 20, JSON.stringify(dropped));
});

test('the measure sees what is kept: a twentieth of the objects takes more than all that are dropped may', async (t) => {
  const kept = await measure(50_000, true);
  t.log(`resident after a quarter ${kept.early} MB, at the end ${kept.late} MB`);
  t.true(kept.late - kept.early > 20, JSON.stringify(kept));
});

/** How often node collects its whole heap while it makes 60,000 objects and keeps them. */
async function collections(make: string): Promise<number> {
  const source = `
    const { crypto } = await import(entry);
    const kept = [];
    for (let count = 0; count < 60_000; count++) kept.push(${make});
    console.log('made ' + kept.length);
  `;
  const { exitCode, stdout, stderr } = await runProgram(source, { nodeArguments: ['--trace-gc'] });
  if (exitCode !== 0 || !stdout.includes('made 60000')) throw new Error(stderr);
  return stdout.split('\n').filter((line) => line.includes('Mark-Compact')).length;
}

test('the garbage collector knows that objects hold memory outside of its own heap', async (t) => {
  t.true((await collections('{}')) <= 1, 'objects of JavaScript alone are no reason to collect so little');
  const count = await collections('new crypto.X509()');
  t.true(count >= 2, `${count} collections`);
});
