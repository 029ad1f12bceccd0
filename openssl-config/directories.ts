// The default directories that are compiled into the library, per platform, and why.

/** Directories that OpenSSL looks in when no variable says otherwise. */
export interface DefaultDirectories {
  /** `openssl version -d`: parent of openssl.cnf, certs/ and private/. */
  readonly openssldir: string;
  /** `openssl version -m`: provider modules. A code path: only the administrator may write it. */
  readonly modulesdir: string;
  /** `openssl version -e`: engines. A code path as well. */
  readonly enginesdir: string;
}

export const linuxDirectories: DefaultDirectories = {
  openssldir: '/etc/ssl',
  modulesdir: '/usr/lib/tsopenssl/lib/ossl-modules',
  enginesdir: '/usr/lib/tsopenssl/lib/engines-3',
};
