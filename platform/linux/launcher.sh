#!/bin/sh
# tsopenssl: starts the command of the folder that this file lies in, wherever that is.
#
# Without Node.js it runs `tsopenssl openssl …` and `tsopenssl ca-bundle path`; everything else is lib/cli.js.

set -eu
unset CDPATH # or cd could go elsewhere

# Links are followed one by one: each may be relative to its own folder.
self=$0
case $self in
*/*) ;;
*) if [ -f "$self" ]; then self=./$self; else self=$(command -v -- "$self"); fi ;;
esac
while [ -L "$self" ]; do
  target=$(command -p readlink -- "$self")
  case $target in
  /*) self=$target ;;
  *) self=${self%/*}/$target ;;
  esac
done
prefix=$(cd -P -- "${self%/*}/.." && pwd -P)
package=$prefix/node_modules/tsopenssl

if [ "${1-}" = openssl ]; then
  shift
  exec "$prefix/bin/openssl" "$@"
fi

# Replaces the shell by the Node.js command. A node that does not even say its version, as one whose OPENSSL_CONF is
# broken, is left to say why.
use_node() {
  command -v node >/dev/null || need_node none
  found=$(node -p process.versions.node 2>/dev/null) || found=
  case $found in
  [0-9].* | 1[0-9].* | 20.[0-9].* | 20.1[0-8].*) need_node "$found" ;;
  esac
  exec node "$package/lib/cli.js" "$@"
}

need_node() {
  printf '%s\n' \
    "tsopenssl: wanted Node.js 20.19 or later, found $1; install it, or put it first in PATH. Without it these work:" \
    '  tsopenssl openssl …' \
    '  tsopenssl ca-bundle path [--purpose any|server|email|codesigning] [--json]' >&2
  exit 1
}

# Prints a bundle's path, or leaves what it does not know to the Node.js command.
print_ca_bundle_path() {
  shift 2
  purpose=any
  json=no
  while [ $# -gt 0 ]; do
    case $1 in
    --json) json=yes ;;
    --purpose=*) purpose=${1#*=} ;;
    --purpose)
      [ $# -gt 1 ] || return 0
      purpose=$2
      shift
      ;;
    *) return 0 ;;
    esac
    shift
  done
  case $purpose in
  any) file=ca-bundle.crt ;;
  server | serverAuthentication) file=ca-bundle-server.crt purpose=serverAuthentication ;;
  email | emailProtection) file=ca-bundle-email.crt purpose=emailProtection ;;
  codesigning | codeSigning) file=ca-bundle-codesigning.crt purpose=codeSigning ;;
  *) return 0 ;;
  esac
  path=$package/ca-bundles/$file
  if [ "$json" = no ]; then
    printf '%s\n' "$path"
    exit
  fi
  case $path in
  *[\"\\[:cntrl:]]*) return 0 ;; # what JSON must escape
  esac
  printf '{\n  "purpose": "%s",\n  "path": "%s"\n}\n' "$purpose" "$path"
  exit
}

[ "${1-} ${2-}" != 'ca-bundle path' ] || print_ca_bundle_path "$@"
use_node "$@"
