// An HTTPS client that trusts Mozilla's roots of this release instead of those that node was built with.
//
//   node https-client.cjs URL [BUNDLE]

const https = require('node:https');
const { caBundle } = require('tsopenssl');

const [url, bundle] = process.argv.slice(2);
if (url === undefined) {
  console.error('Usage: node https-client.cjs URL [BUNDLE]');
  process.exit(2);
}

const roots = [
  ...caBundle.iterCaBundle(bundle && caBundle.getCaBundle(bundle), caBundle.TRUST_SERVER_AUTHENTICATION),
];
const agent = new https.Agent({ ca: roots.map((root) => root.certificate) });

https
  .get(url, { agent }, (response) => {
    const root = rootOf(response.socket.getPeerCertificate(true));
    const leaf = response.socket.getPeerCertificate();
    const known = roots.find(({ sha256 }) => sha256 === root.fingerprint256);
    const limit = known?.distrustAfter.serverAuthentication;
    if (limit !== undefined && new Date(leaf.valid_from) > new Date(limit)) {
      console.error(
        `${known.name} is trusted for certificates up to ${limit}, this one is of ${leaf.valid_from}`,
      );
      process.exit(1);
    }
    console.log(`${response.statusCode}, trusted by ${known?.name}`);
    response.resume();
  })
  .on('error', (error) => {
    console.error(`${url}: ${error.message}`);
    process.exitCode = 1;
  });

/** The last certificate of the chain that node built. */
function rootOf(certificate) {
  const issuer = certificate.issuerCertificate;
  return issuer === undefined || issuer === certificate ? certificate : rootOf(issuer);
}
