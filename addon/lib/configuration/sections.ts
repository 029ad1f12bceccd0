// What the sections of a configuration ask for: providers, and engines that would not work.

import type path from 'node:path';
import type { NativeSections } from '../native/binding.ts';

/** A provider that a configuration activates. */
export interface ActivatedProvider {
  readonly name: string;
  /** The section that activates it. */
  readonly section: string;
  /** Library that it names. */
  readonly module: string | undefined;
  /** The file says that it may be missing. */
  readonly isOptional: boolean;
}

/** Built into libcrypto: their `module` is not looked at. */
const builtInProviders: readonly string[] = ['default', 'base', 'null', 'legacy'];

/** Engines inside libcrypto. Any other is a library that was linked to another OpenSSL and would be handed our pointers. */
const builtInEngines: readonly string[] = ['rdrand', 'padlock', 'afalg', 'devcrypto', 'openssl'];

const truths: readonly string[] = ['1', 'yes', 'YES', 'true', 'TRUE', 'on', 'ON'];

type Entries = readonly (readonly [string, string])[];

function entriesOf(sections: NativeSections, name: string): Entries {
  return sections.find(([each]) => each === name)?.[1] ?? [];
}

/** The section of `openssl_conf`, which lists the modules to configure; undefined where the file has none. */
export function findInitSection(sections: NativeSections): string | undefined {
  return entryValue(entriesOf(sections, 'default'), 'openssl_conf');
}

/** The last entry of that name; `1.activate` counts as `activate`. */
function entryValue(entries: Entries, name: string): string | undefined {
  return entries.findLast(([each]) => each.slice(each.indexOf('.') + 1) === name)?.[1];
}

/** Names and sections of what a module lists, such as the providers of `providers = provider_sect`. */
function listedBy(sections: NativeSections, module: string): Entries {
  const init = entriesOf(sections, findInitSection(sections) ?? '');
  return init
    .filter(([name]) => name.replace(/\.[^.]*$/, '') === module)
    .flatMap(([, section]) => entriesOf(sections, section))
    .map(([name, section]) => [name.slice(name.indexOf('.') + 1), section] as const);
}

/** The providers that loading the configuration activates. */
export function findActivatedProviders(sections: NativeSections): ActivatedProvider[] {
  return listedBy(sections, 'providers').flatMap(([listed, section]) => {
    const entries = entriesOf(sections, section);
    if (!truths.includes(entryValue(entries, 'activate') ?? '')) return [];
    return [
      {
        name: entryValue(entries, 'identity') ?? listed,
        section,
        module: entryValue(entries, 'module'),
        isOptional: truths.includes(entryValue(entries, 'soft_load') ?? ''),
      },
    ];
  });
}

/**
 * Whether algorithms that everybody needs could be missing: other providers are activated than the default one, or properties
 * choose among what there is.
 */
export function mayLackAlgorithms(
  sections: NativeSections,
  providers: readonly Pick<ActivatedProvider, 'name'>[],
): boolean {
  if (listedBy(sections, 'alg_section').length > 0) return true;
  return providers.length > 0 && !providers.some(({ name }) => name === 'default');
}

/** Where and how OpenSSL looks for the libraries of providers. */
export interface ModuleSearch {
  /** OPENSSL_MODULES, or the folder that is compiled in or registered; undefined where there is none. */
  readonly folder: string | undefined;
  /** What it adds to a bare name, such as `.so`. */
  readonly extension: string;
  /** The system's paths. */
  readonly paths: Pick<path.PlatformPath, 'isAbsolute' | 'basename' | 'join'>;
}

/**
 * The library of a provider, where OpenSSL will look for it; undefined where it is built in.
 * @throws {RangeError} the name is relative, and there is no folder of modules: Windows would look in the working folder
 */
export function findProviderLibrary(provider: ActivatedProvider, search: ModuleSearch): string | undefined {
  const { name, module } = provider;
  if (builtInProviders.includes(name)) return undefined;
  const file = module ?? (search.paths.basename(name) === name ? `${name}${search.extension}` : name);
  if (search.paths.isAbsolute(file)) return file;
  if (search.folder !== undefined) return search.paths.join(search.folder, file);
  throw new RangeError(
    `wanted an absolute path for the library of provider ${name}, got ${file}: there is no folder of modules (OPENSSL_MODULES)`,
  );
}

/** Engines that the configuration asks for and that cannot work in this addon. */
export function findForeignEngines(sections: NativeSections): string[] {
  return listedBy(sections, 'engines').flatMap(([listed, section]) => {
    const entries = entriesOf(sections, section);
    const id = entryValue(entries, 'engine_id') ?? listed;
    const isForeign = !builtInEngines.includes(id) || entryValue(entries, 'dynamic_path') !== undefined;
    return isForeign ? [id] : [];
  });
}
