// Connections that have shaken hands, which random calls alone never make.

import type * as Tsopenssl from '../../../addon/lib/index.ts';
import { pick, type Random } from '../random-values.ts';

type Library = typeof Tsopenssl;
type Connection = InstanceType<Library['SSL']['Connection']>;

/** Answers a function that makes both sides of a connection and its session; undefined where the module has no connections. */
export function handshakes(exported: object, random: Random): (() => readonly object[]) | undefined {
  const library = exported as Partial<Library>;
  if (library.SSL === undefined || library.crypto === undefined) return undefined;
  const { SSL, crypto } = library as Library;
  const key = new crypto.PKey();
  key.generateKey('ec');
  const certificate = new crypto.X509();
  certificate.setVersion(2);
  certificate.getSubject().CN = 'localhost';
  certificate.setIssuer(certificate.getSubject());
  certificate.setPubkey(key);
  certificate.gmtimeAdjNotBefore(-86_400);
  certificate.gmtimeAdjNotAfter(86_400);
  certificate.sign(key, 'sha256');

  const side = (method: number, isServer: boolean): Connection => {
    const context = new SSL.Context(method);
    context.useCertificate(certificate);
    context.usePrivatekey(key);
    context.getCertStore().addCert(certificate);
    context.setSessionId(Buffer.from('fuzz'));
    const connection = new SSL.Connection(context);
    if (isServer) connection.setAcceptState();
    else connection.setConnectState();
    return connection;
  };
  /** Does what can be done now; whether there was nothing to wait for. */
  const attempt = (call: () => unknown): boolean => {
    try {
      call();
      return true;
    } catch (error) {
      if (error instanceof SSL.WantReadError) return false;
      throw error;
    }
  };
  const carry = (from: Connection, to: Connection) => {
    while (attempt(() => to.bioWrite(from.bioRead(65536))));
  };
  return () => {
    const method = pick(random, [SSL.TLS_METHOD, SSL.TLSv1_2_METHOD, SSL.DTLS_METHOD]);
    const [client, server] = [side(method, false), side(method, true)];
    for (let step = 0; step < 4; step++) {
      attempt(() => client.doHandshake());
      carry(client, server);
      attempt(() => server.doHandshake());
      carry(server, client);
    }
    server.send('hello');
    carry(server, client);
    attempt(() => client.recv(1));
    const session = client.getSession();
    return session === null ? [client, server] : [client, server, session];
  };
}
