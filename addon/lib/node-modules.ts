// Modules of node that few of our functions need, loaded when they are first used: node:crypto and node:net take as long to
// load as half of this package.

export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

export function nodeOs(): typeof import('node:os') {
  return process.getBuiltinModule('node:os');
}

export function nodeNet(): typeof import('node:net') {
  return process.getBuiltinModule('node:net');
}
