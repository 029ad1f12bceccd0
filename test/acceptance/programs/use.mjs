import { caBundle, crypto, info, version } from 'tsopenssl';
import { report } from './report.cjs';

report({ caBundle, crypto, info, version });
