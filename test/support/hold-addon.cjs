// Holds the addon loaded: `node hold-addon.cjs PACKAGE FOLDER`. Writes `FOLDER/ready`, waits for `FOLDER/go`, uses the
// addon again and prints as JSON what it saw before and after, and where its binary lies now.

const fs = require('node:fs');

const [packagePath, folder] = process.argv.slice(2);
const { crypto, caBundle, info } = require(packagePath);
const [root] = caBundle.iterCaBundle();

function use() {
  const certificate = crypto.loadCertificate(crypto.FILETYPE_PEM, root.certificate);
  return `${info().version.openssl.version} ${certificate.digest('sha256')}`;
}

const before = use();
fs.writeFileSync(`${folder}/ready`, '');
const timer = setInterval(() => {
  if (!fs.existsSync(`${folder}/go`)) return;
  clearInterval(timer);
  const [binary] = fs.readFileSync('/proc/self/maps', 'utf8').match(/\/.*tsopenssl\.node.*/) ?? [''];
  console.log(JSON.stringify({ before, after: use(), binary }));
}, 20);
