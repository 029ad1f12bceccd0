// An authority's life with the namespace `crypto`, whichever way the package was loaded. Keys, serial numbers and times are
// fixed and every signature is deterministic, so that the same facts, digests among them, come out on every platform.

const { createHash } = require('node:crypto');

const notBefore = new Date('2026-01-01T00:00:00Z');
const notAfter = new Date('2036-01-01T00:00:00Z');
const during = new Date('2030-06-01T00:00:00Z');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** What OpenSSL's command line would make these things of. */
const config = `
[req]
prompt = no
string_mask = pkix
distinguished_name = name
x509_extensions = extensions
[name]
O = Größe
CN = configured
+UID = joined
[extensions]
basicConstraints = critical, CA:TRUE
subjectAltName = @names
[names]
DNS = $ENV::HOST
[authority]
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
`;

/** The code or class of what a call throws. */
function refusal(call) {
  try {
    call();
    return 'nothing';
  } catch (error) {
    return error.code ?? error.constructor.name;
  }
}

/** Two sides shake hands in memory, and one tells the other something. */
function converse(SSL, contexts, hostname) {
  const [client, server] = contexts.map((context) => new SSL.Connection(context, null));
  client.setConnectState();
  client.setVerifyOptions({ hostname, time: during });
  server.setAcceptState();
  const carry = (from, to) => {
    try {
      for (;;) to.bioWrite(from.bioRead(65536));
    } catch (error) {
      if (!(error instanceof SSL.WantReadError)) throw error;
    }
  };
  const isDone = (side) => {
    try {
      side.doHandshake();
      return true;
    } catch (error) {
      if (error instanceof SSL.WantReadError) return false;
      throw error;
    }
  };
  for (let isOver = false; !isOver; ) {
    const done = [isDone(client), isDone(server)];
    carry(client, server);
    carry(server, client);
    isOver = done.every(Boolean);
  }
  server.sendall('hello');
  carry(server, client);
  return {
    protocol: client.getProtocolVersionName(),
    group: client.getGroupName(),
    cipher: server.getCipherName(),
    chain: client.getVerifiedChain().length,
    sameKeys: client.exportKeyingMaterial('x', 32).equals(server.exportKeyingMaterial('x', 32)),
    received: client.recv(100).toString(),
  };
}

exports.liveAsAuthority = ({ crypto, rand, SSL }) => {
  const { FILETYPE_ASN1, FILETYPE_PEM, PKey, X509, X509Extension } = crypto;
  const fixedKey = (byte) => PKey.fromRawPrivate('ed25519', Buffer.alloc(32, byte));
  const [rootKey, leafKey] = [fixedKey(1), fixedKey(2)];

  const issue = (key, subject, serial, extensions, issuer) => {
    const certificate = new X509();
    certificate.setVersion(2);
    certificate.setSerialNumber(serial);
    certificate.setNotBefore(notBefore);
    certificate.setNotAfter(notAfter);
    certificate.getSubject().CN = subject;
    certificate.setIssuer((issuer ?? certificate).getSubject());
    certificate.setPubkey(key);
    certificate.addExtensions(
      extensions.map(
        ([name, critical, value]) =>
          new X509Extension(name, critical, value, certificate, issuer ?? certificate),
      ),
    );
    certificate.sign(rootKey);
    return certificate;
  };

  const root = issue(rootKey, 'Wurzel Ü', 2n ** 100n, [
    ['basicConstraints', true, 'CA:TRUE'],
    ['keyUsage', true, 'keyCertSign, cRLSign'],
    ['subjectKeyIdentifier', false, 'hash'],
  ]);
  const request = new crypto.X509Req();
  request.getSubject().CN = 'leaf.example.org';
  request.setPubkey(leafKey);
  request.sign(leafKey);
  const leaf = issue(
    request.getPubkey(),
    request.getSubject().CN,
    2n,
    [
      ['basicConstraints', true, 'CA:FALSE'],
      ['authorityKeyIdentifier', false, 'keyid:always'],
      ['subjectAltName', false, 'DNS:leaf.example.org, IP:127.0.0.1'],
      ['extendedKeyUsage', false, 'serverAuth'],
    ],
    root,
  );

  const revoked = new crypto.Revoked();
  revoked.setSerial(2n);
  revoked.setReason('keyCompromise');
  revoked.setRevDate(notBefore);
  const crl = new crypto.CRL();
  crl.addRevoked(revoked);
  crl.setIssuer(root.getSubject());
  crl.setLastUpdate(notBefore);
  crl.setNextUpdate(notAfter);
  crl.sign(root, rootKey);

  const described = { section: 'req', environment: { HOST: 'configured.example.org' } };
  const configured = [
    X509.fromOpenSSLConfig(config, rootKey, {
      ...described,
      serial: 3n,
      notBefore,
      notAfter,
    }).toX509Certificate().raw,
    crypto.dumpCertificateRequest(
      FILETYPE_ASN1,
      crypto.X509Req.fromOpenSSLConfig(config, leafKey, described),
    ),
    crypto.CRL.fromOpenSSLConfig(config, root, rootKey, {
      ...{ ...described, section: 'authority', revoked: [revoked], crlNumber: 2n },
      ...{ lastUpdate: notBefore, nextUpdate: notAfter },
    }).toDer(),
  ];

  const verify = (options, withCrl = false) => {
    const store = new crypto.X509Store();
    store.addCert(root);
    store.setTime(during);
    if (withCrl) {
      store.addCrl(crl);
      store.setFlags(crypto.X509StoreFlags.CRL_CHECK);
    }
    return refusal(() => new crypto.X509StoreContext(store, leaf, [], options).verifyCertificate());
  };

  const file = new crypto.PKCS12();
  file.setPrivatekey(leafKey);
  file.setCertificate(leaf);
  file.setCaCertificates([root]);
  const again = crypto.loadPkcs12(file.export('secret', { iterations: 1000, macIterations: 1000 }), 'secret');

  const contexts = (client, server, own, key) => {
    const [ours, theirs] = [new SSL.Context(client), new SSL.Context(server)];
    ours.getCertStore().addCert(root);
    ours.setVerify(SSL.VERIFY_PEER);
    theirs.useCertificate(own);
    theirs.usePrivatekey(key);
    return [ours, theirs];
  };
  const overTls = () => contexts(SSL.TLS_CLIENT_METHOD, SSL.TLS_SERVER_METHOD, leaf, leafKey);
  // OpenSSL's DTLS has no Ed25519
  const ecKey = new PKey();
  ecKey.generateKey('ec');
  const name = ['subjectAltName', false, 'DNS:leaf.example.org'];
  const ecLeaf = issue(ecKey, 'leaf.example.org', 4n, [name], root);
  const overDtls = () => contexts(SSL.DTLS_CLIENT_METHOD, SSL.DTLS_SERVER_METHOD, ecLeaf, ecKey);

  const kinds = ['ec', 'ed448', 'x25519', 'ml-kem-768', 'ml-dsa-44', 'slh-dsa-sha2-128f'];
  const data = Buffer.from('data');
  return {
    root: sha256(crypto.dumpCertificate(FILETYPE_ASN1, root)),
    leaf: sha256(crypto.dumpCertificate(FILETYPE_ASN1, leaf)),
    request: sha256(crypto.dumpCertificateRequest(FILETYPE_ASN1, request)),
    crl: sha256(crypto.dumpCrl(FILETYPE_ASN1, crl)),
    configured: configured.map(sha256),
    text: sha256(crypto.dumpCertificate(crypto.FILETYPE_TEXT, leaf)),
    name: root.getSubject().toString(),
    serial: root.getSerialNumber().toString(),
    verified: verify({ purpose: 'sslServer', hostname: 'leaf.example.org' }),
    otherHost: verify({ hostname: 'other.example.org' }),
    otherPurpose: verify({ purpose: 'sslClient' }),
    revoked: verify({}, true),
    pkcs12: again.getPrivatekey().equals(leafKey) && again.getCaCertificates().length === 1,
    wrongPassphrase: refusal(() =>
      crypto.loadPkcs12(file.export('secret', { iterations: 1000, macIterations: 1000 }), 'x'),
    ),
    keys: kinds.map((kind) => {
      const key = new PKey();
      key.generateKey(kind);
      const pem = crypto.dumpPrivatekey(FILETYPE_PEM, key, 'aes-256-cbc', 'x', { iterations: 1000 });
      return crypto.loadPrivatekey(FILETYPE_PEM, pem, () => 'x').equals(key) && !key.equals(rootKey);
    }),
    signature: sha256(crypto.sign(rootKey, data)),
    verifies: refusal(() => crypto.verify(root, crypto.sign(rootKey, data), data)),
    verifiesOther: refusal(() => crypto.verify(leaf, crypto.sign(rootKey, data), data)),
    random: rand.bytes(8).length,
    tls: converse(SSL, overTls(), 'leaf.example.org'),
    dtls: converse(SSL, overDtls(), 'leaf.example.org'),
    tlsToOther: refusal(() => converse(SSL, overTls(), 'other.example.org')),
  };
};
