// Configure's options, each with its reason: those of every recipe, and those of a platform.

/** One option of Configure and why it is set. */
export interface ConfigureOption {
  readonly name: string;
  readonly reason: string;
}

/** What npm and Node call an operating system. */
type OperatingSystem = 'linux' | 'darwin' | 'win32';

type OptionsByPlatform = Readonly<Record<OperatingSystem, readonly ConfigureOption[]>>;

/** Algorithms that this distribution leaves out. */
export const excludedOptions: readonly ConfigureOption[] = [
  { name: 'no-idea', reason: 'IDEA: a 64-bit block cipher that no current protocol uses' },
  { name: 'no-mdc2', reason: 'MDC2: a hash on DES, long superseded' },
  { name: 'no-rc5', reason: 'RC5: a cipher, once patented, that no current protocol uses' },
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

const stackProtector: ConfigureOption = {
  name: '-fstack-protector-strong',
  reason: 'a smashed stack ends the process instead of running what is on it',
};

const stripped: ConfigureOption = {
  name: '-Wl,-s',
  reason: 'no symbol table and no debug sections in what is shipped',
};

/** Options and flags of a platform, beside the ones that OpenSSL chooses for it; flags of the linker begin with `-Wl,`. */
export const platformOptions: OptionsByPlatform = {
  linux: [
    { name: 'enable-pie', reason: 'the command line can be loaded at a random address' },
    stackProtector,
    {
      name: '-D_FORTIFY_SOURCE=2',
      reason: "glibc's bounds checks where the compiler knows the size of a buffer",
    },
    {
      name: '-Wl,-rpath,\\$$ORIGIN/../lib',
      reason:
        'the command line finds its own libraries wherever the tree is unpacked (quoted for make and sh)',
    },
    { name: '-Wl,-z,relro', reason: 'relocated data is read-only once the library is loaded' },
    {
      name: '-Wl,-z,now',
      reason: 'symbols are bound at load, so that the table of addresses can be read-only too',
    },
    { name: '-Wl,-z,noexecstack', reason: 'no code runs on the stack' },
    stripped,
  ],
  darwin: [
    stackProtector,
    {
      name: '-Wl,-rpath,@loader_path/../lib',
      reason: 'the command line finds its own libraries wherever the tree is unpacked',
    },
    { name: '-Wl,-x', reason: 'no local symbols in what is shipped' },
    {
      name: '-Wl,-adhoc_codesign',
      reason: 'every page has a digest on Intel as well: without it the linker signs for arm64 alone',
    },
  ],
  win32: [
    {
      name: '-DOSSL_WINCTX=tsopenssl',
      reason:
        'the directories come from HKLM, which an installer writes and no user can: a folder compiled in could be made by anybody',
    },
    {
      name: '-Wl,--no-insert-timestamp',
      reason: 'the time of linking would make every build another one',
    },
    { name: '-Wl,--dynamicbase', reason: 'the code can be loaded at a random address' },
    { name: '-Wl,--high-entropy-va', reason: 'that address is taken from all 64 bits' },
    { name: '-Wl,--nxcompat', reason: 'no code runs in data' },
    stripped,
  ],
};
