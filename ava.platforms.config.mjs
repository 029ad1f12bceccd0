// What `npm run test:platforms` runs: the artifacts of every target, on the machine or emulator that runs them.
import { observed } from './test/run/observed.mjs';

// biome-ignore lint/style/noDefaultExport: ava reads the default export
export default await observed({
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 2,
  timeout: '20m',
  files: ['test/targets/**/*.test.ts'],
});
