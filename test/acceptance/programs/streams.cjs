// A server and clients of streams in one process over loopback: what comes of them is the same on every system.

const { createHash } = require('node:crypto');
const { once } = require('node:events');

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

const config = [
  ...['[req]', 'prompt=no', 'distinguished_name=dn', 'x509_extensions=x'],
  ...['[dn]', 'CN=localhost', '[x]', 'subjectAltName=DNS:localhost'],
].join('\n');

/** Sends what is given to a server that sends it back, and verifies both. */
exports.talkOverStreams = async ({ crypto, tls }) => {
  const key = new crypto.PKey();
  key.generateKey('ec');
  const cert = crypto.X509.fromOpenSSLConfig(config, key);
  const server = tls.createServer({ cert, key }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const where = { host: '127.0.0.1', servername: 'localhost', port };
  const refused = await tls.connect(where).then(
    () => 'nothing',
    (error) => error.verification?.code ?? String(error),
  );
  const otherName = await tls.connect({ ...where, servername: 'example.org', ca: cert }).then(
    () => 'nothing',
    (error) => error.verification?.code ?? String(error),
  );
  const socket = await tls.connect({ ...where, ca: cert });
  const data = Buffer.alloc(1_000_000, 'streams');
  const pieces = [];
  socket.on('data', (piece) => pieces.push(piece));
  socket.end(data);
  await once(socket, 'close');
  server.close();
  return {
    refused,
    otherName,
    authorized: socket.authorized,
    group: socket.connection.getGroupName(),
    isWhole: digest(Buffer.concat(pieces)) === digest(data),
  };
};
