#!/usr/bin/env bash
# Runs compose.yaml and the Testcontainers path of the tests for real on a Debian machine that can install packages but
# pull no image: an engine of its own on a socket of its own, and stand-ins for the public images, built from packages
# of the next Debian release. Needs root. Never part of ./mvnw verify. What was seen is in README.md beside this file.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
# Outside the checkout; about 3 GB.
work=${MIDIFLEET_STAND_INS:-/var/tmp/midifleet-stand-ins}
suite=trixie
socket=$work/docker.sock
jre_image=midifleet-stand-in/jre:25
jdk_image=midifleet-stand-in/jdk:25
postgres_image=midifleet-stand-in/postgres:17
rabbitmq_image=midifleet-stand-in/rabbitmq:4.0

usage() {
  cat <<MESSAGE
usage: docker/stand-ins.sh COMMAND

  install               installs docker.io and mmdebstrap (apt-get, as root); unpacks compose and buildx
  engine                starts dockerd on $socket
  images                builds the stand-ins: $jre_image, $postgres_image, $rabbitmq_image
  compose-check [DIR]   init, two workers, enqueue DIR (default ../shared/corpus), a worker killed, status, down
  testcontainers-check  ./mvnw verify with Docker as the source of RabbitMQ and PostgreSQL; further words go to mvnw
  source-build-check    the image built from the sources, Maven's downloads included (needs Maven's repository)
  env                   prints what makes a shell use this engine: eval "\$(docker/stand-ins.sh env)"
  stop                  stops the engine
  clean                 stops it and removes $work

MIDIFLEET_STAND_INS names another working folder.
MESSAGE
}

say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }
fail() {
  printf 'stand-ins: %s\n' "$*" >&2
  exit 1
}

environment() {
  cat <<MESSAGE
export DOCKER_HOST=unix://$socket
export DOCKER_CONFIG=$work/config
export DOCKER_BUILDKIT=1
MESSAGE
}

use_engine() {
  eval "$(environment)"
  docker version --format '{{.Server.Version}}' >/dev/null 2>&1 || fail "no engine answers on $socket; run: $0 engine"
}

# --- packages -------------------------------------------------------------------------------------------------------

install() {
  [ "$(id -u)" = 0 ] || fail "install needs root"
  say "installing docker.io and mmdebstrap from this machine's Debian release"
  local policy=/usr/sbin/policy-rc.d own_policy=
  if [ ! -e "$policy" ]; then
    # The package would start an engine on the default socket, which other programs would then find and use.
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 0755 "$policy"
    own_policy=yes
  fi
  local code=0
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    docker.io mmdebstrap debian-archive-keyring >"$work/install.log" 2>&1 || code=$?
  [ -z "$own_policy" ] || rm -f "$policy"
  [ "$code" = 0 ] || fail "apt-get failed; see $work/install.log (apt-get update first?)"
  plugins
}

# Compose v2 and buildx are not in Debian 12; the next release's are static enough to be unpacked.
plugins() {
  local apt=$work/apt
  [ ! -x "$work/config/cli-plugins/docker-compose" ] || return 0
  say "unpacking compose and buildx of $suite"
  mkdir -p "$work/config/cli-plugins" "$apt"/{lists,cache/archives}/partial \
    "$apt"/etc/{apt.conf,preferences,trusted.gpg}.d
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) $suite main" >"$apt/etc/sources.list"
  : >"$apt/status"
  cat >"$apt/apt.conf" <<MESSAGE
Dir::Etc "$apt/etc";
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
APT::Sandbox::User "root";
MESSAGE
  (
    cd "$apt"
    export APT_CONFIG=$apt/apt.conf
    apt-get -q update >apt.log 2>&1
    apt-get -q download docker-compose docker-buildx >>apt.log 2>&1
    for package in ./*.deb; do
      dpkg-deb -x "$package" unpacked
    done
    cp unpacked/usr/libexec/docker/cli-plugins/* "$work/config/cli-plugins/"
  ) || fail "compose could not be unpacked; see $apt/apt.log"
}

# The archive that this machine installs from, so that a local mirror is used where there is one.
mirror() {
  local address
  # shellcheck disable=SC2016 # apt-get expands it
  address=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null |
    sed -n 1p) || true
  printf '%s\n' "${address:-http://deb.debian.org/debian}"
}

# --- engine ---------------------------------------------------------------------------------------------------------

engine_pid() {
  local pid
  pid=$(cat "$work/dockerd.pid" 2>/dev/null) || return 1
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ] && printf '%s\n' "$pid"
}

engine() {
  [ "$(id -u)" = 0 ] || fail "the engine needs root"
  eval "$(environment)"
  if engine_pid >/dev/null; then
    say "the engine is running"
    return 0
  fi
  # No rules are written on the host, so nothing isolates the networks from each other or lets a container out. A name
  # that does not resolve must fail at once: nothing can be pulled, and the default is 20 s a try.
  setsid dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/dockerd.pid" \
    --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false \
    --dns 127.0.0.1 --dns-opt timeout:1 --dns-opt attempts:1 >"$work/dockerd.log" 2>&1 </dev/null &
  for _ in $(seq 60); do
    if docker info >/dev/null 2>&1; then
      say "engine $(docker version --format '{{.Server.Version}}') on $socket"
      return 0
    fi
    sleep 0.5
  done
  tail -n 20 "$work/dockerd.log" >&2
  fail "dockerd did not answer within 30 s; see $work/dockerd.log"
}

stop() {
  local pid
  if pid=$(engine_pid); then
    kill "$pid"
    for _ in $(seq 60); do
      engine_pid >/dev/null || break
      sleep 0.5
    done
    ! engine_pid >/dev/null || fail "dockerd $pid did not stop within 30 s"
    say "engine stopped"
  fi
}

clean() {
  stop
  rm -rf "$work"
}

# --- images ---------------------------------------------------------------------------------------------------------

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# packages NAME PACKAGES: midifleet-stand-in/packages:NAME, a small Debian with these packages, made once.
packages() {
  local image=midifleet-stand-in/packages:$1
  if ! has_image "$image"; then
    say "$image: $2"
    # No --dpkgopt that leaves the manual out: the JRE's packages then fail to install. No pipe into `docker import`: it
    # makes an image of whatever came before a failure.
    mmdebstrap --variant=minbase --include="$2" --aptopt='APT::Install-Recommends "false"' \
      "$suite" "$work/$1.tar" "$(mirror)" >"$work/mmdebstrap-$1.log" 2>&1 ||
      fail "mmdebstrap failed; see $work/mmdebstrap-$1.log"
    docker import "$work/$1.tar" "$image" >/dev/null
    rm "$work/$1.tar"
  fi
}

# outside NAME IMAGE: gives the packages the entry point, variables and ports of the public image.
outside() {
  docker build --quiet --build-arg PACKAGES="midifleet-stand-in/packages:$1" --tag "$2" \
    --file "$here/stand-ins/$1.Dockerfile" "$here/stand-ins" >/dev/null
}

images() {
  use_engine
  packages jre openjdk-25-jre-headless,ca-certificates
  docker tag midifleet-stand-in/packages:jre "$jre_image"
  packages postgres postgresql-17,postgresql-client-17
  outside postgres "$postgres_image"
  packages rabbitmq rabbitmq-server
  outside rabbitmq "$rabbitmq_image"
  docker image ls --format '{{.Repository}}:{{.Tag}}  {{.Size}}' 'midifleet-stand-in/*'
}

# --- compose --------------------------------------------------------------------------------------------------------

compose() {
  docker compose --project-name midifleet-check --env-file "$work/compose.env" --file "$here/compose.yaml" "$@"
}

# sql STATEMENT: the answer, unaligned.
sql() { compose exec -T postgres psql --username midifleet --dbname midifleet --no-psqlrc -At --command "$1"; }

# Everything that the rows say of the music, keyed by path, as one number; ids and times aside.
fingerprint() {
  sql "select md5(string_agg((to_jsonb(m) - 'file_id' - 'library' - 'modified_at' - 'analyzed_at')::text, e'\n' order by path))
       from musical_metadata m"
}

counts() {
  sql "select 'files ' || coalesce(string_agg(status || ' ' || n, ', ' order by status), 'none')
       from (select status::text, count(*) n from files group by 1)"
  sql "select 'contents ' || (select count(*) from facts) || ', dead letters ' || (select count(*) from dead_files)
       || ', batches ' || count(*) || ' (open ' || count(*) filter (where committed_at is null)
       || ', taken more than once ' || count(*) filter (where taken > 1) || ')' from batches"
}

compose_check() {
  local folder
  folder=$(cd "${1:-$root/../shared/corpus}" && pwd) || fail "no such folder: ${1:-$root/../shared/corpus}"
  use_engine
  for image in $jre_image $postgres_image $rabbitmq_image; do
    has_image "$image" || fail "$image is missing; run: $0 images"
  done
  "$root/midifleet" --version >/dev/null || fail "the jar could not be built"
  "$root/bench/generate" --files 400 --seed 7 --to "$root/cli/target/training" >/dev/null ||
    fail "the files of the training run could not be made"

  export SECRETS_DIR=$work/secrets ENV_FILE=$work/compose.env
  rm -f "$ENV_FILE"
  "$here/prepare.sh" "$folder" >&2
  cat >>"$ENV_FILE" <<MESSAGE
MIDIFLEET_IMAGE=midifleet-stand-in/midifleet:check
MIDIFLEET_JAR=built
JDK_IMAGE=$jdk_image
JRE_IMAGE=$jre_image
POSTGRES_IMAGE=$postgres_image
RABBITMQ_IMAGE=$rabbitmq_image
RABBITMQ_FILES=$(ulimit -Hn)
AMQP_PORT=0
POSTGRES_PORT=0
MESSAGE
  compose down --volumes --remove-orphans >>"$work/compose.log" 2>&1
  say "up, with two workers"
  compose up --detach --build --scale worker=2 >>"$work/compose.log" 2>&1 || {
    compose logs --tail 20 init worker >&2
    fail "see $work/compose.log"
  }
  compose ps --all --format '{{.Name}}  {{.Status}}'

  say "enqueue --wait: $(find "$folder" -type f -iregex '.*\.\(mid\|midi\|kar\|rmi\|smf\)' | wc -l) MIDI files by name"
  compose run --rm -T midifleet enqueue /library --library main --wait
  compose run --rm -T midifleet status
  counts
  local before
  before=$(fingerprint)

  say "all once more, and one worker killed while it holds a batch"
  compose run --rm -T midifleet enqueue /library --library main --all
  kill_holder
  await_end
  counts
  compose ps worker --format '{{.Name}}  {{.Status}}'
  [ "$(fingerprint)" = "$before" ] || fail "the rows are not the same as before"
  say "the rows are the same: $before"

  say "SIGTERM to the workers"
  local started=$SECONDS
  compose stop worker >>"$work/compose.log" 2>&1
  say "stopped after $((SECONDS - started)) s, with the exit codes:"
  compose ps --all worker --format '{{.Name}}  {{.ExitCode}}'
  compose down --volumes >>"$work/compose.log" 2>&1
}

# Freezes one worker after the other until one is found that holds a taken, uncommitted batch, and kills its process, as
# a crash would: `docker kill` would count as the operator's wish, and the engine would not start it again.
kill_holder() {
  local container pid held
  for _ in $(seq 50); do
    for container in $(compose ps --quiet worker); do
      pid=$(docker inspect --format '{{.State.Pid}}' "$container")
      kill -STOP "$pid"
      held=$(sql "select count(*) from batches b join workers w on w.id = b.worker_id
                  where b.committed_at is null and b.taken > 0 and w.host = '${container:0:12}'")
      if [ "$held" -gt 0 ]; then
        kill -KILL "$pid"
        say "killed ${container:0:12}, which held $held batches"
        return 0
      fi
      kill -CONT "$pid"
    done
  done
  fail "no worker was found that held a batch"
}

# The image as a user builds it, from the sources: the one check that needs the network. The build shares this host's,
# and is told the addresses of Maven's repository, as the engine knows no name server.
source_build_check() {
  use_engine
  packages jdk openjdk-25-jdk-headless,ca-certificates
  # The certificates that this machine's JDK trusts: where a proxy signs for Maven's repository, Debian's JDK does not
  # know who it is.
  mkdir -p "$work/jdk"
  # shellcheck source=/dev/null
  (. "$root/.mvn/find-jdk.sh" && cp -L "$MIDIFLEET_JDK/lib/security/cacerts" "$work/jdk/cacerts")
  printf 'FROM midifleet-stand-in/packages:jdk\nCOPY cacerts /etc/ssl/certs/java/cacerts\n' |
    docker build --quiet --tag "$jdk_image" --file - "$work/jdk" >/dev/null
  local host=repo.maven.apache.org address
  address=$(getent ahostsv4 "$host" | awk '{ print $1; exit }')
  say "building from the sources"
  docker build --network host --add-host "$host:${address:?no address of $host}" \
    --build-arg JDK_IMAGE="$jdk_image" --build-arg JRE_IMAGE="$jre_image" \
    --file "$here/Dockerfile" --tag midifleet-stand-in/midifleet:sources "$root" >"$work/source-build.log" 2>&1 ||
    fail "see $work/source-build.log"
  say "built; what it says of itself:"
  docker run --rm midifleet-stand-in/midifleet:sources --version
}

await_end() {
  for _ in $(seq 300); do
    [ "$(sql "select count(*) from batches where committed_at is null")" != 0 ] || return 0
    sleep 1
  done
  compose logs --tail 30 worker >&2
  fail "there are open batches after 300 s"
}

# --- tests ----------------------------------------------------------------------------------------------------------

testcontainers_check() {
  use_engine
  # A missing image otherwise takes minutes to fail.
  for image in $postgres_image $rabbitmq_image; do
    has_image "$image" || fail "$image is missing; run: $0 images"
  done
  export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
  export MIDIFLEET_TEST_BROKER=docker MIDIFLEET_TEST_DATABASE=docker MIDIFLEET_TEST_NEVER_PULL=true
  export MIDIFLEET_TEST_RABBITMQ_IMAGE=$rabbitmq_image MIDIFLEET_TEST_POSTGRES_IMAGE=$postgres_image
  cd "$root"
  ./mvnw "${@:-verify}"
}

mkdir -p "$work"
case ${1:-} in
  install) install ;;
  engine) engine ;;
  images) images ;;
  compose-check) compose_check "${2:-}" ;;
  source-build-check) source_build_check ;;
  testcontainers-check)
    shift
    testcontainers_check "$@"
    ;;
  env) environment ;;
  stop) stop ;;
  clean) clean ;;
  *)
    usage
    [ "${1:-}" = --help ] || exit 64
    ;;
esac
