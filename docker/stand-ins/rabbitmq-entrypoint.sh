#!/bin/bash
# Stands in for docker-entrypoint.sh of the public `rabbitmq` image, as far as compose.yaml and Testcontainers use it:
# RABBITMQ_DEFAULT_USER and RABBITMQ_DEFAULT_PASS (the broker itself reads them at its first start), the log on
# standard output, rabbitmqctl and rabbitmq-diagnostics usable by root through `docker exec`.
set -euo pipefail

if [ "$1" != rabbitmq-server ]; then
  exec "$@"
fi
home=/var/lib/rabbitmq
if [ "$(id -u)" = 0 ]; then
  # Before anything else can: a health check runs as root, and a cookie that root makes first belongs to root and keeps
  # the broker from starting.
  if [ ! -s "$home/.erlang.cookie" ]; then
    (umask 077 && head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$home/.erlang.cookie")
    chmod 0400 "$home/.erlang.cookie"
  fi
  find "$home" /etc/rabbitmq \! -user rabbitmq -exec chown rabbitmq: '{}' +
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$0" "$@"
fi
exec /usr/lib/rabbitmq/bin/rabbitmq-server
