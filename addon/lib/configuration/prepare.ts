// Everything about a configuration that is decided before OpenSSL is told: which file, whether to trust it, what it says.

import path from 'node:path';
import { compiledIn, OPENSSL_MODULES_DIR } from '../compiled-in.ts';
import type { NativeBinding, NativeSections } from '../native/binding.ts';
import { describeQueue, type QueuedError } from '../openssl-error.ts';
import { trace } from '../trace.ts';
import {
  type FlatConfiguration,
  flatten,
  type Place,
  placeOfLine,
  placesOfEntries,
  UnusableConfiguration,
} from './flatten.ts';
import { trustedReader } from './late-read-trusted-windows.ts';
import { MAX_SIZE_BYTES, type Reader, readNamed, readTrusted } from './read-file.ts';
import {
  type ActivatedProvider,
  findActivatedProviders,
  findForeignEngines,
  findInitSection,
  findProviderLibrary,
  mayLackAlgorithms,
} from './sections.ts';

/** Which file is to be loaded, and who says so. */
export interface WantedFile {
  /** null where there is nothing to load. */
  readonly path: string | null;
  readonly source: 'default' | 'OPENSSL_CONF' | 'none';
}

/** A provider that must be there after loading. */
interface WantedProvider extends ActivatedProvider {
  /** Its library, absolute; undefined where it is built in. */
  readonly library: string | undefined;
}

/** A configuration that OpenSSL's parser took. Plain data, ready for JSON. */
export interface PreparedConfiguration {
  readonly flat: FlatConfiguration;
  readonly providers: readonly WantedProvider[];
  /** The section of `openssl_conf`; undefined where there is none. */
  readonly initSection: string | undefined;
  /** Whether algorithms that everybody needs could be missing with it. */
  readonly mayLackAlgorithms: boolean;
}

/** The part of the environment that says what to load. */
export interface ConfigurationEnvironment {
  readonly OPENSSL_CONF?: string | undefined;
  readonly OPENSSL_CONF_INCLUDE?: string | undefined;
}

/**
 * The file that OPENSSL_CONF names, else openssl.cnf in OPENSSLDIR. An empty OPENSSL_CONF means no file.
 * @param area - OPENSSLDIR, as compiled in or, on Windows, registered; undefined where it is not
 */
export function chooseFile(environment: ConfigurationEnvironment, area: string | undefined): WantedFile {
  const named = environment.OPENSSL_CONF;
  if (named === '') return { path: null, source: 'none' };
  if (named !== undefined) return { path: named, source: 'OPENSSL_CONF' };
  return { path: area === undefined ? null : path.join(area, 'openssl.cnf'), source: 'default' };
}

/**
 * Reads, checks and parses a file, without any effect on OpenSSL.
 * @throws {UnusableConfiguration} missing, not trusted or broken; the message has file and line
 */
export function prepareConfiguration(
  native: NativeBinding,
  file: string,
  options: { readonly mustBeTrusted: boolean; readonly includeDir: string | undefined },
): PreparedConfiguration {
  const flat = flatten(file, {
    read: options.mustBeTrusted ? trustingReader(native) : readNamed,
    expand: (lines, section, value) => expand(native, lines, section, value),
    includeDir: options.includeDir,
    paths: path,
  });
  for (const note of flat.ignored) trace(`${note}; left out`);
  const sections = parse(native, flat);
  const engines = findForeignEngines(sections);
  if (engines.length > 0) {
    const names = engines.join(', ');
    throw new UnusableConfiguration(
      `${file}: engine ${names}: an engine is linked to another OpenSSL and cannot work with the one inside the addon; use a provider, or leave the engine out in a file of your own that OPENSSL_CONF names`,
    );
  }
  const providers = findActivatedProviders(sections);
  return {
    flat,
    providers: providers.map((each) => ({ ...each, library: libraryOf(native, each, flat) })),
    initSection: findInitSection(sections),
    mayLackAlgorithms: mayLackAlgorithms(sections, providers),
  };
}

/** The configuration in the bytes that OpenSSL is to read. */
export function textOf({ lines }: FlatConfiguration): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}

/** Where an entry stands, `file:line`; the file alone where that is not known. */
export function placeOfEntry(flat: FlatConfiguration, section: string, name: string): string {
  return placeText(placesOfEntries(flat, section).get(name), flat);
}

function trustingReader({ inspectPath }: NativeBinding): Reader {
  return inspectPath === undefined ? readTrusted : trustedReader(inspectPath, MAX_SIZE_BYTES);
}

/** What OpenSSL adds to the name of a provider (DSO_EXTENSION). */
const moduleExtensions: Readonly<Record<string, string>> = { win32: '.dll', darwin: '.dylib' };

function libraryOf(
  native: NativeBinding,
  provider: ActivatedProvider,
  flat: FlatConfiguration,
): string | undefined {
  try {
    return findProviderLibrary(provider, {
      folder:
        native.environmentVariable('OPENSSL_MODULES') ??
        compiledIn(native.libraryVersion(OPENSSL_MODULES_DIR)),
      extension: moduleExtensions[process.platform] ?? '.so',
      paths: path,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnusableConfiguration(`${placeOfEntry(flat, provider.section, 'activate')}: ${error.message}`);
  }
}

function placeText(place: Place | undefined, { files }: FlatConfiguration): string {
  return place === undefined ? (files[0] ?? '') : `${place.file}:${place.line}`;
}

function parse(native: NativeBinding, flat: FlatConfiguration): NativeSections {
  const parsed = native.parseConfiguration(textOf(flat));
  if ('sections' in parsed) return parsed.sections;
  const place = placeText(placeOfLine(flat, Math.max(parsed.line, 1) - 1), flat);
  throw new UnusableConfiguration(`${place}: ${describeQueue(withoutLines(parsed.queue))}`);
}

/** OpenSSL's own "line N" counts the lines of all files. */
function withoutLines(queue: readonly QueuedError[]): QueuedError[] {
  return queue.map((entry) => ({ ...entry, data: entry.data.replace(/^HERE-->|,?\s*line \d+$/g, '') }));
}

/** Has OpenSSL itself expand a value, by asking for it as an entry of its section. */
function expand(native: NativeBinding, lines: readonly string[], section: string, value: string): string {
  const text = [...lines, `[${section}]`, `tsopenssl_include = ${value}`, ''].join('\n');
  const parsed = native.parseConfiguration(Buffer.from(text, 'latin1'));
  if ('queue' in parsed) throw new UnusableConfiguration(describeQueue(withoutLines(parsed.queue)));
  const entries = parsed.sections.flatMap(([, each]) => each);
  return entries.find(([name]) => name === 'tsopenssl_include')?.[1] ?? '';
}
