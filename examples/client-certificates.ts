// A server of HTTPS that lets in who has a certificate of its authorities, and greets them by name.
//
//   npx tsx client-certificates.ts 8443 demo.crt   lets in who has the key of demo.crt
//   npx tsx https-client.ts https://localhost:8443/ demo.crt
//   curl --cacert demo.crt --cert demo.crt --key demo.key https://localhost:8443/

import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { https, type tls } from 'tsopenssl';

const [port, authorities] = process.argv.slice(2);
if (authorities === undefined) {
  console.error('Usage: npx tsx client-certificates.ts PORT AUTHORITIES');
  process.exit(2);
}

const server = https.createServer(
  {
    cert: readFileSync(path.join(import.meta.dirname, 'demo.crt')),
    key: readFileSync(path.join(import.meta.dirname, 'demo.key')),
    ca: readFileSync(authorities),
    requestCert: true, // and so refuses clients that have none, or one of somebody else
  },
  (request, response) => {
    const certificate = (request.socket as unknown as tls.TLSSocket).getPeerCertificate();
    response.end(
      `Hello ${certificate?.getSubject().CN}, until ${certificate?.getNotAfter()?.toISOString()}\n`,
    );
  },
);
server.on('tlsClientError', (error) => console.error(`refused: ${error.message}`));
server.listen(Number(port), 'localhost', () => {
  console.log(`https://localhost:${(server.address() as AddressInfo).port}/`);
});
