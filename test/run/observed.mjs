// Adds what the runner needs to a configuration of ava. Plain JavaScript, since ava reads its configuration without tsx.
// Without the runner (`npx ava FILE`) nothing is added.

import { tsImport } from 'tsx/esm/api';

/** @param {object} config */
export async function observed(config) {
  if (process.env.TSOPENSSL_TEST_RUN === undefined) return config;
  const { observe } = await tsImport('./observe.ts', import.meta.url);
  return { ...config, ...observe(process.env.TSOPENSSL_TEST_RUN) };
}
