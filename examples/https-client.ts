// A client of HTTPS with a context of its own: says who the server is, and prints the first 500 bytes of a page.
//
//   npx tsx https-client.ts https://example.org/               trusts Mozilla's roots for servers
//   npx tsx https-client.ts https://localhost:8443/ demo.crt   trusts the certificates in a file, and nobody else
//
// demo.crt and demo.key are shown to servers that ask for a certificate. They are public: use them to try things out, and
// nowhere else. The embedded command line makes them anew:
//
//   npx tsopenssl openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout demo.key -out demo.crt \
//     -days 36500 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import path from 'node:path';
import { caBundle, https, SSL, type tls } from 'tsopenssl';

const [url, roots] = process.argv.slice(2);
if (url === undefined) {
  console.error('Usage: npx tsx https-client.ts URL [ROOTS]');
  process.exit(2);
}

const context = new SSL.Context(SSL.TLS_CLIENT_METHOD);
context.setMinProtoVersion(SSL.TLS1_2_VERSION);
context.useCertificateChainFile(path.join(import.meta.dirname, 'demo.crt'));
context.usePrivatekeyFile(path.join(import.meta.dirname, 'demo.key'));
if (roots === undefined) context.getCertStore().addCaBundle(caBundle.TRUST_SERVER_AUTHENTICATION);
else context.loadVerifyLocations(roots);
context.setVerifyDepth(10);
context.setVerify(SSL.VERIFY_PEER, (_connection, certificate, code, depth, isRight) => {
  console.log(`depth ${depth}: ${certificate?.getSubject()}, ${isRight ? 'right' : `error ${code}`}`);
  return isRight; // anything else would trust what OpenSSL does not
});

const agent = new https.Agent({ secureContext: context });
try {
  const request = get(url, { agent });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const socket = response.socket as unknown as tls.TLSSocket;
  console.log(
    `${socket.getProtocol()}, ${socket.getCipher()?.name}, group ${socket.connection.getGroupName()}`,
  );
  console.log(`status ${response.statusCode}\n`);
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    if (size >= 500) break; // which ends the connection
  }
  process.stdout.write(Buffer.concat(pieces).subarray(0, 500));
} catch (error) {
  console.error(`${url}: ${(error as Error).message}`);
  process.exitCode = 1;
}
agent.destroy();
