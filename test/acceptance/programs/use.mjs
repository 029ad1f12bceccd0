import { caBundle, crypto, info, rand, SSL, tls, version } from 'tsopenssl';
import { report } from './report.cjs';

report({ caBundle, crypto, info, rand, SSL, tls, version });
