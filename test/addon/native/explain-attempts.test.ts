import test from 'ava';
import { type Attempt, explainAttempts, type Machine } from '../../../addon/lib/native/explain-attempts.ts';
import { OpenSSLError } from '../../../addon/lib/openssl-error.ts';

const linux: Machine = { platform: 'linux', arch: 'x64', isMusl: false };
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
const rows: Readonly<Record<string, readonly [Attempt, Machine, RegExp]>> = {
  'optional dependencies were left out': [
    packaged('the package is not installed', true),
    linux,
    /install again with optional dependencies: .*--omit=optional.*npm install --include=optional @tsopenssl\/linux-x64/,
  ],
  'a platform without a ready-made binary': [
    packaged('the package is not installed', true),
    { platform: 'freebsd', arch: 'arm64', isMusl: false },
    /there is no ready-made binary for freebsd-arm64 \(there is one for linux-x64\); build it from source: npm install node-gyp/,
  ],
  'a Linux without glibc': [
    packaged('Error loading shared library ld-linux-x86-64.so.2: No such file or directory'),
    { ...linux, isMusl: true },
    /this Linux has no glibc, which the ready-made binary needs; build it from source/,
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

for (const [title, [attempt, machine, advice]] of Object.entries(rows)) {
  test(`says what to do about ${title}`, (t) => {
    const error = explainAttempts([notBuilt, attempt], machine);
    t.true(error instanceof OpenSSLError);
    t.is(error.code, 'ERR_TSOPENSSL_NOT_LOADED');
    t.true(
      error.message.startsWith(
        `no binary of tsopenssl could be loaded on ${machine.platform}-${machine.arch}; tried\n`,
      ),
    );
    t.true(error.message.includes(`\n  - ${notBuilt.place}: it was not built\n`));
    t.true(error.message.includes(`\n  - ${attempt.place}: ${attempt.cause.message}\n`));
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
