// Mozilla's list of root certificates, as NSS releases it.

import type { CertdataRecipe } from '../build/types.ts';

export const certdata: CertdataRecipe = {
  version: '2.74',
  nssVersion: '3.110',
  source: {
    fileName: 'ca-certificates_20250419.tar.xz',
    urls: [],
    debianPath: 'pool/main/c/ca-certificates/ca-certificates_20250419.tar.xz',
    sizeBytes: 277504,
    sha256: '33b44ef78653ecd3f0f2f13e5bba6be466be2e7da72182f737912b81798ba5d2',
  },
  member: 'ca-certificates/mozilla/certdata.txt',
  memberSha256: '620fd89c02acb0019f1899dab7907db5d20735904f5a9a0d3a8771a5857ac482',
  licence: 'MPL-2.0',
};
