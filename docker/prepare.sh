#!/bin/sh
# docker/prepare.sh DIR: makes the passwords that compose.yaml reads (only where there are none yet) and writes DIR, the
# library, into docker/.env. SECRETS_DIR and ENV_FILE name other places for the two.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ $# != 1 ] || [ ! -d "$1" ]; then
  echo "usage: docker/prepare.sh DIR (the folder of MIDI files)" >&2
  exit 64
fi

secrets=${SECRETS_DIR:-$here/secrets}
# Only its owner may enter the folder. The files themselves are readable, because compose mounts them as they are and
# the container's user is another than the host's.
mkdir -p "$secrets"
chmod 0700 "$secrets"
for name in database_password amqp_password; do
  [ -s "$secrets/$name" ] && continue
  head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$secrets/$name"
  chmod 0444 "$secrets/$name"
done

file=${ENV_FILE:-$here/.env}
touch "$file"
kept=$(grep -v '^LIBRARY_DIR=' "$file" || true)
printf '%s\n' ${kept:+"$kept"} "LIBRARY_DIR=$(cd "$1" && pwd)" >"$file"
echo "passwords in $secrets, the library's place in $file"
