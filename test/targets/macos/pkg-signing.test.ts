// What becomes of the setting that signs packages. The programs that sign are Apple's: here stand-ins answer in their words.

import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { checkPkgIdentity, signPkg } from '../../../platform/macos/pkg-signing.ts';
import { builder } from '../../support/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { isInstalled } from '../../support/tool-test.ts';

const digest = '0123456789ABCDEF0123456789ABCDEF01234567';
const name = 'Developer ID Installer: Example (TEAM123456)';

/** A folder with programs, each a text for sh. */
async function programs(t: ExecutionContext, texts: Readonly<Record<string, string>>): Promise<string> {
  const dir = path.join(await temporaryFolder(t), 'bin');
  await mkdir(dir);
  for (const [file, text] of Object.entries(texts)) {
    await writeFile(path.join(dir, file), `#!/bin/sh\n${text}\n`);
    await chmod(path.join(dir, file), 0o755);
  }
  return dir;
}

const security = `[ "$*" = 'find-identity -v -p basic' ] || exit 3
echo '  1) ${digest} "${name}"'
echo '  2) ${'F'.repeat(40)} "Apple Development: Example"'
echo '     2 valid identities found'`;
/** Writes what it was asked before the package. */
const productsign = `printf '%s\\n' "$2" | cat - "$3" > "$4"`;

test('refuses to begin where the programs that sign are missing', async (t) => {
  t.false(isInstalled('productsign') || isInstalled('security'), 'this machine is no Mac');
  const advice =
    'in PATH, found none; macOS alone has them: build there, or unset TSOPENSSL_PKG_IDENTITY for packages without a signature';
  await t.throwsAsync(checkPkgIdentity(name), {
    code: 'ERR_PREREQUISITE',
    message: `TSOPENSSL_PKG_IDENTITY: wanted productsign and security ${advice}`,
  });
  const half = await programs(t, { security });
  await t.throwsAsync(checkPkgIdentity(name, [half]), {
    code: 'ERR_PREREQUISITE',
    message: `TSOPENSSL_PKG_IDENTITY: wanted productsign ${advice}`,
  });
});

test('refuses to begin with an identity that the keychain does not have, and says which it has', async (t) => {
  const dir = await programs(t, { security, productsign });
  for (const identity of ['Developer ID Installer: Somebody', digest.slice(1), 'Developer ID Installer']) {
    await t.throwsAsync(checkPkgIdentity(identity, [dir]), {
      code: 'ERR_USAGE',
      message: `Expected an identity of the keychain for TSOPENSSL_PKG_IDENTITY, got "${identity}"; the valid ones are: "${name}", "Apple Development: Example"`,
    });
  }
  const empty = await programs(t, { security: "echo '     0 valid identities found'", productsign });
  await t.throwsAsync(checkPkgIdentity(name, [empty]), {
    code: 'ERR_USAGE',
    message: /the valid ones are: none$/,
  });
  await t.notThrowsAsync(checkPkgIdentity(name, [dir]));
  await t.notThrowsAsync(checkPkgIdentity(digest.toLowerCase(), [dir]));
});

test('hands the package to productsign with the identity, and passes its failure on', async (t) => {
  const dir = await programs(t, { productsign });
  const [unsigned, signed] = [path.join(dir, 'unsigned'), path.join(dir, 'signed')];
  await writeFile(unsigned, 'package');
  await signPkg(unsigned, signed, name, [dir]);
  t.is(await readFile(signed, 'utf8'), `${name}\npackage`);
  const failing = await programs(t, { productsign: 'echo "productsign: error: no identity" >&2; exit 1' });
  await t.throwsAsync(signPkg(unsigned, signed, name, [failing]), {
    code: 'ERR_PROCESS',
    message: /productsign --sign .*: exit status 1, wanted 0\n.*no identity/s,
  });
});

test('stops a build of packages for macOS before its first step, and no other', async (t) => {
  const dir = await temporaryFolder(t);
  const cache = path.join(dir, 'cache');
  const args = ['--format', 'pkg', '--cache', cache, '--out', path.join(dir, 'dist')];
  const env = { TSOPENSSL_PKG_IDENTITY: name };
  const refused = await builder(['--target', 'darwin-arm64', ...args], env);
  t.is(refused.code, 2);
  t.regex(
    refused.stderr,
    /^\nERR_PREREQUISITE: TSOPENSSL_PKG_IDENTITY: wanted productsign and security in PATH/,
  );
  t.is(refused.stdout, '');
  t.false(existsSync(cache));
  t.is((await builder(['list', '--target', 'linux-x64'], env)).code, 0);
  t.is((await builder(['list', '--target', 'darwin-arm64'])).code, 0);
});
