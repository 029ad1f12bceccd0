// Cuts OpenSSL's source down to what compiles in seconds: its own Configure, build files, headers and generators, and of its
// code some ciphers and digests, which call nothing else. Configure takes a missing folder of crypto/ for a disabled
// algorithm. Two files are not OpenSSL's: a main() instead of its command line, and an info.c that knows nothing.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { extractArchive } from '../../../build/steps/extract.ts';

/** Folders of crypto/ that stay whole, but for the sources that {@link edits} leaves out. */
const algorithms = ['aes', 'hmac', 'md5', 'modes', 'sha'];
const crypto = [...algorithms.map((name) => `${name}/`), 'perlasm/', 'build\\.info$', 'params_idx\\.c\\.in$'];
const cryptoFiles = ['cpuid', 'cryptlib', 'ctype', 'cversion', 'defaults', 'mem_clr'];
const ssl = ['ssl_cert_comp', 'quic/quic_fc', 'quic/quic_statm'];

/** Names in the archive, without its folder, of what stays. */
const kept: readonly RegExp[] = [
  /^(Configure|config|configdata\.pm\.in|build\.info|VERSION\.dat|LICENSE\.txt)$/,
  /^(Configurations|include|exporters|external\/perl|util\/perl)\//,
  /^util\/[^/]+\.(pl|pm|num)$/,
  /^(ssl|providers)\/.*\.h$/,
  /^crypto\/[^/]+\.(h|pl)$/,
  new RegExp(`^crypto/(${crypto.join('|')})`),
  new RegExp(`^crypto/(${cryptoFiles.join('|')})\\.c$`),
  new RegExp(`^ssl/(${ssl.join('|')})\\.c$`),
];

/** What changes in the build files that stay. */
const edits: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  'build.info': [
    [/^SUBDIRS=crypto .*$/m, 'SUBDIRS=crypto ssl apps'],
    [/^IF\[\{- !\$disabled\{tests\}[\s\S]*?^(?=SUBDIRS=exporters)/m, ''],
  ],
  'crypto/build.info': [
    [/^SUBDIRS=(?:.*\\\n)*.*$/m, `SUBDIRS=${algorithms.filter((name) => name !== 'hmac').join(' ')}`],
    [/^SOURCE\[\.\.\/libcrypto\]=\$CORE_COMMON.*\n/m, ''],
    [
      /^SOURCE\[\.\.\/libcrypto\]=\$UTIL_COMMON(?:.*\\\n)*.*$/m,
      'SOURCE[../libcrypto]=cryptlib.c cversion.c defaults.c info.c',
    ],
  ],
  'crypto/md5/build.info': [[/ md5_sha1\.c/, '']],
  'crypto/modes/build.info': [[/ gcm128\.c| xts128gb\.c| ocb128\.c| siv128\.c/g, '']],
  'crypto/sha/build.info': [[/ sha1_one\.c/, '']],
};

/** What the libraries export, of what their lists name: the linker refuses a name that is not there. */
const exported: Readonly<Record<string, RegExp>> = {
  'util/libcrypto.num':
    /^(AES_|SHA(1|224|256|384|512)_|MD5|CRYPTO_(memcmp$|128_|(cbc|ccm|cfb|ctr|cts|nistcts|ofb)128|xts128_e)|OPENSSL_(cleanse|die|info|isservice)$|OPENSSL_version_|OpenSSL_version)/,
  'util/libssl.num': /^SSL_(CTX_)?(compress_certs|(get1|set1)_(cert_comp_preference|compressed_cert))$/,
};

/** Sources and settings of providers, of which there are none. */
const ofProviders = /^[ \t]*\w+\[[./]*providers\/[^\]]*\]=(?:.*\\\n)*.*\n/gm;

/** Build files and sources that are written anew. */
const written: Readonly<Record<string, string>> = {
  'ssl/build.info': `SOURCE[../libssl]=${ssl.map((name) => `${name}.c`).join(' ')}\n`,
  'apps/build.info':
    'PROGRAMS=openssl\nSOURCE[openssl]=openssl.c\nINCLUDE[openssl]=../include\nDEPEND[openssl]=../libssl ../libcrypto\n',
  'apps/openssl.c': `#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <stdio.h>
int main(void) { return puts(OpenSSL_version(OPENSSL_VERSION)) < 0 || SSL_CTX_compress_certs(NULL, 0); }
`,
  'crypto/info.c': `#include <openssl/crypto.h>
char ossl_cpu_info_str[1];
const char *OPENSSL_info(int type) { return type == 0 ? "" : NULL; }
`,
};

/**
 * Writes the small source.
 * @param archive - OpenSSL's own archive
 * @param dir - absolute path of a folder, which is made
 */
export async function cutOpenSSL(archive: string, dir: string): Promise<void> {
  const inside = (name: string) => name.slice(name.indexOf('/') + 1);
  await extractArchive(archive, dir, {
    strip: 1,
    keep: (name) => kept.some((pattern) => pattern.test(inside(name))),
  });
  for (const [name, changes] of Object.entries(edits)) {
    const file = path.join(dir, name);
    let text = await readFile(file, 'utf8');
    for (const [pattern, by] of changes) {
      if (text.search(pattern) < 0) throw new Error(`${name}: wanted ${pattern}, found none`);
      text = text.replace(pattern, by);
    }
    await writeFile(file, text);
  }
  for (const [name, names] of Object.entries(exported)) {
    const lines = (await readFile(path.join(dir, name), 'utf8')).split('\n');
    const left = lines.filter((line) => line === '' || names.test(line.replace(/\s.*/, '')));
    await writeFile(path.join(dir, name), left.join('\n'));
  }
  for (const name of ['.', ...algorithms]) await removeProviders(path.join(dir, 'crypto', name));
  for (const [name, text] of Object.entries(written)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
    await writeFile(path.join(dir, name), text);
  }
}

async function removeProviders(folder: string): Promise<void> {
  if (!(await readdir(folder)).includes('build.info')) return;
  const file = path.join(folder, 'build.info');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll(ofProviders, ''));
}
