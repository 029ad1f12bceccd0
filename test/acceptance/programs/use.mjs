import { caBundle, crypto, info, rand, SSL, version } from 'tsopenssl';
import { report } from './report.cjs';

report({ caBundle, crypto, info, rand, SSL, version });
