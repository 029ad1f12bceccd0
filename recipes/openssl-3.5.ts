// OpenSSL 3.5, the long-term line and the default.

import type { OpenSSLRecipe } from '../build/types.ts';
import { excludedOptions, layoutOptions } from '../openssl-config/options.ts';

export const openssl35: OpenSSLRecipe = {
  version: '3.5.7',
  folder: 'openssl-3.5.7',
  source: {
    fileName: 'openssl_3.5.7.orig.tar.gz',
    urls: ['https://github.com/openssl/openssl/releases/download/openssl-3.5.7/openssl-3.5.7.tar.gz'],
    debianPath: 'pool/main/o/openssl/openssl_3.5.7.orig.tar.gz',
    sizeBytes: 53153930,
    sha256: 'a8c0d28a529ca480f9f36cf5792e2cd21984552a3c8e4aa11a24aa31aeac98e8',
    signature: {
      fileName: 'openssl_3.5.7.orig.tar.gz.asc',
      urls: ['https://github.com/openssl/openssl/releases/download/openssl-3.5.7/openssl-3.5.7.tar.gz.asc'],
      keyFile: 'openssl-2024.asc',
      fingerprint: 'BA5473A2B0587B07FB27CF2D216094DFD0CB81EF',
    },
  },
  options: [...excludedOptions.map((option) => option.name), ...layoutOptions.map((option) => option.name)],
  licence: 'Apache-2.0',
  licenceFile: 'LICENSE.txt',
};
