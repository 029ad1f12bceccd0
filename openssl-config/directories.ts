// The default directories that are compiled into the library, per platform, and why. docs/openssl-config.md shows them.

/** Directories that OpenSSL looks in when no variable says otherwise. */
export interface DefaultDirectories {
  /** `openssl version -d`: parent of openssl.cnf, certs/ and private/. */
  readonly openssldir: string;
  /** `openssl version -m`: provider modules. A code path: only the administrator may write it. */
  readonly modulesdir: string;
  /** `openssl version -e`: engines. A code path as well. */
  readonly enginesdir: string;
}

/** A place that follows from the default directories. */
export interface DefaultPlace {
  /** What lies there, in OpenSSL's words. */
  readonly name: string;
  readonly path: string;
  /** The variable that names another place, where there is one. */
  readonly override?: string;
  readonly reason: string;
}

export const linuxDirectories: DefaultDirectories = {
  openssldir: '/etc/ssl',
  modulesdir: '/usr/lib/tsopenssl/lib/ossl-modules',
  enginesdir: '/usr/lib/tsopenssl/lib/engines-3',
};

export const macDirectories: DefaultDirectories = {
  openssldir: '/System/Library/OpenSSL',
  modulesdir: '/opt/tsopenssl/lib/ossl-modules',
  enginesdir: '/opt/tsopenssl/lib/engines-3',
};

/** What the installers write for OpenSSL to find; without an installation there are none. */
export const windowsDirectories: DefaultDirectories = {
  openssldir: 'c:\\openssl',
  modulesdir: 'C:\\Program Files\\tsopenssl\\lib\\ossl-modules',
  enginesdir: 'C:\\Program Files\\tsopenssl\\lib\\engines-3',
};

/** Every default place on Linux, with its reason. */
export const linuxPlaces: readonly DefaultPlace[] = [
  {
    name: 'base directory',
    path: linuxDirectories.openssldir,
    reason: 'where Linux keeps what the administrator says about TLS; only root may write it',
  },
  {
    name: 'configuration file',
    path: `${linuxDirectories.openssldir}/openssl.cnf`,
    override: 'OPENSSL_CONF',
    reason: "the system's own: what the administrator set for every program holds for this OpenSSL too",
  },
  {
    name: 'certificate directory',
    path: `${linuxDirectories.openssldir}/certs`,
    override: 'SSL_CERT_DIR',
    reason: 'this OpenSSL trusts the roots that the system trusts',
  },
  {
    name: 'certificate file',
    path: `${linuxDirectories.openssldir}/cert.pem`,
    override: 'SSL_CERT_FILE',
    reason: "the same as one file, where a system has it; or name one of the distribution's CA bundles",
  },
  {
    name: 'private directory',
    path: `${linuxDirectories.openssldir}/private`,
    reason: 'the usual place of private keys, closed to users; no command looks there by itself',
  },
  {
    name: 'provider modules',
    path: linuxDirectories.modulesdir,
    override: 'OPENSSL_MODULES',
    reason:
      "a code path: the distribution's own, since a module fits one OpenSSL, and only root may write it",
  },
  {
    name: 'engines',
    path: linuxDirectories.enginesdir,
    override: 'OPENSSL_ENGINES',
    reason: 'a code path: as for provider modules',
  },
];
