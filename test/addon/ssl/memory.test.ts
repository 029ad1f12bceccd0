// Connections over memory: handshake, data in both directions, the end, and what a connection says of itself.

import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';
import {
  carry,
  clientContext,
  failedHandshake,
  leaf,
  makeCredential,
  makePair,
  root,
  serverContext,
  shakeHands,
  takeAll,
} from '../../support/tls-pair.ts';

const { crypto, OpenSSLError, SSL } = (await import(entry)) as typeof Tsopenssl;

test('two sides agree on TLS 1.3 with a post-quantum group, and say the same of it', (t) => {
  const { client, server } = shakeHands(makePair());
  for (const side of [client, server]) {
    t.is(side.getProtocolVersionName(), 'TLSv1.3');
    t.is(side.getProtocolVersion(), SSL.TLS1_3_VERSION);
    t.is(side.getGroupName(), 'X25519MLKEM768');
    t.is(side.getCipherName(), 'TLS_AES_256_GCM_SHA384');
    t.is(side.getCipherBits(), 256);
    t.is(side.getCipherVersion(), 'TLSv1.3');
    t.is(side.getStateString(), 'SSL negotiation finished successfully');
  }
  t.deepEqual(client.clientRandom(), server.clientRandom());
  t.deepEqual(client.serverRandom(), server.serverRandom());
  t.deepEqual(client.getFinished(), server.getPeerFinished());
  t.deepEqual(server.getFinished(), client.getPeerFinished());
  const exported = client.exportKeyingMaterial('EXPERIMENTAL test', 32, 'context');
  t.is(exported.length, 32);
  t.deepEqual(exported, server.exportKeyingMaterial('EXPERIMENTAL test', 32, Buffer.from('context')));
  t.notDeepEqual(exported, server.exportKeyingMaterial('EXPERIMENTAL test', 32));
  t.is(
    client.getPeerCertificate()?.digest('sha256').toString(),
    leaf.certificate.digest('sha256').toString(),
  );
  t.is(server.getPeerCertificate(), null);
  t.is(server.getCertificate()?.getSubject().CN, 'localhost');
  t.deepEqual(
    client.getVerifiedChain()?.map((certificate) => certificate.getSubject().CN),
    ['localhost', 'root'],
  );
  t.deepEqual(
    client.getPeerCertChain()?.map((certificate) => certificate.getSubject().CN),
    ['localhost'],
  );
});

test('nothing is known before the handshake', (t) => {
  const { client } = makePair();
  t.is(client.getCipherName(), null);
  t.is(client.getCipherBits(), null);
  t.is(client.getGroupName(), null);
  t.is(client.getCipherVersion(), null);
  t.is(client.getPeerCertificate(), null);
  t.is(client.getPeerCertChain(), null);
  t.is(client.getVerifiedChain(), null);
  t.is(client.getSession(), null);
  t.is(client.masterKey(), null);
  t.is(client.getFinished(), null);
  t.is(client.getAlpnProtoNegotiated().length, 0);
  t.is(client.getServername(), null);
  t.throws(() => client.recv(1), { instanceOf: SSL.WantReadError, code: 'ERR_WANT_READ' });
  t.true(client.wantRead());
  t.false(client.wantWrite());
  t.is(client.want(), 'read');
});

const versions = [
  ['TLSv1', SSL.TLSv1_METHOD],
  ['TLSv1.1', SSL.TLSv1_1_METHOD],
  ['TLSv1.2', SSL.TLSv1_2_METHOD],
] as const;

for (const [name, method] of versions) {
  test(`a method of one version speaks ${name} alone`, (t) => {
    const contexts = [clientContext(root, method), serverContext(leaf, method)] as const;
    for (const context of contexts) {
      context.setSecurityLevel(0);
      context.setCipherList('ALL:@SECLEVEL=0');
    }
    const { client } = shakeHands(makePair(...contexts));
    t.is(client.getProtocolVersionName(), name);
    const other = method === SSL.TLSv1_2_METHOD ? SSL.TLSv1_1_METHOD : SSL.TLSv1_2_METHOD;
    const failures = failedHandshake(makePair(clientContext(root, other), serverContext(leaf, method)));
    t.true(failures.client instanceof SSL.TLSError || failures.server instanceof SSL.TLSError);
  });
}

test('the range of versions is set by limits and by options, in both of the ways of OpenSSL', (t) => {
  const limited = clientContext();
  limited.setMinProtoVersion(SSL.TLS1_2_VERSION);
  limited.setMaxProtoVersion(SSL.TLS1_2_VERSION);
  t.is(shakeHands(makePair(limited)).client.getProtocolVersionName(), 'TLSv1.2');

  const optional = clientContext(root, SSL.SSLv23_METHOD);
  const none = SSL.OP_NO_SSLv2 | SSL.OP_NO_SSLv3 | SSL.OP_NO_TLSv1 | SSL.OP_NO_TLSv1_1;
  t.is(optional.setOptions(none | SSL.OP_NO_TLSv1_3) & none, none);
  t.is(shakeHands(makePair(optional)).client.getProtocolVersionName(), 'TLSv1.2');

  const apart = clientContext();
  apart.setMinProtoVersion(SSL.TLS1_3_VERSION);
  const server = serverContext();
  server.setMaxProtoVersion(SSL.TLS1_2_VERSION);
  const failures = failedHandshake(makePair(apart, server));
  t.like(failures.server, { name: 'TLSError', code: 'ERR_OSSL_SSL_UNSUPPORTED_PROTOCOL' });
  t.like(failures.client, { name: 'TLSError', code: 'ERR_OSSL_SSL_TLSV1_ALERT_PROTOCOL_VERSION', alert: 70 });
  t.throws(() => new SSL.Context(SSL.TLS_METHOD).setMinProtoVersion(0x1234), { instanceOf: OpenSSLError });
});

test('options are bits, of which the 32nd is no sign', (t) => {
  const context = new SSL.Context(SSL.TLS_METHOD);
  const all = context.setOptions(SSL.OP_ALL | SSL.OP_NO_TICKET);
  t.is(Math.floor(all / 2 ** 31) % 2, 1);
  t.true(all > 0);
  t.is(Math.floor(context.clearOptions(SSL.OP_CRYPTOPRO_TLSEXT_BUG) / 2 ** 31) % 2, 0);
});

for (const kind of ['rsa', 'ec', 'ed25519', 'ed448', 'ml-dsa-44'] as const) {
  test(`a certificate with a key of ${kind} is verified`, (t) => {
    const authority = makeCredential('authority', { key: kind });
    const own = makeCredential('localhost', { issuer: authority, key: kind });
    const { client } = shakeHands(makePair(clientContext(authority), serverContext(own)));
    t.is(client.getVerifyResult(), 0);
  });
}

test('data goes both ways, of every length, whole and in pieces', (t) => {
  const pair = shakeHands(makePair());
  const { client, server } = pair;
  for (const size of [1, 16383, 16384, 16385, 100_000]) {
    const data = randomBytes(size);
    t.is(client.sendall(data), size);
    carry(pair);
    const parts: Buffer[] = [];
    for (let left = size; left > 0; ) {
      const part = server.recv(left);
      parts.push(part);
      left -= part.length;
    }
    t.true(Buffer.concat(parts).equals(data));
    t.throws(() => server.recv(1), { instanceOf: SSL.WantReadError });
  }
  server.send('grüße');
  carry(pair);
  t.is(client.recv(2, 2).toString('hex'), '6772');
  t.is(client.recv(2).toString(), 'gr');
  t.is(client.pending(), 5);
  const target = Buffer.alloc(10, '.');
  t.is(client.recvInto(target, 3), 3);
  t.is(client.recvInto(target.subarray(3)), 2);
  t.is(target.toString(), 'üße.....');
  t.is(client.send(''), 0);
});

test('one byte at a time is enough', (t) => {
  const pair = makePair();
  const dribble = () => {
    for (const [from, to] of [
      [pair.client, pair.server],
      [pair.server, pair.client],
    ] as const) {
      for (const byte of Buffer.concat(takeAll(from))) {
        to.bioWrite(Buffer.of(byte));
        try {
          to.doHandshake();
        } catch (error) {
          if (!(error instanceof SSL.WantReadError)) throw error;
        }
      }
    }
  };
  t.throws(() => pair.client.doHandshake(), { instanceOf: SSL.WantReadError });
  for (let rounds = 0; rounds < 5; rounds++) dribble();
  t.notThrows(() => pair.client.doHandshake());
  t.notThrows(() => pair.server.doHandshake());
});

test('the end comes in order, and one without a word is told apart', (t) => {
  const pair = shakeHands(makePair());
  const { client, server } = pair;
  client.sendall('last words');
  t.false(client.shutdown());
  t.is(client.getShutdown(), SSL.SENT_SHUTDOWN);
  carry(pair);
  t.is(server.recv(100).toString(), 'last words');
  t.throws(() => server.recv(1), { instanceOf: SSL.ZeroReturnError, code: 'ERR_ZERO_RETURN' });
  t.is(server.getShutdown(), SSL.RECEIVED_SHUTDOWN);
  server.send('an answer');
  carry(pair);
  t.is(client.recv(100).toString(), 'an answer');
  t.true(server.shutdown());
  carry(pair);
  t.true(client.shutdown());

  const cut = shakeHands(makePair());
  cut.client.bioShutdown();
  t.throws(() => cut.client.recv(1), { instanceOf: SSL.SysCallError, code: 'ERR_SYSCALL' });
  const lost = makePair();
  lost.client.bioShutdown();
  t.throws(() => lost.client.doHandshake(), { instanceOf: SSL.SysCallError });
});

test('a byte that was changed on the way ends the connection, and nothing of it is received', (t) => {
  const pair = shakeHands(makePair());
  pair.client.sendall('a secret');
  const [record = Buffer.alloc(0)] = takeAll(pair.client);
  record.writeUInt8(record.readUInt8(10) ^ 1, 10);
  pair.server.bioWrite(record);
  const error = t.throws(() => pair.server.recv(100), { instanceOf: SSL.TLSError });
  t.is(error?.code, 'ERR_OSSL_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC');
  carry(pair);
  t.like(
    t.throws(() => pair.client.recv(1), { instanceOf: SSL.TLSError }),
    { alert: 20 },
  );
});

test('a context cannot be changed once it has a connection', (t) => {
  const context = clientContext();
  new SSL.Connection(context);
  const changes: readonly ((one: typeof context) => unknown)[] = [
    (one) => one.setOptions(SSL.OP_NO_TICKET),
    (one) => one.setMinProtoVersion(SSL.TLS1_3_VERSION),
    (one) => one.setVerify(SSL.VERIFY_NONE),
    (one) => one.useCertificate(leaf.certificate),
    (one) => one.usePrivatekey(leaf.key),
    (one) => one.setCipherList('ALL'),
    (one) => one.setGroups('x25519'),
    (one) => one.setInfoCallback(() => {}),
    (one) => one.setAlpnProtos(['h2']),
    (one) => one.setTimeout(1),
    (one) => one.setDefaultVerifyPaths(),
    (one) => one.setPasswdCb('x'),
  ];
  for (const change of changes) {
    t.throws(() => change(context), { instanceOf: OpenSSLError, code: 'ERR_CONTEXT_IN_USE' }, String(change));
  }
  t.is(context.getVerifyMode(), SSL.VERIFY_PEER);
  const fresh = clientContext();
  for (const change of changes) t.notThrows(() => change(fresh), String(change));
});

test('wrong arguments are told at once', (t) => {
  t.throws(() => new SSL.Context(1), {
    instanceOf: RangeError,
    message: /^Expected an integer from 3 to 12 for method, got 1$/,
  });
  t.throws(() => new SSL.Context('TLS' as never), { instanceOf: TypeError });
  t.throws(() => new SSL.Connection({} as never), {
    instanceOf: TypeError,
    message: /^Expected a Context for context/,
  });
  t.throws(() => new SSL.Connection(clientContext(), '7' as never), { instanceOf: TypeError });
  const { client } = makePair();
  t.throws(() => client.send(1 as never), { instanceOf: TypeError });
  t.throws(() => client.recv(0), { instanceOf: RangeError });
  t.throws(() => client.recvInto(Buffer.alloc(0)), { instanceOf: RangeError });
  t.throws(() => client.setTlsextHostName('a\0b'), { instanceOf: RangeError });
  t.throws(() => client.setSession({} as never), { instanceOf: TypeError, message: /^Expected a Session/ });
  t.throws(() => client.setVerifyOptions({ hostnam: 'x' } as never), { instanceOf: TypeError });
  const context = new SSL.Context(SSL.TLS_METHOD);
  t.throws(() => context.setVerify(8), { instanceOf: RangeError });
  t.throws(() => context.setAlpnProtos([]), { instanceOf: RangeError });
  t.throws(() => context.setAlpnProtos(['']), { instanceOf: RangeError });
  t.throws(() => context.setCipherList('no such cipher'), {
    instanceOf: OpenSSLError,
    code: 'ERR_OSSL_SSL_NO_CIPHER_MATCH',
  });
  t.throws(() => context.setGroups('x25518'), { instanceOf: OpenSSLError });
  t.throws(() => context.checkPrivatekey(), {
    instanceOf: OpenSSLError,
    code: 'ERR_OSSL_SSL_NO_CERTIFICATE_ASSIGNED',
  });
  context.useCertificate(leaf.certificate);
  t.throws(() => context.usePrivatekey(root.key), {
    instanceOf: OpenSSLError,
    message: /key values mismatch/,
  });
});

test('what is gone says so', (t) => {
  const { client } = makePair();
  const context = new SSL.Context(SSL.TLS_METHOD);
  for (const gone of [
    () => client.connect(),
    () => client.connectEx(),
    () => client.accept(),
    () => client.makefile(),
    () => client.getNextProtoNegotiated(),
    () => context.setNpnAdvertiseCallback(),
    () => context.setNpnSelectCallback(),
  ]) {
    t.throws(gone, { instanceOf: OpenSSLError, code: 'ERR_REMOVED' });
  }
});

test('nothing of a secret is shown', (t) => {
  const context = clientContext();
  context.setMaxProtoVersion(SSL.TLS1_2_VERSION);
  const { client, server } = shakeHands(makePair(context));
  const secret = client.masterKey()?.toString('hex') ?? '';
  t.is(secret.length, 96);
  t.is(server.masterKey()?.toString('hex'), secret);
  const shown = [client, client.getContext(), client.getSession()].map((one) =>
    [inspect(one, { depth: null, showHidden: true }), JSON.stringify(one), String(one)].join('\n'),
  );
  for (const text of shown) {
    t.false(text.includes(secret));
    t.false(text.includes(secret.slice(0, 16)));
  }
});

test('renegotiation is of TLS 1.2, a new key of TLS 1.3', (t) => {
  const old = clientContext();
  old.setMaxProtoVersion(SSL.TLS1_2_VERSION);
  const server = serverContext();
  server.setOptions(SSL.OP_ALLOW_CLIENT_RENEGOTIATION);
  const pair = shakeHands(makePair(old, server));
  t.true(pair.client.renegotiate());
  t.true(pair.client.renegotiatePending());
  for (let rounds = 0; pair.client.renegotiatePending() && rounds < 10; rounds++) {
    for (const side of [pair.client, pair.server]) {
      try {
        side.doHandshake();
        side.recv(1);
      } catch (error) {
        if (!(error instanceof SSL.WantReadError)) throw error;
      }
    }
    carry(pair);
  }
  t.is(pair.client.totalRenegotiations(), 1);
  t.throws(() => pair.client.updateKey(), { instanceOf: SSL.TLSError });

  const fresh = shakeHands(makePair());
  t.throws(() => fresh.client.renegotiate(), {
    instanceOf: SSL.TLSError,
    code: 'ERR_OSSL_SSL_WRONG_SSL_VERSION',
  });
  fresh.client.updateKey();
  fresh.client.sendall('with a new key');
  carry(fresh);
  t.is(fresh.server.recv(100).toString(), 'with a new key');
});

test('a server asks for the certificate of a client, and names authorities', (t) => {
  const server = serverContext();
  server.getCertStore().addCert(root.certificate);
  server.setVerify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT);
  server.setClientCaList([root.certificate.getSubject()]);
  server.setSessionId(Buffer.from('test'));
  server.setMaxProtoVersion(SSL.TLS1_2_VERSION);
  const client = clientContext();
  const own = makeCredential('a client', { issuer: root });
  client.useCertificate(own.certificate);
  client.usePrivatekey(own.key);
  const pair = shakeHands(makePair(client, server));
  t.is(pair.server.getPeerCertificate()?.getSubject().CN, 'a client');
  t.deepEqual(
    pair.server.getPeerCertChain()?.map((one) => one.getSubject().CN),
    ['a client', 'root'],
  );
  t.deepEqual(pair.client.getClientCaList().map(String), [root.certificate.getSubject()].map(String));
  const without = failedHandshake(makePair(clientContext(), server));
  t.like(without.server, { name: 'TLSError', code: 'ERR_OSSL_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE' });
});

test('certificates, keys and chains come from files too', async (t) => {
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const path = await import('node:path');
  const folder = await mkdtemp(path.join(tmpdir(), 'tsopenssl-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = (name: string) => path.join(folder, name);
  const middle = makeCredential('middle');
  const pem = (one: typeof leaf) => crypto.dumpCertificate(crypto.FILETYPE_PEM, one.certificate);
  await writeFile(file('chain.pem'), Buffer.concat([pem(leaf), pem(root), pem(middle)]));
  await writeFile(file('cert.der'), crypto.dumpCertificate(crypto.FILETYPE_ASN1, leaf.certificate));
  await writeFile(
    file('key.pem'),
    crypto.dumpPrivatekey(crypto.FILETYPE_PEM, leaf.key, 'aes-256-cbc', 'word'),
  );
  await writeFile(file('root.pem'), pem(root));

  const server = new SSL.Context(SSL.TLS_METHOD);
  server.useCertificateChainFile(file('chain.pem'));
  t.throws(() => server.usePrivatekeyFile(file('key.pem')), { instanceOf: OpenSSLError });
  server.setPasswdCb(() => 'word');
  server.usePrivatekeyFile(file('key.pem'));
  server.checkPrivatekey();
  server.loadClientCa(file('root.pem'));
  const client = new SSL.Context(SSL.TLS_METHOD);
  client.loadVerifyLocations(file('root.pem'));
  client.setVerify(SSL.VERIFY_PEER);
  const pair = shakeHands(makePair(client, server));
  t.is(pair.client.getPeerCertChain()?.length, 3);

  const extra = new SSL.Context(SSL.TLS_METHOD);
  extra.addExtraChainCert(root.certificate);
  extra.useCertificate(leaf.certificate);
  extra.usePrivatekey(leaf.key);
  t.is(shakeHands(makePair(client, extra)).client.getPeerCertChain()?.length, 2);

  const der = new SSL.Context(SSL.TLS_METHOD);
  der.useCertificateFile(file('cert.der'), crypto.FILETYPE_ASN1);
  t.throws(() => der.useCertificateFile(file('cert.der')), { instanceOf: OpenSSLError });
  const error = t.throws(() => der.useCertificateFile(file('none.pem')), {
    instanceOf: OpenSSLError,
    code: 'ERR_FILE',
  });
  t.like(error?.cause, { code: 'ENOENT' });
});
