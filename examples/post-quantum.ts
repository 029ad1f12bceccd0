// A handshake that a quantum computer cannot undo: keys are exchanged with ML-KEM beside X25519, and the server signs with
// ML-DSA. Shows what that costs in bytes, beside one with elliptic curves alone.
//
//   npx tsx post-quantum.ts                   both sides in this process
//   npx tsx post-quantum.ts example.org 443   which group a server takes

import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { crypto, tls } from 'tsopenssl';

const [host, port] = process.argv.slice(2);
if (host !== undefined) {
  const socket = await tls.connect({
    host,
    port: Number(port ?? 443),
    groups: 'X25519MLKEM768:X25519:P-256',
  });
  console.log(`${host}: ${socket.getProtocol()}, group ${socket.connection.getGroupName()}`);
  socket.destroy();
} else {
  await show('elliptic curves', 'ec', 'X25519');
  await show('post-quantum', 'ml-dsa-65', 'X25519MLKEM768');
}

/** A certificate that signs itself. */
function selfSigned(kind: 'ec' | 'ml-dsa-65'): { readonly cert: crypto.X509; readonly key: crypto.PKey } {
  const key = new crypto.PKey();
  key.generateKey(kind);
  const cert = new crypto.X509();
  cert.setVersion(2);
  cert.getSubject().CN = 'localhost';
  cert.setIssuer(cert.getSubject());
  cert.setSerialNumber(1n);
  cert.gmtimeAdjNotBefore(-3600);
  cert.gmtimeAdjNotAfter(24 * 3600);
  cert.setPubkey(key);
  cert.addExtensions([new crypto.X509Extension('subjectAltName', false, 'DNS:localhost')]);
  // ML-DSA has its digest inside
  cert.sign(key, kind === 'ec' ? 'sha256' : undefined);
  return { cert, key };
}

async function show(name: string, kind: 'ec' | 'ml-dsa-65', groups: string): Promise<void> {
  const { cert, key } = selfSigned(kind);
  const server = tls.createServer({ cert, key, groups }, (socket) => socket.end());
  // counts what goes over the wire
  const counter = createServer({ allowHalfOpen: true }, (front) => {
    const { port } = server.address() as AddressInfo;
    const back = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    front.pipe(back).pipe(front);
    front.on('close', () =>
      console.log(`  ${front.bytesRead} bytes of the client, ${back.bytesRead} of the server`),
    );
  });
  for (const each of [server, counter]) {
    each.listen(0, '127.0.0.1');
    await once(each, 'listening');
  }
  const address = counter.address() as AddressInfo;
  const socket = await tls.connect({
    ...{ host: '127.0.0.1', port: address.port, servername: 'localhost', ca: cert, groups },
  });
  console.log(
    `${name}: ${socket.getProtocol()}, group ${socket.connection.getGroupName()}, key ${cert.getPubkey().type()}`,
  );
  socket.resume().end();
  await once(socket, 'close');
  server.close();
  counter.close();
  await once(counter, 'close');
}
