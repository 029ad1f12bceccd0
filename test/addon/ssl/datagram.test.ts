// DTLS over memory: datagrams keep their boundaries, may be lost, repeated or come in another order, and a client proves its
// address by a cookie.

import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { entry } from '../../support/addon.ts';
import {
  carry,
  clientContext,
  failedHandshake,
  leaf,
  makePair,
  root,
  serverContext,
  shakeHands,
  step,
  takeAll,
} from '../../support/tls-pair.ts';

const { OpenSSLError, SSL } = (await import(entry)) as typeof Tsopenssl;

const datagramPair = () =>
  makePair(clientContext(root, SSL.DTLS_CLIENT_METHOD), serverContext(leaf, SSL.DTLS_SERVER_METHOD));

test('a handshake over datagrams, and data that comes as it was sent', (t) => {
  const pair = shakeHands(datagramPair());
  const { client, server } = pair;
  t.is(client.getProtocolVersionName(), 'DTLSv1.2');
  t.is(client.getProtocolVersion(), SSL.DTLS1_2_VERSION);
  client.send('first');
  client.send('second');
  const datagrams = takeAll(client);
  t.is(datagrams.length, 2);
  // in the other order, one twice, and one that was changed: each counts once or not at all
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = datagrams;
  const broken = Buffer.from(first);
  broken.writeUInt8(broken.readUInt8(broken.length - 1) ^ 1, broken.length - 1);
  for (const datagram of [broken, second, first, first]) server.bioWrite(datagram);
  t.is(server.recv(100).toString(), 'second');
  t.is(server.recv(100).toString(), 'first');
  t.throws(() => server.recv(100), { instanceOf: SSL.WantReadError });
  t.false(client.shutdown());
  carry(pair);
  t.throws(() => server.recv(1), { instanceOf: SSL.ZeroReturnError });
});

test('the size of datagrams is kept, and what does not fit is refused', (t) => {
  const { client, server } = shakeHands(datagramPair());
  client.setCiphertextMtu(500);
  const size = client.getCleartextMtu();
  t.true(size > 400 && size < 500, String(size));
  client.send(randomBytes(size));
  const [datagram = Buffer.alloc(0)] = takeAll(client);
  t.true(datagram.length <= 500);
  server.bioWrite(datagram);
  t.is(server.recv(1000).length, size);
  t.throws(() => client.setCiphertextMtu(100), { instanceOf: OpenSSLError });
  for (const other of [makePair().client, shakeHands(makePair()).client, datagramPair().client])
    t.throws(() => other.getCleartextMtu(), { instanceOf: OpenSSLError });
  t.throws(() => client.bioShutdown(), { instanceOf: TypeError, message: /^Expected a connection of TLS/ });
});

test('what was lost is sent again when its time is up', async (t) => {
  const pair = datagramPair();
  t.is(pair.server.DTLSv1GetTimeout(), null);
  t.false(step(pair.client));
  t.true(takeAll(pair.client).length > 0, 'lost');
  const left = pair.client.DTLSv1GetTimeout() ?? 0;
  t.true(left > 0 && left <= 1000, String(left));
  t.false(pair.client.DTLSv1HandleTimeout());
  t.is(takeAll(pair.client).length, 0);
  await sleep(left + 50);
  t.true(pair.client.DTLSv1HandleTimeout());
  carry(pair);
  t.notThrows(() => shakeHands(pair));
});

test('a server answers a client by its cookie alone, and keeps nothing before', (t) => {
  const secret = randomBytes(32);
  const cookie = () => createHmac('sha256', secret).update('the address').digest();
  const context = serverContext(leaf, SSL.DTLS_SERVER_METHOD);
  const seen: string[] = [];
  context.setCookieGenerateCallback(() => cookie());
  context.setCookieVerifyCallback((_connection, received) => {
    seen.push(received.toString('hex'));
    return received.equals(cookie());
  });
  context.setOptions(SSL.OP_COOKIE_EXCHANGE);
  const pair = makePair(clientContext(root, SSL.DTLS_CLIENT_METHOD), context);
  const { client, server } = pair;
  t.throws(() => server.DTLSv1Listen(), { instanceOf: SSL.WantReadError });
  t.false(step(client));
  for (const piece of takeAll(client)) server.bioWrite(piece);
  t.throws(() => server.DTLSv1Listen(), { instanceOf: SSL.WantReadError });
  carry(pair);
  t.false(step(client));
  for (const piece of takeAll(client)) server.bioWrite(piece);
  t.notThrows(() => server.DTLSv1Listen());
  t.deepEqual(seen, [cookie().toString('hex')]);
  shakeHands(pair);
  client.send('hello');
  carry(pair);
  t.is(server.recv(10).toString(), 'hello');

  const wrong = new SSL.Context(SSL.DTLS_SERVER_METHOD);
  wrong.useCertificate(leaf.certificate);
  wrong.usePrivatekey(leaf.key);
  wrong.setOptions(SSL.OP_COOKIE_EXCHANGE);
  wrong.setCookieGenerateCallback(() => cookie());
  wrong.setCookieVerifyCallback(() => false);
  const refused = makePair(clientContext(root, SSL.DTLS_CLIENT_METHOD), wrong);
  t.true(step(refused.client) === false);
  for (let rounds = 0; rounds < 4; rounds++) {
    for (const piece of takeAll(refused.client)) refused.server.bioWrite(piece);
    t.throws(() => refused.server.DTLSv1Listen(), { instanceOf: SSL.WantReadError });
    carry(refused);
    step(refused.client);
  }
});

test('a cookie callback that throws ends the handshake with its error', (t) => {
  const context = serverContext(leaf, SSL.DTLS_SERVER_METHOD);
  context.setOptions(SSL.OP_COOKIE_EXCHANGE);
  context.setCookieGenerateCallback(() => {
    throw new RangeError('mine');
  });
  context.setCookieVerifyCallback(() => true);
  const pair = makePair(clientContext(root, SSL.DTLS_CLIENT_METHOD), context);
  step(pair.client);
  for (const piece of takeAll(pair.client)) pair.server.bioWrite(piece);
  const error = t.throws(() => pair.server.DTLSv1Listen(), {
    instanceOf: OpenSSLError,
    code: 'ERR_CALLBACK',
  });
  t.like(error?.cause, { message: 'mine' });
});

test('profiles of SRTP are agreed on', (t) => {
  const contexts = [
    clientContext(root, SSL.DTLS_CLIENT_METHOD),
    serverContext(leaf, SSL.DTLS_SERVER_METHOD),
  ] as const;
  for (const context of contexts) context.setTlsextUseSrtp('SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM');
  const { client, server } = shakeHands(makePair(...contexts));
  t.is(client.getSelectedSrtpProfile(), 'SRTP_AES128_CM_SHA1_80');
  t.is(server.getSelectedSrtpProfile(), 'SRTP_AES128_CM_SHA1_80');
  t.deepEqual(
    client.exportKeyingMaterial('EXTRACTOR-dtls_srtp', 60),
    server.exportKeyingMaterial('EXTRACTOR-dtls_srtp', 60),
  );
  t.is(shakeHands(datagramPair()).client.getSelectedSrtpProfile(), null);
  t.throws(() => new SSL.Context(SSL.DTLS_METHOD).setTlsextUseSrtp('SRTP_NONE'), {
    instanceOf: OpenSSLError,
  });
});

test('TLS and DTLS do not speak with each other', (t) => {
  const pair = makePair(clientContext(), serverContext(leaf, SSL.DTLS_SERVER_METHOD));
  const { client } = failedHandshake(pair);
  t.is(client, undefined, 'nothing is answered');
  t.throws(() => pair.client.recv(1), { instanceOf: SSL.WantReadError });
});
