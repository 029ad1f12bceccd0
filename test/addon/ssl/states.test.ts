// The table of docs/api.md, "What a connection allows": every operation in every state and in every callback, of TLS 1.2, TLS 1.3 and
// DTLS. `npm run test:asan` walks it with AddressSanitizer.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { checkout } from '../../support/builder.ts';
import {
  type Connection,
  type Context,
  carry,
  leaf,
  makeCredential,
  type Pair,
  root,
  shakeHands,
  step,
  takeAll,
} from '../../support/tls-pair.ts';

const { entry } = await import('../../support/addon.ts');
const { SSL } = (await import(entry)) as typeof Tsopenssl;

type Protocol = 'TLSv1.2' | 'TLSv1.3' | 'DTLS';
const protocols: readonly Protocol[] = ['TLSv1.2', 'TLSv1.3', 'DTLS'];
const key = Buffer.alloc(32, 7);
const other = makeCredential('another', { issuer: root });
const clientCredential = makeCredential('a client', { issuer: root });

/** A row of the table. */
interface Rule {
  readonly operation: string;
  readonly states: readonly string[];
  readonly callbacks: readonly string[];
}

/** Reads the table from the documentation: a state's column has a "yes", and the last column names callbacks. */
async function documentedRules(): Promise<readonly Rule[]> {
  const page = await readFile(path.join(checkout, 'docs/api.md'), 'utf8');
  const [, text = ''] = page.split('\n### What a connection allows\n');
  const lines = text.split('\n').filter((line) => line.startsWith('| '));
  const rows = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const [head = [], ...body] = rows.slice(0, rows.findIndex(([first]) => first === '`close`') + 1);
  const states = head.slice(1, -1);
  return body
    .filter(([first]) => first?.startsWith('`'))
    .map((cells) => ({
      operation: (cells[0] ?? '').replaceAll('`', ''),
      states: states.filter((_, index) => cells[index + 1] === 'yes'),
      callbacks: cells.at(-1) === 'none' ? [] : (cells.at(-1) ?? '').split(', '),
    }));
}

const rules = await documentedRules();

const contextOf = (protocol: Protocol, credential?: typeof leaf): Context => {
  const context = new SSL.Context(protocol === 'DTLS' ? SSL.DTLS_METHOD : SSL.TLS_METHOD);
  if (protocol === 'TLSv1.2') context.setMaxProtoVersion(SSL.TLS1_2_VERSION);
  if (protocol === 'TLSv1.3') context.setMinProtoVersion(SSL.TLS1_3_VERSION);
  context.getCertStore().addCert(root.certificate);
  if (credential !== undefined) {
    context.useCertificate(credential.certificate);
    context.usePrivatekey(credential.key);
  }
  return context;
};

function pairOf(protocol: Protocol, set: (client: Context, server: Context) => void = () => {}): Pair {
  const [client, server] = [contextOf(protocol, clientCredential), contextOf(protocol, leaf)];
  client.setVerify(SSL.VERIFY_PEER);
  set(client, server);
  const pair = { client: new SSL.Connection(client), server: new SSL.Connection(server) };
  pair.client.setConnectState();
  pair.server.setAcceptState();
  if (protocol === 'DTLS') for (const side of Object.values(pair)) side.setCiphertextMtu(1400);
  return pair;
}

/** Continues both sides as far as they come. What a side throws ends that side. */
function goOn(pair: Pair): void {
  const ended = new Set<Connection>();
  for (let rounds = 0; rounds < 8; rounds++) {
    for (const side of [pair.client, pair.server]) {
      if (ended.has(side)) continue;
      try {
        side.doHandshake();
      } catch (error) {
        const isWaiting = error instanceof SSL.WantReadError || error instanceof SSL.WantX509LookupError;
        if (!isWaiting) ended.add(side);
      }
    }
    try {
      carry(pair);
    } catch {
      // one of them is closed
      return;
    }
  }
}

const sessionOf = (protocol: Protocol) => {
  const pair = shakeHands(pairOf(protocol));
  pair.server.send('x');
  carry(pair);
  pair.client.recv(1);
  const session = pair.client.getSession();
  if (session === null) throw new Error(`no session of ${protocol}`);
  return session;
};
const sessions = Object.fromEntries(protocols.map((protocol) => [protocol, sessionOf(protocol)])) as Record<
  Protocol,
  Tsopenssl.SSL.Session
>;

const operations: Readonly<Record<string, (connection: Connection, protocol: Protocol) => void>> = {
  setContext: (connection, protocol) => connection.setContext(contextOf(protocol, other)),
  setVerify: (connection) => connection.setVerify(SSL.VERIFY_PEER),
  setVerifyOptions: (connection) => connection.setVerifyOptions({ depth: 5 }),
  useCertificate: (connection) => connection.useCertificate(leaf.certificate),
  usePrivatekey: (connection) => connection.usePrivatekey(leaf.key),
  setAcceptState: (connection) => connection.setAcceptState(),
  setConnectState: (connection) => connection.setConnectState(),
  setTlsextHostName: (connection) => connection.setTlsextHostName('a.example'),
  setAlpnProtos: (connection) => connection.setAlpnProtos(['h2', 'http/1.1']),
  requestOcsp: (connection) => connection.requestOcsp(),
  setSession: (connection, protocol) => connection.setSession(sessions[protocol]),
  setCiphertextMtu: (connection) => connection.setCiphertextMtu(1300),
  setShutdown: (connection) => connection.setShutdown(0),
  DTLSv1Listen: (connection) => connection.DTLSv1Listen(),
  close: (connection) => connection.close(),
};

/** Brings both sides into a state; which of them are in it. */
const states: Readonly<Record<string, (protocol: Protocol) => { pair: Pair; sides: (keyof Pair)[] }>> = {
  'before the handshake': (protocol) => ({ pair: pairOf(protocol), sides: ['client', 'server'] }),
  'while the server name callback is pending': (protocol) => {
    const pair = pairOf(protocol, (_client, server) => server.setTlsextServernameCallback(() => false));
    goOn(pair);
    return { pair, sides: ['server'] };
  },
  'while the certificate callback is pending': (protocol) => {
    const pair = pairOf(protocol, (_client, server) => server.setCertificateCallback(() => false));
    goOn(pair);
    return { pair, sides: ['server'] };
  },
  'during the handshake': (protocol) => {
    const pair = pairOf(protocol);
    step(pair.client);
    for (const piece of takeAll(pair.client)) pair.server.bioWrite(piece);
    step(pair.server);
    return { pair, sides: ['client', 'server'] };
  },
  'after the handshake': (protocol) => ({
    pair: shakeHands(pairOf(protocol)),
    sides: ['client', 'server'],
  }),
  'after a fatal error': (protocol) => {
    // the server shows a certificate of nobody
    const pair = pairOf(protocol, (client) => client.setVerify(SSL.VERIFY_PEER, () => false));
    goOn(pair);
    return { pair, sides: ['client'] };
  },
  'after close()': (protocol) => {
    const pair = shakeHands(pairOf(protocol));
    pair.client.close();
    return { pair, sides: ['client'] };
  },
};

type Install = (client: Context, server: Context, run: (connection: Connection) => void) => void;

/** How each callback comes to be called, and what it answers. */
const callbacks: Readonly<Record<string, { readonly on: readonly Protocol[]; readonly install: Install }>> = {
  verify: {
    on: protocols,
    install: (client, _server, run) =>
      client.setVerify(SSL.VERIFY_PEER, (connection, _cert, _error, _depth, isRight) => {
        run(connection);
        return isRight;
      }),
  },
  info: { on: protocols, install: (_client, server, run) => server.setInfoCallback(run) },
  keylog: { on: protocols, install: (_client, server, run) => server.setKeylogCallback(run) },
  'server name': {
    on: protocols,
    install: (_client, server, run) => server.setTlsextServernameCallback(run),
  },
  ALPN: {
    on: protocols,
    install: (client, server, run) => {
      client.setAlpnProtos(['h2']);
      server.setAlpnSelectCallback((connection) => {
        run(connection);
        return 'h2';
      });
    },
  },
  'OCSP server': {
    on: protocols,
    install: (_client, server, run) =>
      server.setOcspServerCallback((connection) => {
        run(connection);
        return Buffer.from('a response');
      }),
  },
  'OCSP client': {
    on: protocols,
    install: (client, server, run) => {
      server.setOcspServerCallback(() => Buffer.from('a response'));
      client.setOcspClientCallback((connection) => {
        run(connection);
        return true;
      });
    },
  },
  'cookie generate': {
    on: ['DTLS'],
    install: (_client, server, run) => {
      server.setOptions(SSL.OP_COOKIE_EXCHANGE);
      server.setCookieVerifyCallback(() => true);
      server.setCookieGenerateCallback((connection) => {
        run(connection);
        return Buffer.from('a cookie');
      });
    },
  },
  'cookie verify': {
    on: ['DTLS'],
    install: (_client, server, run) => {
      server.setOptions(SSL.OP_COOKIE_EXCHANGE);
      server.setCookieGenerateCallback(() => Buffer.from('a cookie'));
      server.setCookieVerifyCallback((connection) => {
        run(connection);
        return true;
      });
    },
  },
  'PSK client': {
    on: ['TLSv1.2', 'TLSv1.3'],
    install: (client, server, run) => {
      for (const context of [client, server]) context.setCipherList('PSK');
      server.setPskServerCallback(() => key);
      client.setPskClientCallback((connection) => {
        run(connection);
        return ['me', key];
      });
    },
  },
  'PSK server': {
    on: ['TLSv1.2', 'TLSv1.3'],
    install: (client, server, run) => {
      for (const context of [client, server]) context.setCipherList('PSK');
      client.setPskClientCallback(() => ['me', key]);
      server.setPskServerCallback((connection) => {
        run(connection);
        return key;
      });
    },
  },
  'new session': {
    on: ['TLSv1.2'],
    install: (client, _server, run) => client.setNewSessionCallback((connection) => run(connection)),
  },
  certificate: {
    on: protocols,
    install: (_client, server, run) =>
      server.setCertificateCallback((connection) => {
        run(connection);
        return true;
      }),
  },
};

/** What an operation does: `allowed`, also where OpenSSL has another objection, or `refused` by the table. */
function verdict(operation: string, connection: Connection, protocol: Protocol): 'allowed' | 'refused' {
  try {
    operations[operation]?.(connection, protocol);
  } catch (error) {
    const { code } = error as { code?: string };
    // what continues a connection says first that it was closed, or what ended it
    const isOver = code === 'ERR_CLOSED' || error instanceof SSL.TLSError;
    if (operation === 'DTLSv1Listen' && isOver) return 'refused';
    // close() says that the connection is busy, which in a callback is the same
    if (code === 'ERR_CONNECTION_STATE' || code === 'ERR_CONNECTION_BUSY') return 'refused';
  }
  return 'allowed';
}

test('the table has every operation, state and callback', (t) => {
  t.deepEqual(
    rules.map(({ operation }) => operation),
    Object.keys(operations),
  );
  const named = (which: 'states' | 'callbacks') => [...new Set(rules.flatMap((rule) => rule[which]))].sort();
  t.deepEqual(named('states'), Object.keys(states).sort());
  t.deepEqual(named('callbacks'), Object.keys(callbacks).sort());
});

for (const [state, make] of Object.entries(states)) {
  for (const protocol of protocols) {
    test(`${protocol}, ${state}`, (t) => {
      for (const { operation, states: allowed } of rules) {
        for (const side of make(protocol).sides) {
          const { pair } = make(protocol);
          const expected = allowed.includes(state) ? 'allowed' : 'refused';
          t.is(verdict(operation, pair[side], protocol), expected, `${operation} of the ${side}`);
          goOn(pair);
        }
      }
    });
  }
}

for (const [name, { on, install }] of Object.entries(callbacks)) {
  for (const protocol of on) {
    test(`${protocol}, in the ${name} callback`, (t) => {
      for (const { operation, callbacks: allowed } of rules) {
        const verdicts = new Set<string>();
        const pair = pairOf(protocol, (client, server) =>
          install(client, server, (connection) => {
            verdicts.add(verdict(operation, connection, protocol));
          }),
        );
        if (name.startsWith('OCSP')) pair.client.requestOcsp();
        goOn(pair);
        t.deepEqual([...verdicts], [allowed.includes(name) ? 'allowed' : 'refused'], operation);
      }
    });
  }
}

test('an operation that is refused says where it is allowed, and changes nothing', (t) => {
  const pair = pairOf('TLSv1.3');
  step(pair.client);
  t.throws(() => pair.client.setSession(sessions['TLSv1.3']), {
    code: 'ERR_CONNECTION_STATE',
    message: 'setSession is not allowed during the handshake; it is allowed before the handshake',
  });
  t.notThrows(() => shakeHands(pair));
});
