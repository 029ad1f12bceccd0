// The types that every part of the builder shares. Data only: nothing here has behaviour.

/** A platform that artifacts are made for. */
export type TargetId =
  | 'linux-x64'
  | 'linux-arm64'
  | 'linuxmusl-x64'
  | 'darwin-arm64'
  | 'darwin-x64'
  | 'darwin-universal'
  | 'win32-x64';

/** What `--format` chooses among. Development files come in the same formats. */
export type Format = 'tar.xz' | 'deb' | 'rpm' | 'pkg' | 'exe' | 'msi' | 'zip' | 'npm' | 'ca-bundles';

/** Which compilers make a target: those that its recipe names, or the machine's own. */
export type ToolchainId = 'recipe' | 'host';

/** An OpenPGP detached signature and the key that must have made it. */
export interface SignatureSpec {
  /** File name of the detached signature, beside the source in every mirror. */
  readonly fileName: string;
  /** Addresses of the signature, in the order of the source's `urls`. */
  readonly urls: readonly string[];
  /** File name of the armoured public key in `recipes/keys/`. */
  readonly keyFile: string;
  /** Full fingerprint of that key, upper-case hex without blanks. */
  readonly fingerprint: string;
}

/** A file to fetch. The digest decides, never the place. */
export interface Source {
  /** The name in the cache and in a mirror folder. */
  readonly fileName: string;
  /** Upstream's own release addresses, tried in order. */
  readonly urls: readonly string[];
  /** Path below a Debian mirror's root, such as `pool/main/o/openssl/x.tar.gz`; the mirror is read from apt. */
  readonly debianPath?: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly signature?: SignatureSpec;
}

/** A package of the npm registry that serves as a tool; npm's own client finds the registry. */
export interface NpmPin {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity as npm prints it: `sha512-…`. */
  readonly integrity: string;
}

/** One line of OpenSSL. */
export interface OpenSSLRecipe {
  readonly version: string;
  readonly source: Source;
  /** Name of the only folder in the archive. */
  readonly folder: string;
  /** Options for Configure that are the same on every target, each explained in `openssl-config/options.ts`. */
  readonly options: readonly string[];
  /** SPDX expression of the licence. */
  readonly licence: string;
  /** The licence's text in the archive, which ships with the binaries. */
  readonly licenceFile: string;
}

/** Mozilla's list of root certificates. */
export interface CertdataRecipe {
  /** Version of NSS's root module, such as `2.74`. */
  readonly version: string;
  /** Version of NSS that the file came with. */
  readonly nssVersion: string;
  readonly source: Source;
  /** Path of certdata.txt in the archive. */
  readonly member: string;
  /** SHA-256 of that member, lower-case hex. */
  readonly memberSha256: string;
  readonly licence: string;
}

/** The compilers that a target's recipe names. */
export type Compilers =
  /** zig with its own C library stubs; the triple holds the floor of glibc. */
  | { readonly kind: 'zig'; readonly triple: string }
  /** clang and lld for C, zig for C++, against the declarations of macOS that zig brings. */
  | { readonly kind: 'clang'; readonly triple: string; readonly zigTriple: string }
  /** gcc for Windows; the prefix of its programs' names, with the hyphen. */
  | { readonly kind: 'mingw'; readonly prefix: string }
  /** The compilers of the machine that builds, for itself. */
  | { readonly kind: 'host' }
  /** Nothing is compiled: the binaries of other targets are joined, architecture by architecture. */
  | { readonly kind: 'joined'; readonly parts: readonly TargetId[] };

/** What all platforms have in common. */
interface TargetBase {
  readonly id: TargetId;
  /** OpenSSL's name for it, first argument of Configure. */
  readonly configure: string;
  readonly compilers: Compilers;
  /** What the dynamic loader may be asked for, beside the distribution's own libraries. */
  readonly allowedLibraries: readonly string[];
  /** Where packages of the platform install: parent of bin/, lib/, ssl/. In the platform's own notation. */
  readonly prefix: string;
  /** The default directories that are compiled in. */
  readonly directories: {
    readonly openssldir: string;
    readonly modulesdir: string;
    readonly enginesdir: string;
  };
  /** OpenSSL's own binaries, as paths below the prefix. */
  readonly binaries: {
    readonly command: string;
    readonly libcrypto: string;
    readonly libssl: string;
  };
  /** npm's words. */
  readonly npm: {
    readonly packageName: string;
    readonly os: string;
    readonly cpu: readonly string[];
    readonly libc?: 'glibc' | 'musl';
  };
}

export interface LinuxTarget extends TargetBase {
  readonly os: 'linux';
  /** The oldest glibc that the files run on, such as `2.17`; undefined for musl. */
  readonly glibcFloor: string | undefined;
  /** ELF `e_machine`. */
  readonly elfMachine: number;
  /** The dynamic loader, `PT_INTERP` of the command line. */
  readonly loader: string;
  /** Debian's and rpm's names of the architecture; undefined where there is no such package. */
  readonly debArchitecture: string | undefined;
  readonly rpmArchitecture: string | undefined;
}

export interface MacTarget extends TargetBase {
  readonly os: 'darwin';
  /** Apple's names, in the order of a universal file. */
  readonly architectures: readonly ('arm64' | 'x86_64')[];
  /** The oldest macOS that the files run on, such as `11.0`. */
  readonly minimumSystem: string;
}

export interface WindowsTarget extends TargetBase {
  readonly os: 'win32';
  /** `Machine` of the PE file header. */
  readonly peMachine: number;
  /** The oldest Windows that the files run on, as `major.minor`: `10.0`. */
  readonly minimumSystem: string;
}

/** One platform: what the compiler, the packagers and the validator must know about it. */
export type Target = LinuxTarget | MacTarget | WindowsTarget;

interface EntryBase {
  /** Path below the prefix, forward slashes, no leading slash: `bin/openssl`. */
  readonly path: string;
  /** Permission bits: 0o644 or 0o755. */
  readonly mode: number;
}

export interface FileEntry extends EntryBase {
  readonly type: 'file';
  /** Absolute path of the content. */
  readonly source: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface DirectoryEntry extends EntryBase {
  readonly type: 'directory';
}

export interface LinkEntry extends EntryBase {
  readonly type: 'symlink';
  /** Relative, and inside the prefix. */
  readonly linkTarget: string;
}

export type Entry = FileEntry | DirectoryEntry | LinkEntry;

/**
 * A finished tree of one target, sorted by path in byte order: the only thing that packagers see. There are two, both
 * relative to the same prefix: what users run, and what developers compile and link with.
 */
export interface Stage {
  readonly target: Target;
  readonly entries: readonly Entry[];
  /** The one clock: every time stamp of every artifact, seconds since 1970. */
  readonly epochSeconds: number;
}

/** What packages say about themselves. */
export interface PackageInfo {
  /** `tsopenssl`. */
  readonly name: string;
  readonly apiVersion: string;
  readonly opensslVersion: string;
  /** The two joined: `1.0.0.3.5.7`. */
  readonly distributionVersion: string;
  /** Version inside npm. */
  readonly semver: string;
  /** Version of Mozilla's root module: `2.74`. */
  readonly certdataVersion: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** A paragraph of plain text. */
  readonly description: string;
  readonly homepage: string;
  /** SPDX expression of everything shipped together. */
  readonly licence: string;
  /** `Name <address>`. */
  readonly maintainer: string;
}

/** Makes one artifact out of a stage. */
export interface Packager {
  readonly format: Format;
  /** Programs that it starts, for the manifest and the check for missing packages. */
  readonly tools: readonly string[];
  /** Settings of the environment that change what it writes, such as who signs: part of the step's key. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Finds out before anything is built whether the settings can be met.
   * @throws {BuildError} ERR_USAGE, ERR_PREREQUISITE
   */
  check?(): Promise<void>;
  /** Name of the artifact in dist/. */
  fileName(info: PackageInfo, target: Target): string;
  /**
   * Writes the artifact.
   * @param file - absolute path to write; a folder of the packager's own, so `${file}.work` may be used beside it
   */
  pack(stage: Stage, info: PackageInfo, file: string): Promise<void>;
}
