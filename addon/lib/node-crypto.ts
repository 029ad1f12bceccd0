// Node's own crypto, loaded when it is first used: loading it takes as long as half of this package.

/** The module `node:crypto`. */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}
