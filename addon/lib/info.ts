// `info()`: everything about the OpenSSL in use that a bug report or an operator needs, on one page.

import { compiledIn } from './compiled-in.ts';
import type { ConfigurationReport } from './configuration/load-configuration.ts';
import { bindingPath, configuration, native } from './native.ts';
import { type Version, version } from './version.ts';

/** A folder or file that OpenSSL uses, and who says so. */
export interface Setting {
  /** null where there is none: on Windows, before an installer has registered one. */
  readonly path: string | null;
  /** Name of the environment variable that sets it, or `default` for what is compiled in or registered. */
  readonly source: string;
}

/** A provider of algorithms that is loaded. */
export interface Provider {
  /** `default`, `legacy`, `fips`, or what the configuration calls it. */
  readonly name: string;
  /** What it says of itself; null where it says nothing. */
  readonly version: string | null;
  /** The library that it was built with, as it says; null where it says nothing. */
  readonly buildInfo: string | null;
  /** In working order, as the provider itself says. */
  readonly status: 'running' | 'not running';
  /** Asked when algorithms are looked up. */
  readonly active: boolean;
}

/** What {@link info} answers. Plain data, ready for JSON. */
export interface Info {
  /** As {@link version}. */
  readonly version: Version;
  /** Where OpenSSL looks for what. */
  readonly directories: {
    /** OPENSSLDIR. */
    readonly openssl: Setting;
    /** MODULESDIR: provider libraries. */
    readonly modules: Setting;
    /** ENGINESDIR. */
    readonly engines: Setting;
    /** Folder of trusted certificates, by hash. */
    readonly certificates: Setting;
    /** File of trusted certificates. */
    readonly certificateFile: Setting;
    /** Folder of private keys. */
    readonly private: Setting;
  };
  /** Which openssl.cnf is in force, or why none is. */
  readonly configuration: ConfigurationReport;
  /** Every provider that is loaded. */
  readonly providers: readonly Provider[];
  /** How OpenSSL was built. */
  readonly build: {
    /** Compiler and flags of OpenSSL. */
    readonly compiler: string;
    /** When OpenSSL was built, or its release's time. */
    readonly date: string;
    /** Configure's name of the target. */
    readonly platform: string;
    /** Instruction sets in use. */
    readonly cpu: string;
  };
  /** The binary that holds it. */
  readonly addon: {
    /** Absolute path of the binary. */
    readonly path: string;
    /** Where the binary is mapped. */
    readonly base: string;
    /** Every function of OpenSSL that was checked lies in the binary; the addon does not load otherwise. */
    readonly isolated: boolean;
    /** The functions that were checked. */
    readonly checked: readonly string[];
  };
}

/**
 * Describes the OpenSSL in use. Reads the environment anew at each call, as OpenSSL does; the configuration and the
 * isolation are what they were when the addon was loaded.
 */
export function info(): Info {
  const paths = native.defaultPaths();
  const { file, base, functions } = native.isolation();
  return {
    version,
    directories: {
      openssl: { path: folder(version.OPENSSL_DIR), source: 'default' },
      modules: setting('OPENSSL_MODULES', folder(version.OPENSSL_MODULES_DIR)),
      engines: setting('OPENSSL_ENGINES', folder(version.OPENSSL_ENGINES_DIR)),
      certificates: setting(paths.certDirVariable, paths.certDir),
      certificateFile: setting(paths.certFileVariable, paths.certFile),
      private: { path: paths.privateDir ?? null, source: 'default' },
    },
    configuration,
    providers: native.providers().map((provider) => ({
      name: provider.name,
      version: provider.version ?? null,
      buildInfo: provider.buildInfo ?? null,
      status: provider.running ? 'running' : 'not running',
      active: native.isProviderAvailable(provider.name),
    })),
    build: {
      compiler: afterColon(version.OPENSSL_CFLAGS),
      date: afterColon(version.OPENSSL_BUILT_ON),
      platform: afterColon(version.OPENSSL_PLATFORM),
      cpu: afterColon(version.OPENSSL_CPU_INFO),
    },
    addon: {
      path: bindingPath,
      base,
      isolated: file !== '' && functions.every((each) => each.base === base),
      checked: functions.map(({ name }) => name),
    },
  };
}

function setting(variable: string, standard: string | null | undefined): Setting {
  const value = native.environmentVariable(variable);
  return value === undefined
    ? { path: standard ?? null, source: 'default' }
    : { path: value, source: variable };
}

function folder(kind: number): string | null {
  return compiledIn(native.libraryVersion(kind)) ?? null;
}

/** `platform: linux-x86_64` → `linux-x86_64`. */
function afterColon(kind: number): string {
  return native.libraryVersion(kind).replace(/^[^:]*: */, '');
}
