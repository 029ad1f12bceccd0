// SSL: the same contexts and connections here and in pyOpenSSL, over memory on both sides.

import { readFile } from 'node:fs/promises';
import test from 'ava';
import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential, type Rows } from '../../../support/differential.ts';
import {
  carry,
  clientContext,
  leaf,
  makePair,
  type Pair,
  root,
  serverContext,
  shakeHands,
} from '../../../support/tls-pair.ts';

const { crypto, SSL } = (await import(entry)) as typeof Tsopenssl;
const pem = (one: typeof leaf) => crypto.dumpCertificate(crypto.FILETYPE_PEM, one.certificate);

/** The numbers among pyOpenSSL's constants. */
const surface = JSON.parse(
  await readFile(new URL('../../../docs/fixtures/pyopenssl-names.json', import.meta.url), 'utf8'),
) as { readonly SSL: { readonly constants: readonly string[] } };
const constants = Object.entries(SSL).filter(
  ([name, value]) => typeof value === 'number' && surface.SSL.constants.includes(name),
);

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  values: {
    root_pem: pem(root),
    leaf_pem: pem(leaf),
    key_pem: crypto.dumpPrivatekey(crypto.FILETYPE_PEM, leaf.key),
  },
  python: `
    PEM = crypto.FILETYPE_PEM
    root_cert = crypto.load_certificate(PEM, root_pem)
    leaf_cert = crypto.load_certificate(PEM, leaf_pem)
    leaf_key = crypto.load_privatekey(PEM, key_pem)

    def client_context(method=SSL.TLS_CLIENT_METHOD):
        context = SSL.Context(method)
        context.get_cert_store().add_cert(root_cert)
        context.set_verify(SSL.VERIFY_PEER, lambda connection, cert, number, depth, ok: bool(ok))
        return context

    def server_context(method=SSL.TLS_SERVER_METHOD):
        context = SSL.Context(method)
        context.use_certificate(leaf_cert)
        context.use_privatekey(leaf_key)
        return context

    def make_pair(client=None, server=None):
        client = SSL.Connection(client or client_context(), None)
        server = SSL.Connection(server or server_context(), None)
        client.set_connect_state()
        server.set_accept_state()
        return client, server

    def carry(one, other):
        count = 0
        for a, b in ((one, other), (other, one)):
            while True:
                try:
                    piece = a.bio_read(65536)
                except SSL.WantReadError:
                    break
                b.bio_write(piece)
                count += 1
        return count

    def shake(client, server):
        for _ in range(20):
            done = 0
            for side in (client, server):
                try:
                    side.do_handshake()
                    done += 1
                except SSL.WantReadError:
                    pass
            if carry(client, server) == 0 and done == 2:
                return client, server
        raise AssertionError('the handshake does not end')

    # what each of some calls answers: bytes, or the class of its error
    def trace(*calls):
        answers = []
        for call in calls:
            try:
                answer = call()
                answers.append(answer if isinstance(answer, bytes) else 'done')
            except SSL.Error as error:
                answers.append(type(error).__name__)
        return answers
  `,
});

test('most constants are compared', (t) => {
  t.true(constants.length > 70, String(constants.length));
});

sameForEach('a constant has its number', Object.fromEntries(constants.map(([name]) => [name, { name }])), {
  python: 'getattr(SSL, name)',
  ours: ({ name }) => (SSL as unknown as Record<string, number>)[name],
});

control('another constant has another number', { python: 'SSL.OP_NO_TLSv1', ours: () => SSL.OP_NO_TLSv1_1 });

const methods: Rows<{ method: number }> = {
  SSLv2_METHOD: { method: 1 },
  SSLv3_METHOD: { method: 2 },
  'no method at all': { method: 10 + 7 },
  'a negative number': { method: -1 },
};

bothRefuseEach('a context by a method that there is not', methods, {
  python: 'SSL.Context(method)',
  ours: ({ method }) => new SSL.Context(method),
});

same('a new context has these settings', {
  python: `
    context = SSL.Context(SSL.TLS_METHOD)
    [context.get_verify_mode(), context.get_verify_depth(), context.get_timeout(), context.get_session_cache_mode(), context.get_app_data()]
  `,
  ours: () => {
    const context = new SSL.Context(SSL.TLS_METHOD);
    return [
      ...[context.getVerifyMode(), context.getVerifyDepth(), context.getTimeout()],
      ...[context.getSessionCacheMode(), context.getAppData()],
    ];
  },
});

same('setters answer what was set before, or all that is set', {
  python: `
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_verify_depth(7)
    context.set_app_data('mine')
    [
        context.set_session_cache_mode(SSL.SESS_CACHE_BOTH), context.set_session_cache_mode(SSL.SESS_CACHE_OFF),
        context.set_timeout(10), context.set_timeout(11),
        context.set_mode(SSL.MODE_RELEASE_BUFFERS) & SSL.MODE_RELEASE_BUFFERS,
        context.set_options(SSL.OP_NO_TICKET | SSL.OP_ALL) & (SSL.OP_NO_TICKET | SSL.OP_ALL),
        context.get_verify_depth(), context.get_app_data(),
    ]
  `,
  ours: () => {
    const context = new SSL.Context(SSL.TLS_METHOD);
    context.setVerifyDepth(7);
    context.setAppData('mine');
    const wanted = BigInt(SSL.OP_NO_TICKET) | BigInt(SSL.OP_ALL);
    return [
      ...[context.setSessionCacheMode(SSL.SESS_CACHE_BOTH), context.setSessionCacheMode(SSL.SESS_CACHE_OFF)],
      ...[context.setTimeout(10), context.setTimeout(11)],
      context.setMode(SSL.MODE_RELEASE_BUFFERS) & SSL.MODE_RELEASE_BUFFERS,
      BigInt(context.setOptions(SSL.OP_NO_TICKET | SSL.OP_ALL)) & wanted,
      ...[context.getVerifyDepth(), context.getAppData()],
    ];
  },
});

const lists: Rows<{ list: string }> = {
  'two names': { list: 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384' },
  'a group of them': { list: 'ECDHE+AESGCM' },
  'an order': { list: 'ECDHE+AESGCM:ECDHE+CHACHA20:+AES256' },
  'some taken out': { list: 'HIGH:!aNULL:!PSK:!SRP:!CAMELLIA:!ARIA:!AESCCM:!DSS:!SHA1:!SHA256:!SHA384' },
};

sameForEach('ciphers are those of the list, in its order', lists, {
  python: `
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_cipher_list(list.encode())
    SSL.Connection(context, None).get_cipher_list()
  `,
  ours: ({ list }) => {
    const context = new SSL.Context(SSL.TLS_METHOD);
    context.setCipherList(list);
    return new SSL.Connection(context).getCipherList();
  },
});

bothRefuse('a list without a cipher', {
  python: `SSL.Context(SSL.TLS_METHOD).set_cipher_list(b'imaginary-cipher')`,
  ours: () => new SSL.Context(SSL.TLS_METHOD).setCipherList('imaginary-cipher'),
});

bothRefuse('a key that does not belong to the certificate', {
  python: `
    context = SSL.Context(SSL.TLS_METHOD)
    context.use_certificate(root_cert)
    context.use_privatekey(leaf_key)
  `,
  ours: () => {
    const context = new SSL.Context(SSL.TLS_METHOD);
    context.useCertificate(root.certificate);
    context.usePrivatekey(leaf.key);
  },
});

bothRefuse('a check of a key that is not there', {
  python: 'SSL.Context(SSL.TLS_METHOD).check_privatekey()',
  ours: () => new SSL.Context(SSL.TLS_METHOD).checkPrivatekey(),
});

bothRefuse('no protocols for ALPN', {
  python: 'SSL.Context(SSL.TLS_METHOD).set_alpn_protos([])',
  ours: () => new SSL.Context(SSL.TLS_METHOD).setAlpnProtos([]),
});

same('before the handshake nothing is known', {
  python: `
    client, server = make_pair()
    [
        client.get_cipher_name(), client.get_cipher_bits(), client.get_cipher_version(), client.get_peer_certificate(),
        client.get_peer_cert_chain(), client.get_verified_chain(), client.get_session(), client.client_random(),
        client.server_random(), client.master_key(), client.get_finished(), client.get_peer_finished(), client.get_servername(),
        client.get_alpn_proto_negotiated(), client.get_client_ca_list(), client.pending(), client.get_shutdown(),
        bool(client.want_read()), bool(client.want_write()), client.renegotiate_pending(), client.total_renegotiations(),
        client.get_app_data(), client.get_certificate(), client.get_state_string(), server.get_state_string(),
    ]
  `,
  ours: () => {
    const { client, server } = makePair();
    return [
      ...[
        client.getCipherName(),
        client.getCipherBits(),
        client.getCipherVersion(),
        client.getPeerCertificate(),
      ],
      ...[client.getPeerCertChain(), client.getVerifiedChain(), client.getSession(), client.clientRandom()],
      ...[client.serverRandom(), client.masterKey(), client.getFinished(), client.getPeerFinished()],
      ...[
        client.getServername(),
        client.getAlpnProtoNegotiated(),
        client.getClientCaList(),
        client.pending(),
      ],
      ...[client.getShutdown(), client.wantRead(), client.wantWrite(), client.renegotiatePending()],
      ...[client.totalRenegotiations(), client.getAppData(), client.getCertificate()].map((one) => one),
      // pyOpenSSL answers bytes
      ...[Buffer.from(client.getStateString()), Buffer.from(server.getStateString())],
    ];
  },
});

const versions: Rows<{ method: string; options: number; low: number; high: number }> = {
  'TLS_METHOD alone': { method: 'TLS_METHOD', options: 0, low: 0, high: 0 },
  'no TLS 1.3': { method: 'TLS_METHOD', options: SSL.OP_NO_TLSv1_3, low: 0, high: 0 },
  'the old way': {
    method: 'SSLv23_METHOD',
    options: SSL.OP_NO_SSLv2 | SSL.OP_NO_SSLv3 | SSL.OP_NO_TLSv1 | SSL.OP_NO_TLSv1_1 | SSL.OP_NO_TLSv1_3,
    low: 0,
    high: 0,
  },
  'at most TLS 1.2': { method: 'TLS_METHOD', options: 0, low: 0, high: 0x303 },
  'at least TLS 1.3': { method: 'TLS_METHOD', options: 0, low: 0x304, high: 0 },
  'one version': { method: 'TLSv1_2_METHOD', options: 0, low: 0, high: 0 },
};

sameForEach('the version that a client gets', versions, {
  python: `
    context = client_context(getattr(SSL, method))
    context.set_options(options)
    if low:
        context.set_min_proto_version(low)
    if high:
        context.set_max_proto_version(high)
    client, server = shake(*make_pair(context))
    [
        client.get_protocol_version_name(), client.get_protocol_version(), client.get_cipher_version(), client.get_cipher_bits(),
        server.get_protocol_version_name(), client.get_cipher_name() == server.get_cipher_name(),
        client.get_peer_certificate().digest('sha256').decode(), len(client.get_peer_cert_chain()), len(client.get_verified_chain()),
        client.client_random() == server.client_random(), client.server_random() == server.server_random(),
        client.get_finished() == server.get_peer_finished(), client.get_peer_finished() == server.get_finished(),
        client.export_keying_material(b'EXPERIMENTAL label', 20) == server.export_keying_material(b'EXPERIMENTAL label', 20),
        len(client.client_random()), len(server.master_key()), client.get_state_string(), client.get_shutdown(),
        server.get_peer_certificate(), server.get_certificate().digest('sha256').decode(),
    ]
  `,
  ours: ({ method, options, low, high }) => {
    const context = clientContext(root, (SSL as unknown as Record<string, number>)[method]);
    context.setOptions(options);
    if (low !== 0) context.setMinProtoVersion(low);
    if (high !== 0) context.setMaxProtoVersion(high);
    const { client, server } = shakeHands(makePair(context));
    const equal = (one: Buffer | null, other: Buffer | null) => other !== null && one?.equals(other) === true;
    const exported = (side: typeof client) => side.exportKeyingMaterial('EXPERIMENTAL label', 20);
    const digest = (one: ReturnType<typeof client.getCertificate>) => one?.digest('sha256').toString();
    return [
      ...[client.getProtocolVersionName(), client.getProtocolVersion(), client.getCipherVersion()],
      ...[client.getCipherBits(), server.getProtocolVersionName()],
      client.getCipherName() === server.getCipherName(),
      ...[digest(client.getPeerCertificate()), client.getPeerCertChain()?.length],
      client.getVerifiedChain()?.length,
      ...[
        equal(client.clientRandom(), server.clientRandom()),
        equal(client.serverRandom(), server.serverRandom()),
      ],
      ...[
        equal(client.getFinished(), server.getPeerFinished()),
        equal(client.getPeerFinished(), server.getFinished()),
      ],
      equal(exported(client), exported(server)),
      ...[client.clientRandom()?.length, server.masterKey()?.length, Buffer.from(client.getStateString())],
      ...[client.getShutdown(), server.getPeerCertificate(), digest(server.getCertificate())],
    ];
  },
});

const talk = (run: (pair: Pair) => unknown) => () => run(shakeHands(makePair()));

same('data is received in the pieces that are asked for', {
  python: `
    client, server = shake(*make_pair())
    sent = client.send(b'xy' * 10)
    carry(client, server)
    answer = [sent, server.recv(3), server.pending()]
    buffer = bytearray(10)
    answer += [server.recv_into(buffer), bytes(buffer), server.recv_into(buffer, 2), bytes(buffer), server.recv(100), server.pending()]
    answer
  `,
  ours: talk((pair) => {
    const { client, server } = pair;
    const sent = client.send('xy'.repeat(10));
    carry(pair);
    const answer: unknown[] = [sent, server.recv(3), server.pending()];
    const buffer = Buffer.alloc(10);
    answer.push(server.recvInto(buffer), Buffer.from(buffer));
    answer.push(server.recvInto(buffer, 2), Buffer.from(buffer), server.recv(100), server.pending());
    return answer;
  }),
});

bothRefuse('to receive what is not there', {
  python: `
    client, server = shake(*make_pair())
    client.recv(1)
  `,
  ours: talk(({ client }) => client.recv(1)),
});

same('a peek leaves the data where it is', {
  python: `
    import socket
    client, server = shake(*make_pair())
    client.send(b'abc')
    carry(client, server)
    [server.recv(2, socket.MSG_PEEK), server.recv(2), server.recv(2)]
  `,
  ours: talk((pair) => {
    pair.client.send('abc');
    carry(pair);
    return [pair.server.recv(2, 2), pair.server.recv(2), pair.server.recv(2)];
  }),
});

same('both sides end in order', {
  python: `
    client, server = shake(*make_pair())
    answer = [client.shutdown(), client.get_shutdown()]
    carry(client, server)
    try:
        server.recv(1)
    except SSL.ZeroReturnError:
        answer.append('ended')
    answer += [server.get_shutdown(), server.shutdown()]
    carry(client, server)
    answer + [client.shutdown(), client.get_shutdown()]
  `,
  ours: talk((pair) => {
    const { client, server } = pair;
    const answer: unknown[] = [client.shutdown(), client.getShutdown()];
    carry(pair);
    try {
      server.recv(1);
    } catch (error) {
      answer.push(error instanceof SSL.ZeroReturnError ? 'ended' : error);
    }
    answer.push(server.getShutdown(), server.shutdown());
    carry(pair);
    return [...answer, client.shutdown(), client.getShutdown()];
  }),
});

bothRefuse('to receive after the peer closed without close_notify', {
  python: `
    client, server = shake(*make_pair())
    client.bio_shutdown()
    client.recv(1)
  `,
  ours: talk(({ client }) => {
    client.bioShutdown();
    client.recv(1);
  }),
});

bothRefuse('to receive after the peer has ended', {
  python: `
    client, server = shake(*make_pair())
    server.shutdown()
    carry(client, server)
    client.recv(1)
  `,
  ours: talk((pair) => {
    pair.server.shutdown();
    carry(pair);
    pair.client.recv(1);
  }),
});

bothRefuse('something that is no record', {
  python: `
    client, server = make_pair()
    server.bio_write(b'GET / HTTP/1.0\\r\\n\\r\\n')
    server.do_handshake()
  `,
  ours: () => {
    const { server } = makePair();
    server.bioWrite('GET / HTTP/1.0\r\n\r\n');
    server.doHandshake();
  },
});

bothRefuse('a renegotiation of TLS 1.3', {
  python: `
    client, server = shake(*make_pair())
    client.renegotiate()
    client.do_handshake()
  `,
  ours: talk(({ client }) => client.renegotiate()),
});

same('a verify callback is asked the same questions', {
  python: `
    seen = []
    def verify(connection, cert, number, depth, ok):
        seen.append([cert.get_subject().CN, number, depth, ok])
        return True
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_PEER, verify)
    shake(*make_pair(context))
    seen
  `,
  ours: () => {
    const seen: unknown[] = [];
    const context = new SSL.Context(SSL.TLS_CLIENT_METHOD);
    context.setVerify(SSL.VERIFY_PEER, (_connection, certificate, errorNumber, depth, isRight) => {
      seen.push([certificate?.getSubject().CN, errorNumber, depth, isRight ? 1 : 0]);
      return true;
    });
    shakeHands(makePair(context));
    return seen;
  },
});

same('ALPN, server names and lists of authorities come out the same', {
  python: `
    offered, names = [], []
    def select(connection, protocols):
        offered.extend(protocols)
        return b'http/1.1'
    server = server_context()
    server.set_alpn_select_callback(select)
    server.set_tlsext_servername_callback(lambda connection: names.append(connection.get_servername()))
    server.set_client_ca_list([root_cert.get_subject()])
    server.add_client_ca(leaf_cert)
    server.set_verify(SSL.VERIFY_PEER, lambda *words: True)
    context = client_context()
    context.set_alpn_protos([b'h2', b'http/1.1'])
    client, peer = make_pair(context, server)
    client.set_tlsext_host_name(b'localhost')
    shake(client, peer)
    [
        offered, [name.decode() for name in names], client.get_alpn_proto_negotiated(), peer.get_alpn_proto_negotiated(),
        [name.der() for name in client.get_client_ca_list()], [name.der() for name in peer.get_client_ca_list()],
        peer.get_servername().decode(),
    ]
  `,
  ours: () => {
    const offered: Buffer[] = [];
    const names: unknown[] = [];
    const server = serverContext();
    server.setAlpnSelectCallback((_connection, protocols) => {
      offered.push(...protocols);
      return 'http/1.1';
    });
    server.setTlsextServernameCallback((connection) => names.push(connection.getServername()));
    server.setClientCaList([root.certificate.getSubject()]);
    server.addClientCa(leaf.certificate);
    server.setVerify(SSL.VERIFY_PEER, () => true);
    const context = clientContext();
    context.setAlpnProtos(['h2', 'http/1.1']);
    const pair = makePair(context, server);
    pair.client.setTlsextHostName('localhost');
    const { client, server: peer } = shakeHands(pair);
    return [
      ...[offered, names, client.getAlpnProtoNegotiated(), peer.getAlpnProtoNegotiated()],
      ...[
        client.getClientCaList().map((name) => name.der()),
        peer.getClientCaList().map((name) => name.der()),
      ],
      peer.getServername(),
    ];
  },
});

same('info tells the same kinds of steps', {
  python: `
    steps = []
    context = client_context()
    context.set_info_callback(lambda connection, where, value: steps.append(where))
    client, server = shake(*make_pair(context))
    sorted(set(steps))
  `,
  ours: () => {
    const steps: number[] = [];
    const context = clientContext();
    context.setInfoCallback((_connection, where) => steps.push(where));
    shakeHands(makePair(context));
    return [...new Set(steps)].sort((one, other) => one - other);
  },
});

same('an OCSP response arrives as it was sent', {
  python: `
    seen = []
    server = server_context()
    server.set_ocsp_server_callback(lambda connection, data: b'response ' + data, b'data')
    context = client_context()
    def judge(connection, response, data):
        seen.append([response, data])
        return True
    context.set_ocsp_client_callback(judge, b'mine')
    client, peer = make_pair(context, server)
    client.request_ocsp()
    shake(client, peer)
    seen
  `,
  ours: () => {
    const seen: unknown[] = [];
    const server = serverContext();
    server.setOcspServerCallback((_connection, data) => Buffer.from(`response ${data}`), 'data');
    const context = clientContext();
    context.setOcspClientCallback((_connection, response, data) => {
      seen.push([response, data]);
      return true;
    }, Buffer.from('mine'));
    const pair = makePair(context, server);
    pair.client.requestOcsp();
    shakeHands(pair);
    return seen;
  },
});

same('a session is gone on with', {
  python: `
    context, server = client_context(), server_context()
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    client, peer = shake(*make_pair(context, server))
    session = client.get_session()
    again, peer = make_pair(context, server)
    again.set_session(session)
    shake(again, peer)
    again.master_key() == client.master_key()
  `,
  ours: () => {
    const [context, server] = [clientContext(), serverContext()];
    context.setMaxProtoVersion(SSL.TLS1_2_VERSION);
    const { client } = shakeHands(makePair(context, server));
    const session = client.getSession();
    const again = makePair(context, server);
    if (session !== null) again.client.setSession(session);
    shakeHands(again);
    return client.masterKey()?.equals(again.client.masterKey() ?? Buffer.alloc(0));
  },
});

differ(
  'what a callback throws',
  {
    pyOpenSSL: 'an info callback that raises is passed over (its error is printed)',
    here: 'it fails the handshake',
    why: 'what goes wrong unseen is taken for a success',
  },
  {
    python: `
      def fail(*words):
          raise ValueError('mine')
      context = client_context()
      context.set_info_callback(fail)
      client, server = shake(*make_pair(context))
      client.get_state_string()
    `,
    ours: () => {
      const context = clientContext();
      context.setInfoCallback(() => {
        throw new RangeError('mine');
      });
      return shakeHands(makePair(context)).client.getStateString();
    },
    pythonGives: { answer: Buffer.from('SSL negotiation finished successfully') },
    oursGive: { refusal: 'OpenSSLError' },
  },
);

/** The same here; pyOpenSSL's Error is what every refusal of OpenSSL's is. */
function trace(...calls: readonly (() => unknown)[]): unknown[] {
  return calls.map((call) => {
    try {
      const answer = call();
      return answer instanceof Uint8Array ? answer : 'done';
    } catch (error) {
      const { name } = (error as Error).constructor;
      return ['TLSError', 'OpenSSLError'].includes(name) ? 'Error' : name;
    }
  });
}

same('a call that is refused after close_notify takes nothing away: neither data nor the end in order', {
  python: `
    client, server = shake(*make_pair())
    server.send(b'last')
    server.shutdown()
    carry(client, server)
    trace(client.shutdown, lambda: client.send(b'x'), lambda: client.recv(9), lambda: client.recv(9), lambda: client.recv(9))
  `,
  ours: () => {
    const { client, server } = shakeHands(makePair());
    server.send('last');
    server.shutdown();
    carry({ client, server });
    const receive = () => client.recv(9);
    return trace(
      () => client.shutdown(),
      () => client.send('x'),
      receive,
      receive,
      receive,
    );
  },
});

differ(
  'a second call after bytes that are not TLS',
  {
    pyOpenSSL: 'SysCallError, "Unexpected EOF"',
    here: 'the first error again',
    why: 'it says what was wrong',
  },
  {
    python: `
      server = SSL.Connection(server_context(), None)
      server.set_accept_state()
      server.bio_write(b'GET / HTTP/1.0\\r\\n\\r\\n')
      trace(server.do_handshake, server.do_handshake, lambda: server.send(b'x'))
    `,
    ours: () => trace(...afterNotTls('GET / HTTP/1.0\r\n\r\n')),
    pythonGives: { answer: ['Error', 'SysCallError', 'SysCallError'] },
    oursGive: { answer: ['Error', 'Error', 'Error'] },
  },
);

/** Calls of a server that has read what is not TLS. */
function afterNotTls(bytes: string): readonly (() => unknown)[] {
  const server = new SSL.Connection(serverContext());
  server.setAcceptState();
  server.bioWrite(bytes);
  return [() => server.doHandshake(), () => server.doHandshake(), () => server.send('x')];
}

test('bytes that are not TLS are the error of every further call: HTTP, a proxy request, SSH, an older record', (t) => {
  for (const [bytes, reason] of [
    ['GET / HTTP/1.0\r\n\r\n', 'http request'],
    ['CONNECT a.example:443 HTTP/1.1\r\n\r\n', 'https proxy request'],
    ['SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n', 'wrong version number'],
  ] as const) {
    for (const call of afterNotTls(bytes))
      t.throws(call, { instanceOf: SSL.TLSError, message: new RegExp(reason) });
  }
});

same('shutdown in the middle of a handshake is refused, and the handshake continues', {
  python: `
    client, server = make_pair()
    answers = trace(client.do_handshake, client.shutdown)
    shake(client, server)
    server.send(b'x')
    carry(client, server)
    answers + trace(lambda: client.recv(1))
  `,
  ours: () => {
    const pair = makePair();
    const answers = trace(
      () => pair.client.doHandshake(),
      () => pair.client.shutdown(),
    );
    shakeHands(pair);
    pair.server.send('x');
    carry(pair);
    return [...answers, ...trace(() => pair.client.recv(1))];
  },
});

same('an end of the transport without close_notify is told each time', {
  python: `
    client, server = shake(*make_pair())
    server.send(b'x')
    carry(client, server)
    client.bio_shutdown()
    trace(lambda: client.recv(9), lambda: client.recv(9), lambda: client.recv(9))
  `,
  ours: () => {
    const pair = shakeHands(makePair());
    pair.server.send('x');
    carry(pair);
    pair.client.bioShutdown();
    const receive = () => pair.client.recv(9);
    return trace(receive, receive, receive);
  },
});

control('a trace tells one error from another', {
  python: `
    client, server = shake(*make_pair())
    trace(lambda: client.recv(1))
  `,
  ours: () => {
    const pair = shakeHands(makePair());
    pair.server.shutdown();
    carry(pair);
    return trace(() => pair.client.recv(1));
  },
});
