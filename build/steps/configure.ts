// The command line of OpenSSL's Configure: a pure function of recipe and target.

import { compilerFlags, linkerFlags } from '../../openssl-config/options.ts';
import type { OpenSSLRecipe, Target } from '../types.ts';

/** Arguments of `perl Configure`, in the order that `openssl info -configure` style listings show them. */
export function configureArguments(recipe: OpenSSLRecipe, target: Target): readonly string[] {
  return [
    target.configure,
    `--prefix=${target.prefix}`,
    `--openssldir=${target.directories.openssldir}`,
    '--libdir=lib',
    ...recipe.options,
    ...compilerFlags.map(({ name }) => name),
    ...linkerFlags.map(({ name }) => name),
  ];
}
