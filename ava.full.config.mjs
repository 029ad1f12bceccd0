// What `npm run full` runs: what takes too long for every day.

import { observed } from './test/run/observed.mjs';

// biome-ignore lint/style/noDefaultExport: ava reads the default export
export default await observed({
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  timeout: '90m',
  // kills of every step of a build, more often than `npm test` does, and over the whole of OpenSSL
  environmentVariables: { TSOPENSSL_TEST_KILLS: '5', TSOPENSSL_TEST_TREE: 'whole' },
  files: ['test/full/**/*.test.ts', 'test/acceptance/builder/killed-*.test.ts'],
});
