import test from 'ava';
import {
  type Attempt,
  type Circumstances,
  explainAttempts,
} from '../../../addon/lib/native/explain-attempts.ts';
import { packagedPlatforms, platformsOf } from '../../../addon/lib/platform-packages.ts';

const on = (
  platform: string,
  arch: string,
  others: readonly string[] = [],
  isMusl = false,
): Circumstances => ({
  platform: platformsOf({ platform, arch, isMusl })[0],
  packagedPlatforms,
  others,
});
const linux = on('linux', 'x64');
const notBuilt: Attempt = {
  place: '/app/node_modules/tsopenssl/src/build/Release/tsopenssl.node',
  kind: 'built',
  isMissing: true,
  cause: new Error('it was not built'),
};
const packaged = (message: string, isMissing = false): Attempt => ({
  place: '@tsopenssl/linux-x64/tsopenssl.node',
  kind: 'packaged',
  isMissing,
  cause: new Error(message),
});

/** What failed, on which machine, and what the advice must say. */
const rows: Readonly<Record<string, readonly [Attempt, Circumstances, RegExp]>> = {
  'optional dependencies were left out': [
    packaged('the package is not installed', true),
    linux,
    /install again with optional dependencies: .*--omit=optional.*npm install --include=optional @tsopenssl\/linux-x64/,
  ],
  'a platform without a ready-made binary': [
    packaged('the package is not installed', true),
    on('freebsd', 'arm64'),
    /there is no ready-made binary for freebsd-arm64 \(there is one for linux-x64, .*win32-x64\); build it from source: npm install node-gyp/,
  ],
  'a Linux with musl on a processor that there is no binary for': [
    packaged('the package is not installed', true),
    on('linux', 'arm64', [], true),
    /there is no ready-made binary for linuxmusl-arm64 \(there is one for .*linuxmusl-x64.*\); build it from source/,
  ],
  'the package of a Linux with another C library': [
    packaged('the package is not installed', true),
    on('linux', 'x64', ['linux-x64'], true),
    /installed is @tsopenssl\/linux-x64, and this node is linuxmusl-x64: node_modules was copied from another machine or made by another node; remove node_modules and install again with this node/,
  ],
  'a node for Intel on a Mac with Apple silicon': [
    packaged('the package is not installed', true),
    on('darwin', 'x64', ['darwin-arm64']),
    /installed is @tsopenssl\/darwin-arm64, and this node is darwin-x64: .*this node is for Intel and runs under Rosetta if the Mac has Apple silicon: use a node for arm64, or remove node_modules/,
  ],
  'a binary for the other processor of a Mac': [
    packaged(
      "dlopen(/x/tsopenssl.node, 0x0001): tried: '/x/tsopenssl.node' (mach-o file, but is an incompatible architecture (have 'arm64', need 'x86_64'))",
    ),
    on('darwin', 'x64'),
    /the binary is for another platform; install again on this one/,
  ],
  'a Mac that refuses the signature': [
    packaged(
      "dlopen(/x/tsopenssl.node, 0x0001): code signature in '/x/tsopenssl.node' not valid for use in process: mapping process and mapped file (non-platform) have different Team IDs",
    ),
    on('darwin', 'arm64'),
    /macOS refuses the signature of the binary: .*disable-library-validation/,
  ],
  'a binary of another platform on Windows': [
    packaged('\\\\?\\C:\\app\\tsopenssl.node is not a valid Win32 application.'),
    on('win32', 'x64'),
    /the binary is for another platform; install again on this one/,
  ],
  'a Windows where a DLL is missing': [
    packaged('The specified module could not be found.\r\n\\\\?\\C:\\app\\tsopenssl.node'),
    on('win32', 'x64'),
    /Windows misses a DLL that the binary asks for/,
  ],
  'an old glibc': [
    packaged("/lib64/libc.so.6: version `GLIBC_2.17' not found (required by tsopenssl.node)"),
    linux,
    /this system has an older C library than the binary was built for/,
  ],
  'a binary of another platform': [
    packaged('/x/tsopenssl.node: invalid ELF header'),
    linux,
    /the binary is for another platform; install again on this one/,
  ],
  'node without the right to load addons': [
    packaged('Cannot load native addon because loading addons is disabled.'),
    linux,
    /node was started without the right to load addons \(--no-addons, or --permission without --allow-addons\)/,
  ],
  'a file system that is mounted noexec': [
    packaged('/x/tsopenssl.node: failed to map segment from shared object'),
    linux,
    /mounted noexec; install elsewhere/,
  ],
  'a binary of another release': [
    packaged('it belongs to another release of tsopenssl: wanted interface 1, got 2'),
    linux,
    /install tsopenssl and its platform package in one version/,
  ],
  'anything else': [packaged('mystery'), linux, /install tsopenssl again, or build it from source/],
};

for (const [title, [attempt, circumstances, advice]] of Object.entries(rows)) {
  test(`says what to do about ${title}`, (t) => {
    const error = explainAttempts([notBuilt, attempt], circumstances);
    t.is(error.code, 'ERR_TSOPENSSL_NOT_LOADED');
    t.true(
      error.message.startsWith(
        `no binary of tsopenssl could be loaded on ${circumstances.platform}; tried\n`,
      ),
    );
    t.true(error.message.includes(`\n  - ${notBuilt.place}: it was not built\n`));
    const [message] = attempt.cause.message.split('\r\n');
    t.true(error.message.includes(`\n  - ${attempt.place}: ${message}\n`));
    t.regex(error.message.slice(error.message.indexOf('What to do:')), advice);
  });
}

test('carries the cause of the attempt that found a file, and none where there was no file', (t) => {
  const found = packaged('mystery');
  t.is(explainAttempts([notBuilt, found], linux).cause, found.cause);
  t.is(explainAttempts([notBuilt, packaged('the package is not installed', true)], linux).cause, undefined);
});

test('gives a binary that is not isolated a code of its own', (t) => {
  const cause = Object.assign(new Error('tsopenssl is not isolated'), { code: 'ERR_TSOPENSSL_NOT_ISOLATED' });
  const error = explainAttempts([notBuilt, { ...packaged(''), cause }], linux);
  t.is(error.code, 'ERR_TSOPENSSL_NOT_ISOLATED');
  t.regex(error.message, /link a static libcrypto; build it from source/);
});
