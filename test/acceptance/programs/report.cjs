// Uses the CA bundles and lives as an authority, talks over streams, whichever way the package was loaded, and prints what it found as JSON.

const { liveAsAuthority } = require('./authority.cjs');
const { talkOverStreams } = require('./streams.cjs');

exports.report = async ({ caBundle, crypto, info, rand, SSL, tls, version }) => {
  const { TRUST_ANY, TRUST_SERVER_AUTHENTICATION, TRUST_EMAIL_PROTECTION, TRUST_CODE_SIGNING } = caBundle;
  const purposes = [TRUST_ANY, TRUST_SERVER_AUTHENTICATION, TRUST_EMAIL_PROTECTION, TRUST_CODE_SIGNING];
  const [first] = caBundle.iterCaBundle();
  const x509 = first.getX509();
  const { addon, version: loaded } = info();
  console.log(
    JSON.stringify({
      counts: Object.fromEntries(
        purposes.map((purpose) => [purpose, [...caBundle.iterCaBundleX509(undefined, purpose)].length]),
      ),
      first,
      hexdigest: first.hexdigest(),
      subject: x509
        .getSubject()
        .getComponents()
        .map(([name, value]) => `${name}=${value}`),
      digest: x509.digest('sha256'),
      der: crypto.dumpCertificate(crypto.FILETYPE_ASN1, x509).toString('base64'),
      path: caBundle.getCaBundlePath(),
      openssl: loaded.openssl.version,
      isolated: addon.isolated,
      addon: addon.path,
      version,
      authority: liveAsAuthority({ crypto, rand, SSL }),
      streams: await talkOverStreams({ crypto, tls }),
    }),
  );
};
