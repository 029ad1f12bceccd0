// An openssl.cnf in both of its uses: as the settings of a process, and as the description of a certificate.
//
//   OPENSSL_CONF=openssl.cnf npx tsx openssl-config.ts   this folder's file sets the defaults of every context
//   npx tsx openssl-config.ts                            without it, those of the system or of OpenSSL hold
//
// The variable is read when the process starts. `tsopenssl info` says which file is in force, and why.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { crypto, info, tls } from 'tsopenssl';

const { configuration } = info();
console.log(`configuration: ${configuration.reason}`);
for (const line of configuration.ignored) console.log(`left out: ${line}`);

const key = new crypto.PKey();
key.generateKey('ec');
const text = readFileSync(path.join(import.meta.dirname, 'openssl.cnf'), 'utf8');
const cert = crypto.X509.fromOpenSSLConfig(text, key, { days: 30 });
console.log(`certificate: ${cert.getSubject()}, ${cert.getSignatureAlgorithm()}`);
for (let index = 0; index < cert.getExtensionCount(); index++) {
  const extension = cert.getExtension(index);
  console.log(`  ${extension.getShortName()}: ${extension}`);
}

const server = tls.createServer({ cert, key }, (socket) => socket.end());
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  try {
    const socket = await tls.connect({ host: '127.0.0.1', port, ca: cert, maxVersion });
    console.log(`up to ${maxVersion}: ${socket.getProtocol()}, group ${socket.connection.getGroupName()}`);
    socket.end();
  } catch (error) {
    console.log(`up to ${maxVersion}: ${(error as Error).message}`);
  }
}
server.close();
