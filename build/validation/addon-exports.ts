// What node looks for in an addon, on every platform.

import { type Deviation, listed } from './rule.ts';

const addonExports: readonly string[] = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

/**
 * Exports of an addon beside what node looks for, and what is missing of that.
 * @param got - names of the exported symbols, as C writes them
 */
export function addonExportDeviations(got: readonly string[]): readonly Deviation[] {
  const extra = got.filter((name) => !addonExports.includes(name));
  const missing = addonExports.filter((name) => !got.includes(name));
  const wanted = `exactly ${addonExports.join(', ')}`;
  return [
    ...(extra.length > 0 ? [{ wanted, got: `also ${listed(extra)}` }] : []),
    ...missing.map((name) => ({ wanted, got: `no ${name}` })),
  ];
}
