// What `npm run test:asan` hands its tests through the environment. Elsewhere it is empty.

/** Folder of node packages with the sanitized binary, and with what else the tests of the sanitizers load. */
export const sanitizedModules: string | undefined = process.env.TSOPENSSL_TEST_MODULES || undefined;

const variables = ['LD_PRELOAD', 'ASAN_OPTIONS', 'LSAN_OPTIONS'] as const;

/** What a process needs in its environment to load that binary: the sanitizer must be its first library. */
export const sanitizerEnvironment: Readonly<Record<string, string>> =
  sanitizedModules === undefined
    ? {}
    : Object.fromEntries(variables.map((name) => [name, process.env[name] ?? '']));

/**
 * The same for a process that ends by process.exit(): V8 does not free its heap then, and keeps the pointers to it where
 * LeakSanitizer does not look, so that all of it would be reported.
 */
export const sanitizerEnvironmentWithoutLeaks: Readonly<Record<string, string>> =
  sanitizedModules === undefined
    ? {}
    : { ...sanitizerEnvironment, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:detect_leaks=0` };
