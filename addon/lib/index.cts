// What `require('tsopenssl')` gets: the same objects as `import`. It is here for node 22.12, which warns when a program
// requires an ES module by itself, and not when a file inside node_modules does.

export * from './index.ts';
