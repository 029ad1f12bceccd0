const { caBundle, crypto, info, rand, SSL, tls, version } = require('tsopenssl');
const { report } = require('./report.cjs');

report({ caBundle, crypto, info, rand, SSL, tls, version });
