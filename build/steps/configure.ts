// The command line of OpenSSL's Configure: pure functions of recipe and target.

import { platformOptions } from '../../openssl-config/options.ts';
import type { OpenSSLRecipe, Target } from '../types.ts';

/**
 * Where `make install` puts the prefix, below DESTDIR. On Linux, Configure takes a path of Windows for a relative one, so for
 * Windows this is a folder that stands for the real one; it is recorded nowhere, since with OSSL_WINCTX the directories come
 * from the registry.
 */
export function installedPrefix(target: Target): string {
  return target.os === 'win32' ? '/tsopenssl' : target.prefix;
}

/** Arguments of `perl Configure`, in the order that `openssl info -configure` style listings show them. */
export function configureArguments(recipe: OpenSSLRecipe, target: Target): readonly string[] {
  const { compilers } = target;
  return [
    target.configure,
    ...(compilers.kind === 'mingw' ? [`--cross-compile-prefix=${compilers.prefix}`] : []),
    `--prefix=${installedPrefix(target)}`,
    `--openssldir=${target.os === 'win32' ? '/tsopenssl/ssl' : target.directories.openssldir}`,
    '--libdir=lib',
    ...recipe.options,
    ...platformOptions[target.os].map(({ name }) => name),
  ];
}
