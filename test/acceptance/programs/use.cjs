const { caBundle, crypto, info, version } = require('tsopenssl');
const { report } = require('./report.cjs');

report({ caBundle, crypto, info, version });
