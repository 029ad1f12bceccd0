// Configure's options that every recipe uses, each with its reason.

/** One option of Configure and why it is set. */
export interface ConfigureOption {
  readonly name: string;
  readonly reason: string;
}

/** Algorithms that this distribution leaves out. */
export const excludedOptions: readonly ConfigureOption[] = [
  { name: 'no-idea', reason: 'IDEA: a 64-bit block cipher that no current protocol uses' },
  { name: 'no-mdc2', reason: 'MDC2: a hash on DES, long superseded' },
  { name: 'no-rc5', reason: 'RC5: a patented cipher that no current protocol uses' },
];

/** What is built and how it is put together. */
export const layoutOptions: readonly ConfigureOption[] = [
  {
    name: 'no-module',
    reason: 'the legacy provider goes into libcrypto: a legacy.so would bind to symbols of node',
  },
  { name: 'no-tests', reason: 'the tests are not shipped; they double the build' },
  { name: 'no-docs', reason: 'the manual pages are not shipped' },
  { name: 'shared', reason: 'shared libraries for the command line, static ones beside them for the addon' },
];
