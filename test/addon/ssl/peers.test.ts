// Handshakes and data with programs that others wrote, over loopback and in both directions: the system's OpenSSL, our own command
// line, GnuTLS, curl and node:tls; over TLS and DTLS, every version and every kind of certificate that both sides know.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, connect as netConnect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { run } from '../../../build/process.ts';
import { entry } from '../../support/addon.ts';
import { freePort } from '../../support/free-port.ts';
import { distribution } from '../../support/openssl.ts';
import { connectedTo, runPeer, saying } from '../../support/peer-program.ts';
import {
  type Context,
  type Credential,
  clientContext,
  leaf,
  makeCredential,
  root,
  serverContext,
} from '../../support/tls-pair.ts';
import { Carried, connected } from '../../support/tls-socket.ts';

const { crypto, SSL } = (await import(entry)) as typeof Tsopenssl;
const { openssl: ownOpenssl } = await distribution();
const folder = await mkdtemp(path.join(os.tmpdir(), 'tsopenssl-'));

interface Files {
  readonly certificate: string;
  readonly key: string;
}

let written = 0;

async function write(credential: Credential): Promise<Files> {
  const base = path.join(folder, `credential-${written++}`);
  const files = { certificate: `${base}.pem`, key: `${base}.key` };
  await writeFile(files.certificate, crypto.dumpCertificate(crypto.FILETYPE_PEM, credential.certificate));
  await writeFile(files.key, crypto.dumpPrivatekey(crypto.FILETYPE_PEM, credential.key));
  return files;
}

const rootFile = (await write(root)).certificate;
const leafFiles = await write(leaf);
const client = makeCredential('a client', { issuer: root });
const clientFiles = await write(client);
test.after.always(() => rm(folder, { recursive: true, force: true }));

/** Starts a program that listens, and connects to it as soon as it does. */
async function connectTo(t: ExecutionContext, argvFor: (port: number) => readonly string[]) {
  const port = await freePort();
  const peer = runPeer(t, argvFor(port));
  const socket = await connectedTo(t, peer, port);
  return { socket, peer, port };
}

/** A server of ours on loopback, for one connection that answers each line in capitals. */
async function serve(t: ExecutionContext, context: Context) {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const conversation = once(server, 'connection').then(async ([socket]) => {
    t.teardown(() => socket.destroy());
    const connection = new SSL.Connection(context);
    connection.setAcceptState();
    const carried = Carried.overStream(connection, socket);
    await carried.handshake();
    const line = await carried.receive(/\n/);
    await carried.send(line.toUpperCase());
    carried.close();
    return { connection, line };
  });
  // a test that fails before it looks at the outcome
  conversation.catch(() => {});
  return { port: (server.address() as AddressInfo).port, conversation };
}

async function talkTo(
  t: ExecutionContext,
  context: Context,
  argvFor: (port: number) => readonly string[],
  answer: RegExp,
) {
  const { socket, peer } = await connectTo(t, argvFor);
  const connection = new SSL.Connection(context);
  connection.setConnectState();
  connection.setTlsextHostName('localhost');
  connection.setVerifyOptions({ hostname: 'localhost' });
  const carried = Carried.overStream(connection, socket);
  await carried.handshake();
  await carried.send('hello\n');
  t.regex(await carried.receive(answer), answer);
  carried.close();
  return { connection, peer };
}

/** What OpenSSL must be told to speak the versions that nobody should. */
const anySecurity = 'DEFAULT@SECLEVEL=0';
const versions = [
  ['TLSv1', SSL.TLS1_VERSION, '-tls1', 'NORMAL:-VERS-ALL:+VERS-TLS1.0'],
  ['TLSv1.1', SSL.TLS1_1_VERSION, '-tls1_1', 'NORMAL:-VERS-ALL:+VERS-TLS1.1'],
  ['TLSv1.2', SSL.TLS1_2_VERSION, '-tls1_2', 'NORMAL:-VERS-ALL:+VERS-TLS1.2'],
  ['TLSv1.3', SSL.TLS1_3_VERSION, '-tls1_3', 'NORMAL:-VERS-ALL:+VERS-TLS1.3'],
] as const;

const files: Readonly<Record<string, { readonly authority: Credential; readonly own: Credential }>> =
  Object.fromEntries(
    ['rsa', 'ec', 'ed25519', 'ed448'].map((kind) => {
      const authority = makeCredential('authority', { key: kind });
      return [kind, { authority, own: makeCredential('localhost', { issuer: authority, key: kind }) }];
    }),
  );

for (const [name, version, option, priority] of versions) {
  const isOld = version < SSL.TLS1_2_VERSION;
  /** A context of ours that speaks this version, and what makes the system's OpenSSL speak it. */
  const speaking = (context: Context) => {
    context.setMinProtoVersion(version);
    context.setMaxProtoVersion(version);
    if (isOld) context.setCipherList(anySecurity);
    return context;
  };
  const options = isOld ? [option, '-cipher', anySecurity] : [option];
  // the old ones know no others
  const kinds = Object.entries(files).filter(([kind]) => !isOld || !kind.startsWith('ed'));
  for (const [kind, { authority, own }] of kinds) {
    test(`the system's OpenSSL serves us: ${name}, ${kind}`, async (t) => {
      const { certificate, key } = await write(own);
      const { connection } = await talkTo(
        t,
        speaking(clientContext(authority)),
        (port) => [
          ...['/usr/bin/openssl', 's_server', '-accept', `127.0.0.1:${port}`, '-rev', '-quiet', ...options],
          ...['-cert', certificate, '-key', key],
        ],
        /olleh/,
      );
      t.is(connection.getProtocolVersionName(), name);
    });

    test(`GnuTLS serves us: ${name}, ${kind}`, async (t) => {
      const { certificate, key } = await write(own);
      const { connection } = await talkTo(
        t,
        speaking(clientContext(authority)),
        (port) => [
          ...[
            'gnutls-serv',
            '--echo',
            '--port',
            String(port),
            '--disable-client-cert',
            '--priority',
            priority,
          ],
          ...['--x509certfile', certificate, '--x509keyfile', key],
        ],
        /hello/,
      );
      t.is(connection.getProtocolVersionName(), name);
    });

    test(`we serve the system's OpenSSL: ${name}, ${kind}`, async (t) => {
      const { port, conversation } = await serve(t, speaking(serverContext(own)));
      const peer = runPeer(t, [
        ...['/usr/bin/openssl', 's_client', '-connect', `127.0.0.1:${port}`, '-verify_return_error'],
        ...options,
        ...[
          '-CAfile',
          (await write(authority)).certificate,
          '-verify_hostname',
          'localhost',
          '-servername',
          'localhost',
        ],
      ]);
      peer.child.stdin.write('hello\n');
      const { connection, line } = await conversation;
      t.is(line, 'hello\n');
      t.regex(await saying(peer, /HELLO/), /Verify return code: 0 \(ok\)/);
      t.is(connection.getServername(), 'localhost');
      t.is(connection.getProtocolVersionName(), name);
    });

    test(`we serve GnuTLS: ${name}, ${kind}`, async (t) => {
      const { port, conversation } = await serve(t, speaking(serverContext(own)));
      const peer = runPeer(t, [
        ...['gnutls-cli', '--x509cafile', (await write(authority)).certificate, '--priority', priority],
        ...['--port', String(port), 'localhost'],
      ]);
      peer.child.stdin.write('hello\n');
      t.is((await conversation).line, 'hello\n');
      t.regex(await saying(peer, /HELLO/), /Status: The certificate is trusted/);
    });
  }
}

test('a post-quantum handshake with our own command line, in both directions', async (t) => {
  const context = clientContext();
  context.setGroups('X25519MLKEM768');
  const { connection } = await talkTo(
    t,
    context,
    (port) => [
      ...[ownOpenssl, 's_server', '-accept', `127.0.0.1:${port}`, '-rev', '-quiet'],
      ...['-cert', leafFiles.certificate, '-key', leafFiles.key],
    ],
    /olleh/,
  );
  t.is(connection.getGroupName(), 'X25519MLKEM768');

  const own = serverContext();
  own.setGroups('SecP256r1MLKEM768');
  const { port, conversation } = await serve(t, own);
  const peer = runPeer(t, [
    ownOpenssl,
    's_client',
    '-connect',
    `127.0.0.1:${port}`,
    '-CAfile',
    rootFile,
    '-groups',
    'SecP256r1MLKEM768',
  ]);
  peer.child.stdin.write('hello\n');
  t.is((await conversation).connection.getGroupName(), 'SecP256r1MLKEM768');
  t.regex(await saying(peer, /HELLO/), /Negotiated TLS1\.3 group: SecP256r1MLKEM768/);
});

test('a group that the other side does not know fails on both sides', async (t) => {
  const context = clientContext();
  context.setGroups('X25519MLKEM768');
  const error = await t.throwsAsync(
    talkTo(
      t,
      context,
      (port) => [
        ...['/usr/bin/openssl', 's_server', '-accept', `127.0.0.1:${port}`, '-rev', '-quiet', '-tls1_3'],
        ...['-cert', leafFiles.certificate, '-key', leafFiles.key],
      ],
      /olleh/,
    ),
    { instanceOf: SSL.TLSError },
  );
  t.like(error, { alert: 40 });
});

test('client certificates are asked for and shown, in both directions', async (t) => {
  const context = clientContext();
  context.useCertificate(client.certificate);
  context.usePrivatekey(client.key);
  const { peer } = await talkTo(
    t,
    context,
    (port) => [
      ...['/usr/bin/openssl', 's_server', '-accept', `127.0.0.1:${port}`, '-rev', '-Verify', '2'],
      ...['-verify_return_error', '-CAfile', rootFile, '-cert', leafFiles.certificate, '-key', leafFiles.key],
    ],
    /olleh/,
  );
  t.regex(await saying(peer, /depth=0/), /depth=0 CN = a client/);

  const own = serverContext();
  own.getCertStore().addCert(root.certificate);
  own.setVerify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT);
  own.setSessionId(Buffer.from('peers'));
  const { port, conversation } = await serve(t, own);
  const other = runPeer(t, [
    ...['gnutls-cli', '--x509cafile', rootFile, '--port', String(port), 'localhost'],
    ...['--x509certfile', clientFiles.certificate, '--x509keyfile', clientFiles.key],
  ]);
  other.child.stdin.write('hello\n');
  t.is((await conversation).connection.getPeerCertificate()?.getSubject().CN, 'a client');

  const without = await serve(t, own);
  runPeer(t, ['gnutls-cli', '--x509cafile', rootFile, '--port', String(without.port), 'localhost']);
  await t.throwsAsync(without.conversation, { instanceOf: SSL.TLSError });
});

test('curl gets a page, and refuses one by a stranger', async (t) => {
  const page = async (authorities: string) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    const served = once(server, 'connection').then(async ([socket]) => {
      t.teardown(() => socket.destroy());
      const connection = new SSL.Connection(serverContext());
      connection.setAcceptState();
      const carried = Carried.overStream(connection, socket);
      await carried.handshake();
      await carried.receive(/\r\n\r\n/);
      await carried.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello');
      carried.close();
    });
    served.catch(() => {});
    const { port } = server.address() as AddressInfo;
    const peer = runPeer(t, [
      'curl',
      '-sS',
      '--http1.1',
      '--cacert',
      authorities,
      `https://localhost:${port}/`,
    ]);
    await once(peer.child, 'close');
    return { peer, served };
  };
  const good = await page(rootFile);
  t.is(good.peer.said(), 'hello');
  await good.served;
  const bad = await page(clientFiles.certificate);
  t.regex(bad.peer.said(), /self.signed certificate|unable to get local issuer/);
  const error = await t.throwsAsync(bad.served, { instanceOf: SSL.TLSError });
  t.like(error, { alert: 48 });
});

test('node:tls serves us, and we serve it, with ALPN', async (t) => {
  const server = tls.createServer({
    cert: crypto.dumpCertificate(crypto.FILETYPE_PEM, leaf.certificate),
    key: crypto.dumpPrivatekey(crypto.FILETYPE_PEM, leaf.key),
    ALPNProtocols: ['spdy/3', 'h2'],
  });
  server.on('secureConnection', (socket) => socket.on('data', (data) => socket.end(`you said ${data}`)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const context = clientContext();
  context.setAlpnProtos(['h2', 'http/1.1']);
  const socket = await connected(netConnect((server.address() as AddressInfo).port, '127.0.0.1'));
  t.teardown(() => socket.destroy());
  const connection = new SSL.Connection(context);
  connection.setConnectState();
  const carried = Carried.overStream(connection, socket);
  await carried.handshake();
  t.is(connection.getAlpnProtoNegotiated().toString(), 'h2');
  await carried.send('hello');
  t.is(await carried.receive(1000), 'you said hello');

  const own = serverContext();
  own.setAlpnSelectCallback((_connection, protocols) => protocols.at(-1) ?? SSL.NO_OVERLAPPING_PROTOCOLS);
  const { port, conversation } = await serve(t, own);
  const peer = tls.connect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: crypto.dumpCertificate(crypto.FILETYPE_PEM, root.certificate),
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  await once(peer, 'secureConnect');
  t.is(peer.alpnProtocol, 'http/1.1');
  t.true(peer.authorized);
  peer.write('hello\n');
  const [answer] = await once(peer, 'data');
  t.is(String(answer), 'HELLO\n');
  t.is((await conversation).line, 'hello\n');
});

test('a session is gone on with at the next connection to the system’s OpenSSL', async (t) => {
  for (const version of [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION]) {
    const sessions: Tsopenssl.SSL.Session[] = [];
    const context = clientContext();
    context.setMaxProtoVersion(version);
    context.setNewSessionCallback((_connection, session) => sessions.push(session));
    const { socket, port } = await connectTo(t, (each) => [
      ...['/usr/bin/openssl', 's_server', '-accept', `127.0.0.1:${each}`, '-rev', '-quiet'],
      ...['-cert', leafFiles.certificate, '-key', leafFiles.key],
    ]);
    const outcomes: boolean[] = [];
    for (const each of [socket, undefined]) {
      const connection = new SSL.Connection(context);
      connection.setConnectState();
      const [session] = sessions;
      if (session !== undefined) connection.setSession(session);
      const carried = Carried.overStream(
        connection,
        each ?? (await connected(netConnect(port, '127.0.0.1'))),
      );
      await carried.handshake();
      await carried.send('hello\n');
      await carried.receive(/olleh/);
      outcomes.push(connection.isSessionReused());
      carried.close();
    }
    t.deepEqual(outcomes, [false, true]);
  }
});

/** An OCSP response of the authority about the leaf, by the system's command line. @param state - `V`, or `R` for revoked */
async function ocspResponse(state: 'V' | 'R'): Promise<string> {
  const base = path.join(folder, `ocsp-${state}`);
  const authority = await write(root);
  const serial = leaf.certificate.getSerialNumber().toString(16).toUpperCase().padStart(2, '0');
  const revoked = state === 'R' ? '260101000000Z' : '';
  const row = [state, '401231235959Z', revoked, serial, 'unknown', '/CN=localhost'];
  await writeFile(`${base}.txt`, `${row.join('\t')}\n`);
  await run([
    ...['/usr/bin/openssl', 'ocsp', '-index', `${base}.txt`, '-CA', authority.certificate, '-ndays', '7'],
    ...['-rsigner', authority.certificate, '-rkey', authority.key, '-issuer', authority.certificate],
    ...['-cert', leafFiles.certificate, '-respout', `${base}.der`],
  ]);
  return `${base}.der`;
}

test('OCSP responses are stapled, in both directions, and one that says revoked is refused', async (t) => {
  const file = await ocspResponse('V');
  const wanted = await readFile(file);
  const servers: Readonly<Record<string, (port: number) => readonly string[]>> = {
    OpenSSL: (port) => [
      ...['/usr/bin/openssl', 's_server', '-accept', `127.0.0.1:${port}`, '-status_file', file],
      ...['-cert', leafFiles.certificate, '-key', leafFiles.key],
    ],
    GnuTLS: (port) => [
      ...['gnutls-serv', '--port', String(port), '--disable-client-cert', '--ocsp-response', file],
      ...['--x509certfile', leafFiles.certificate, '--x509keyfile', leafFiles.key],
    ],
  };
  for (const [name, argvFor] of Object.entries(servers)) {
    const { socket } = await connectTo(t, argvFor);
    const seen: Buffer[] = [];
    const context = clientContext();
    context.setOcspClientCallback((_connection, response) => {
      seen.push(response);
      return true;
    });
    const connection = new SSL.Connection(context);
    connection.setConnectState();
    connection.requestOcsp();
    await Carried.overStream(connection, socket).handshake();
    t.deepEqual(seen, [wanted], name);
  }

  const outcome = async (state: 'V' | 'R', argv: readonly string[], words: RegExp) => {
    const response = await readFile(await ocspResponse(state));
    const context = serverContext();
    context.setOcspServerCallback(() => response);
    const { port, conversation } = await serve(t, context);
    const peer = runPeer(
      t,
      argv.map((word) => word.replace('PORT', String(port))),
    );
    peer.child.stdin.write('hello\n');
    t.regex(await saying(peer, words), words);
    // not in the place of the promise: what it says comes first
    return { conversation };
  };
  const openssl = [
    '/usr/bin/openssl',
    's_client',
    '-connect',
    '127.0.0.1:PORT',
    '-CAfile',
    rootFile,
    '-status',
  ];
  await outcome('V', openssl, /OCSP Response Status: successful[\s\S]*Cert Status: good[\s\S]*HELLO/);
  const gnutls = ['gnutls-cli', '--x509cafile', rootFile, '--port', 'PORT', 'localhost'];
  await outcome('V', gnutls, /Status: The certificate is trusted[\s\S]*OCSP status request[\s\S]*HELLO/);
  const { conversation } = await outcome('R', gnutls, /The certificate chain is revoked/);
  await t.throwsAsync(conversation, { instanceOf: Error });
});

test('DTLS: GnuTLS serves us, and the system’s OpenSSL does', async (t) => {
  const servers: Readonly<Record<string, (port: number) => readonly string[]>> = {
    GnuTLS: (port) => [
      ...['gnutls-serv', '--udp', '--echo', '--port', String(port), '--disable-client-cert'],
      ...['--priority', 'NORMAL:-VERS-ALL:+VERS-DTLS1.2'],
      ...['--x509certfile', leafFiles.certificate, '--x509keyfile', leafFiles.key],
    ],
    OpenSSL: (port) => [
      ...['/usr/bin/openssl', 's_server', '-dtls', '-accept', `127.0.0.1:${port}`],
      ...['-cert', leafFiles.certificate, '-key', leafFiles.key],
    ],
  };
  for (const [name, argvFor] of Object.entries(servers)) {
    const port = await freePort();
    const peer = runPeer(t, argvFor(port));
    await saying(peer, /ACCEPT|listening|Server ready|Echo/);
    const socket = createSocket('udp4');
    socket.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const connection = new SSL.Connection(clientContext(root, SSL.DTLS_CLIENT_METHOD));
    connection.setConnectState();
    const carried = Carried.overDatagrams(connection, socket);
    await carried.handshake();
    t.is(connection.getProtocolVersionName(), 'DTLSv1.2', name);
    await carried.send('hello\n');
    if (name === 'GnuTLS') t.is(await carried.receive(6), 'hello\n');
    else t.regex(await saying(peer, /hello/), /hello/);
    carried.close();
  }
});

test('DTLS: we serve GnuTLS, which proves its address by a cookie', async (t) => {
  const context = serverContext(leaf, SSL.DTLS_SERVER_METHOD);
  context.setOptions(SSL.OP_COOKIE_EXCHANGE);
  const cookie = Buffer.from('a cookie that a test may know');
  context.setCookieGenerateCallback(() => cookie);
  context.setCookieVerifyCallback((_connection, received) => received.equals(cookie));
  const connection = new SSL.Connection(context);
  connection.setAcceptState();
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const carried = new Carried(connection, {
    write: (piece) => socket.send(piece, remote.port, remote.address),
    close: () => {},
  });
  let remote = { port: 0, address: '' };
  socket.on('message', (piece, from) => {
    remote = from;
    carried.arrived(piece);
  });
  const peer = runPeer(t, [
    ...[
      'gnutls-cli',
      '--udp',
      '--x509cafile',
      rootFile,
      '--port',
      String(socket.address().port),
      'localhost',
    ],
    ...['--priority', 'NORMAL:-VERS-ALL:+VERS-DTLS1.2'],
  ]);
  peer.child.stdin.write('hello\n');
  await carried.until((each) => each.DTLSv1Listen());
  await carried.handshake();
  t.is(await carried.receive(6), 'hello\n');
  await carried.send('and back\n');
  t.regex(await saying(peer, /and back/), /Status: The certificate is trusted/);
});
