// Names of files that the small checkout and the program in it agree on.

/** Folder of the small checkout that has the compiled program. */
export const emittedFolder = 'emitted';

/** What the small source is, as JSON. */
export const sourceFile = 'small-source.json';

/** Public key of the small source's signature, beside the archive and in recipes/keys. */
export const keyFile = 'small-source.asc';
