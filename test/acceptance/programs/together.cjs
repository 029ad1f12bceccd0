// Loads copies of the package while node's own TLS shakes hands on loopback: `together.cjs KEY CERTIFICATE PACKAGE...`.
// The first is loaded when the client has connected, the others when the server has read the client's first message.
// Prints what the copies, node's crypto and the connection came to.

const { createHash, X509Certificate } = require('node:crypto');
const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const tls = require('node:tls');

const [keyFile, certificateFile, first, ...others] = process.argv.slice(2);
const [key, cert] = [readFileSync(keyFile), readFileSync(certificateFile)];
const theirs = new X509Certificate(cert);
const hash = () => createHash('sha256').update(theirs.raw).digest('hex');
const copies = [];
const connecting = [];

function load(name, socket) {
  connecting.push(socket.secureConnecting);
  const { crypto, info, version } = require(name);
  const certificate = crypto.loadCertificate(crypto.FILETYPE_PEM, cert);
  copies.push({
    openssl: version.openssl.version,
    isolated: info().addon.isolated,
    base: info().addon.base,
    digest: certificate.digest('sha256'),
  });
}

async function main() {
  const before = hash();
  let socket;
  const server = tls.createServer({
    key,
    cert,
    SNICallback(_name, answer) {
      for (const name of others.splice(0)) load(name, socket);
      answer(null);
    },
  });
  server.on('secureConnection', (peer) => peer.end('hello'));
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const connect = (options) => tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ...options });

  socket = connect({ ca: cert });
  socket.once('connect', () => load(first, socket));
  await once(socket, 'secureConnect');
  const [data] = await once(socket, 'data');
  const { authorized } = socket;
  const stranger = connect({});
  const refused = await new Promise((resolve) => {
    stranger.on('error', ({ code }) => resolve(code)).on('secureConnect', () => resolve('accepted'));
  });
  server.close();
  const digests = new Set([theirs.fingerprint256, ...copies.map(({ digest }) => digest)]);
  console.log(
    JSON.stringify({
      openssl: copies.map(({ openssl }) => openssl),
      isolated: copies.every(({ isolated }) => isolated),
      bases: new Set(copies.map(({ base }) => base)).size,
      digests: digests.size,
      connecting,
      authorized,
      received: data.toString(),
      refused,
      hash: before === hash(),
    }),
  );
}

main();
