// What `npm test` runs: everything of this machine's target.

import { observed } from './test/run/observed.mjs';

// biome-ignore lint/style/noDefaultExport: ava reads the default export
export default await observed({
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 2,
  timeout: '20m',
  files: ['test/**/*.test.ts', '!test/full', '!test/sanitizer', '!test/targets'],
});
