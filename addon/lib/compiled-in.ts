// The folders that OpenSSL_version(3) tells of.

/** What it is asked for MODULESDIR, the folder of providers. */
export const OPENSSL_MODULES_DIR = 8;

/**
 * `OPENSSLDIR: "/etc/ssl"` → `/etc/ssl`; undefined where there is none, as on Windows before an installer has registered one.
 * @param text - what OpenSSL_version answers for OPENSSL_DIR, OPENSSL_ENGINES_DIR or OPENSSL_MODULES_DIR
 */
export function compiledIn(text: string): string | undefined {
  const folder = /"(.*)"/.exec(text)?.[1];
  return folder === '' || folder === '<NULL>' ? undefined : folder;
}
