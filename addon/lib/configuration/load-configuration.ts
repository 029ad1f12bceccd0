// Loads openssl.cnf into the addon's OpenSSL, once in a process: what OPENSSL_CONF names, or the default file if the
// administrator alone can change it. OpenSSL itself is kept from loading anything (OPENSSL_INIT_NO_LOAD_CONFIG).

import type { AppliedConfiguration, NativeBinding } from '../native/binding.ts';
import { describeQueue, OpenSSLError, type QueuedError } from '../openssl-error.ts';
import { trace } from '../trace.ts';
import { UnusableConfiguration } from './flatten.ts';
import {
  type ConfigurationEnvironment,
  chooseFile,
  type PreparedConfiguration,
  placeOfEntry,
  prepareConfiguration,
  textOf,
  type WantedFile,
} from './prepare.ts';

/** Which configuration was loaded, or why none was. */
export interface ConfigurationReport {
  /** The file, as it was named; null where none was to be loaded. */
  readonly path: string | null;
  /** Who named it: OPENSSLDIR as compiled in, the variable, or nobody, since the variable is empty. */
  readonly source: 'default' | 'OPENSSL_CONF' | 'none';
  /** Whether that file is in force. */
  readonly loaded: boolean;
  /** One sentence: what happened. */
  readonly reason: string;
  /** Every file that was read, includes as well. */
  readonly files: readonly string[];
  /** What was left out, and why. */
  readonly ignored: readonly string[];
}

/** What the first load of the process leaves for the others: worker threads share its OpenSSL, hence its configuration. */
interface LoadRecord {
  readonly wanted: WantedFile;
  readonly prepared: PreparedConfiguration | undefined;
  /** Why nothing is loaded. */
  readonly reason: string | undefined;
  /** The default file is broken: a warning. */
  readonly isBroken: boolean;
}

/**
 * Loads the configuration, or answers what the process's first load did.
 * @throws {OpenSSLError} ERR_OPENSSL_CONFIG: the file that OPENSSL_CONF names is broken, or a provider that it activates is
 *   not available; or the default file left OpenSSL without any algorithm
 */
export function loadConfiguration(
  native: NativeBinding,
  environment: ConfigurationEnvironment,
): ConfigurationReport {
  return settle(native, native.appliedConfiguration() ?? apply(native, environment));
}

function apply(native: NativeBinding, environment: ConfigurationEnvironment): AppliedConfiguration {
  const variables = native.isSecureExecution() ? {} : environment;
  const wanted = chooseFile(variables, native.defaultPaths().area);
  const record = prepare(native, wanted, variables);
  const { prepared } = record;
  const text = prepared === undefined ? Buffer.alloc(0) : textOf(prepared.flat);
  const libraries = (prepared?.providers ?? []).flatMap(({ library }) => library ?? []);
  return native.applyConfiguration(text, libraries, JSON.stringify(record));
}

function prepare(native: NativeBinding, wanted: WantedFile, variables: ConfigurationEnvironment): LoadRecord {
  const nothing = (reason: string, isBroken = false): LoadRecord => ({
    wanted,
    prepared: undefined,
    reason,
    isBroken,
  });
  if (wanted.path === null) {
    return nothing(
      wanted.source === 'none'
        ? 'OPENSSL_CONF is empty, so nothing was loaded'
        : 'no default directory is registered on this machine, so nothing was loaded',
    );
  }
  try {
    const prepared = prepareConfiguration(native, wanted.path, {
      mustBeTrusted: wanted.source === 'default',
      includeDir: variables.OPENSSL_CONF_INCLUDE,
    });
    return { wanted, prepared, reason: undefined, isBroken: false };
  } catch (error) {
    if (!(error instanceof UnusableConfiguration)) throw error;
    if (wanted.source === 'OPENSSL_CONF') throw configurationError(wanted, [error.message], []);
    return nothing(error.message, error.kind === 'broken');
  }
}

function configurationError(
  wanted: WantedFile,
  problems: readonly string[],
  queue: readonly QueuedError[],
): OpenSSLError {
  const advice =
    wanted.source === 'default'
      ? 'mend the file, or set OPENSSL_CONF to another one (empty: none)'
      : 'mend the file, or set OPENSSL_CONF to another one (empty: none) before tsopenssl is loaded';
  return new OpenSSLError(`the configuration cannot be used: ${problems.join('; ')}; ${advice}`, queue, {
    code: 'ERR_OPENSSL_CONFIG',
  });
}

function settle(native: NativeBinding, applied: AppliedConfiguration): ConfigurationReport {
  const record = JSON.parse(applied.record) as LoadRecord;
  const { wanted, prepared } = record;
  const problems = [...applyProblems(record, applied), ...providerProblems(native, record, applied)];
  const isUseless = prepared?.mayLackAlgorithms === true && !native.isDigestAvailable('SHA2-256');
  if (isUseless) problems.push(`${wanted.path}: no algorithm is available with it, not even SHA2-256`);
  if (problems.length > 0 && (wanted.source !== 'default' || isUseless)) {
    throw configurationError(wanted, problems, applied.queue);
  }
  const reason = problems.length > 0 ? problems.join('; ') : (record.reason ?? `${wanted.path} was loaded`);
  if (applied.first && (record.isBroken || problems.length > 0)) {
    process.emitWarning(`the default configuration of OpenSSL was not used in full: ${reason}`, {
      type: 'TsopensslWarning',
      code: 'TSOPENSSL_CONFIG',
    });
  }
  trace(`configuration: ${reason}${applied.first ? '' : ', by another thread of this process'}`);
  const { files, ignored } = prepared?.flat ?? { files: [], ignored: [] };
  const loaded = prepared !== undefined && problems.length === 0;
  return { path: wanted.path, source: wanted.source, loaded, reason, files, ignored };
}

function applyProblems(
  { wanted, prepared }: LoadRecord,
  { succeeded, queue }: AppliedConfiguration,
): string[] {
  if (succeeded) return [];
  const module = queue.map(({ data }) => /module=([^,]+)/.exec(data)?.[1]).find((name) => name !== undefined);
  const place =
    prepared?.initSection === undefined || module === undefined
      ? wanted.path
      : placeOfEntry(prepared.flat, prepared.initSection, module);
  return [`${place}: ${describeQueue(queue)}`];
}

/** Loading answers success for a provider whose library is missing: what is activated must be looked for. */
function providerProblems(
  native: NativeBinding,
  { prepared }: LoadRecord,
  applied: AppliedConfiguration,
): string[] {
  if (prepared === undefined) return [];
  const causes = applied.moduleErrors.length === 0 ? '' : ` (${applied.moduleErrors.join('; ')})`;
  return prepared.providers
    .filter(({ name, isOptional }) => !isOptional && !native.isProviderAvailable(name))
    .map(({ name, section }) => {
      const place = placeOfEntry(prepared.flat, section, 'activate');
      return `${place}: provider ${name} is not available${causes}`;
    });
}
