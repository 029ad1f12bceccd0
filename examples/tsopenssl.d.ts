// Lets the examples, which import the installed package, be checked against its sources.

declare module 'tsopenssl' {
  export const caBundle: typeof import('../addon/lib/ca-bundle.ts');
}
