// Options: nothing inherited, nothing misspelled, and no two of which one would have no effect.

import { once } from 'node:events';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';
import { makeCredential, root } from '../../support/tls-pair.ts';
import { ca, identity, listen, readAll } from '../../support/tls-server.ts';

const { crypto, https, SSL, tls } = (await import(entry)) as typeof Tsopenssl;
const nobody = makeCredential('nobody');
const { PKCS12 } = crypto;

/** A value for each option of a context: one that means something. */
const pkcs12 = () => {
  const made = new PKCS12();
  const { certificate, key } = makeCredential('packed', { issuer: root });
  made.setCertificate(certificate);
  made.setPrivatekey(key);
  return made;
};
const ofContext: Readonly<Record<string, unknown>> = {
  ca,
  cert: identity().cert,
  key: identity().key,
  pfx: pkcs12(),
  ciphers: 'TLS_AES_128_GCM_SHA256',
  groups: 'X25519',
  ecdhCurve: 'X25519',
  sigalgs: 'ed25519',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  secureOptions: 0,
  honorCipherOrder: true,
  securityLevel: 1,
  sessionTimeout: 10,
  sessionIdContext: 'an id',
  ticketKeys: Buffer.alloc(48),
  ticketKeyLifetime: 60,
};
/** Pairs of which one would have no effect. */
const exclusive = [
  ['groups', 'ecdhCurve'],
  ['ticketKeys', 'ticketKeyLifetime'],
  ['pfx', 'cert'],
  ['pfx', 'key'],
];

test('every pair of options of a context is honoured or refused', (t) => {
  const names = Object.keys(ofContext);
  for (const one of names) {
    for (const other of names.slice(names.indexOf(one) + 1)) {
      const make = () => tls.createSecureContext({ [one]: ofContext[one], [other]: ofContext[other] });
      const isExclusive = exclusive.some((pair) => pair.includes(one) && pair.includes(other));
      if (isExclusive) t.throws(make, { instanceOf: TypeError, message: /got both/ }, `${one}, ${other}`);
      else t.notThrows(make, `${one}, ${other}`);
    }
  }
});

test('nothing of a context stands beside a whole one', async (t) => {
  for (const [name, value] of Object.entries(ofContext)) {
    const both = () => ({ secureContext: tls.createSecureContext(), [name]: value });
    const refused = {
      instanceOf: TypeError,
      message: `Expected secureContext or ${name} in options, got both`,
    };
    t.throws(() => tls.createServer(both()), refused);
    t.throws(() => https.createServer(both()), refused);
    await t.throwsAsync(tls.connect({ port: 1, ...both() }), refused);
  }
  const { socket } = { socket: new (await import('node:net')).Socket() };
  for (const pair of [
    { socket, port: 1 },
    { socket, path: '/x' },
    { socket, net: {} },
    { path: '/x', port: 1 },
  ])
    await t.throwsAsync(tls.connect(pair), { instanceOf: TypeError, message: /got both/ });
});

test('requestCert counts beside secureContext, and without it nobody is asked', async (t) => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const own of [
      () => ({ ...identity(), ca, maxVersion }),
      () => ({ secureContext: tls.createSecureContext({ ...identity(), ca, maxVersion }) }),
    ]) {
      for (const [requestCert, rejectUnauthorized, isLetIn] of [
        [true, undefined, false],
        [true, true, false],
        [true, false, true],
        [false, undefined, true],
        [undefined, undefined, true],
        [undefined, true, true],
      ]) {
        const wishes = Object.entries({ requestCert, rejectUnauthorized }).filter(
          ([, value]) => value !== undefined,
        );
        const server = tls.createServer({ ...own(), ...Object.fromEntries(wishes) }, (socket) =>
          socket.end('in'),
        );
        server.on('tlsClientError', () => {});
        const port = await listen(t, server);
        const ask = async () => String(await readAll(await tls.connect({ port, ca })));
        const what = `${maxVersion} ${Object.keys(own())} ${JSON.stringify(Object.fromEntries(wishes))}`;
        if (isLetIn) t.is(await ask(), 'in', what);
        else await t.throwsAsync(ask, undefined, what);
      }
    }
  }
});

test('a misspelled option is refused by each of them', async (t) => {
  const typo = { requestCerts: true } as object;
  const refused = { instanceOf: TypeError, message: /got requestCerts/ };
  t.throws(() => tls.createServer({ ...identity(), ...typo }), refused);
  t.throws(() => https.createServer({ ...identity(), ...typo }), refused);
  t.throws(() => tls.createSecureContext(typo), refused);
  await t.throwsAsync(tls.connect({ port: 1, ...typo }), refused);
  // those of node:http are known
  t.notThrows(() => https.createServer({ ...identity(), keepAliveTimeout: 1, requestTimeout: 0 }));
});

test.serial('what Object.prototype has is no option', async (t) => {
  const server = tls.createServer(identity(nobody), (socket) => socket.on('error', () => {}).end('x'));
  const port = await listen(t, server);
  const pem = crypto.dumpCertificate(crypto.FILETYPE_PEM, nobody.certificate).toString();
  const pollution: Readonly<Record<string, unknown>> = {
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ca: pem,
    verify: () => true,
    secureContext: new SSL.Context(SSL.TLS_METHOD),
    hostname: 'nobody',
    flags: 0,
    time: new Date(0),
  };
  for (const [name, value] of Object.entries(pollution)) {
    Reflect.set(Object.prototype, name, value);
    try {
      await t.throwsAsync(tls.connect({ port }), { instanceOf: SSL.TLSError }, name);
      const agent = new https.Agent();
      const socket = agent.createConnection({ host: 'localhost', port }) as unknown as NodeJS.EventEmitter;
      const [error] = (await once(socket, 'error')) as [Error];
      t.true(error instanceof SSL.TLSError, name);
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
  }
  // the control: the same, said by the caller, is honoured
  const lenient = await tls.connect({ port, rejectUnauthorized: false });
  t.is(String(await readAll(lenient)), 'x');
});

test('a name with a dot in front is not a host', async (t) => {
  const server = tls.createServer(identity(makeCredential('a', { issuer: root, names: 'DNS:a.example' })));
  const port = await listen(t, server);
  await t.throwsAsync(tls.connect({ port, ca, servername: '.example' }), { instanceOf: RangeError });
  (await tls.connect({ port, ca, servername: 'a.example' })).destroy();
});
