// What `require('tsopenssl')` gets, for the compiler: the same as `import`. The JavaScript is index.ts, joined with all that it
// imports (build/steps/library.ts).

export * from './index.ts';
