// What `npm run test:asan` runs, by way of test/sanitizer/cli.ts: the tests of the API, in processes under the sanitizers.

import path from 'node:path';

const { TSOPENSSL_TEST_LIBASAN: libasan = '', TSOPENSSL_TEST_MODULES: modules = '' } = process.env;
const suppressions = path.join(import.meta.dirname, 'test/sanitizer/node-leaks.txt');

// biome-ignore lint/style/noDefaultExport: ava reads the default export
export default {
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  environmentVariables: {
    TSOPENSSL_TEST_MODULES: modules,
    // only in what runs tests: a shell under LeakSanitizer has leaks of its own
    LD_PRELOAD: libasan,
    // 77 tells a report from whatever else may have failed; what is too large for the allocator is so without a sanitizer too
    ASAN_OPTIONS: 'detect_leaks=1:exitcode=77:allocator_may_return_null=1:strict_string_checks=1',
    LSAN_OPTIONS: `suppressions=${suppressions}:print_suppressions=0`,
  },
  workerThreads: false,
  concurrency: 2,
  timeout: '20m',
  files: [
    'test/sanitizer/**/*.test.ts',
    'test/fuzz/**/*.test.ts',
    'test/addon/*.test.ts',
    'test/addon/crypto/**/*.test.ts',
    'test/addon/ssl/**/*.test.ts',
    'test/addon/{tls,tsafe}/**/*.test.ts',
    'test/addon/configuration/load-configuration.test.ts',
    'test/addon/native/binding.test.ts',
    // these make binaries of their own, or compare the shipped one with the command line
    '!test/addon/build-from-source.test.ts',
    '!test/addon/cli.test.ts',
    '!test/addon/debug.test.ts',
    '!test/addon/info.test.ts',
    '!test/addon/isolation.test.ts',
    // the sanitizer keeps what is freed for a while
    '!test/addon/ssl/growth.test.ts',
    // and these load none
    '!test/addon/{describe-value,distribution-version,nearest,openssl-error,platform-packages}.test.ts',
  ],
};
