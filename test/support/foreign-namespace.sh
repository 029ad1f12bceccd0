#!/bin/sh
# Runs a program in a mount and a process namespace of its own in which the kernel starts arm64 programs through qemu:
# `foreign-namespace.sh PROGRAM …`, as root. The registration lives in a user namespace (Linux 6.7) and goes with it; the
# machine's own is not touched.

set -eu

if [ "$1" = --inside ]; then
  read -r mapped <"$2"
  [ "$mapped" = yes ]
  shift 2
  mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
  tr -d '\n' </usr/lib/binfmt.d/qemu-aarch64.conf >/proc/sys/fs/binfmt_misc/register
  exec "$@"
fi

place=$(mktemp -d)
trap 'rm -r "$place"' EXIT
mkfifo "$place/mapped"
unshare --user --mount --pid --fork --kill-child sh "$0" --inside "$place/mapped" "$@" <&0 &
child=$!
# every id means itself inside: packages own files by several
while [ "$(readlink "/proc/$child/ns/user")" = "$(readlink /proc/self/ns/user)" ]; do
  kill -0 "$child"
  sleep 0.02
done
echo '0 0 4294967295' >"/proc/$child/uid_map"
echo '0 0 4294967295' >"/proc/$child/gid_map"
echo yes >"$place/mapped"
wait "$child"
