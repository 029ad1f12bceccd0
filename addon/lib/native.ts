// Loading this module loads the addon: its binary, and OpenSSL's configuration. Everything that calls OpenSSL imports it.

import { loadConfiguration } from './configuration/load-configuration.ts';
import { loadBinding } from './native/load-binding.ts';

const { native, path } = loadBinding();

export { native };

/** Absolute path of the binary that was loaded. */
export const bindingPath = path;

/** What became of openssl.cnf. */
export const configuration = loadConfiguration(native, process.env);
