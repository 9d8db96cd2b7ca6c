# Sourced by ./midifleet and ./mvnw. Sets MIDIFLEET_JDK to the home of a JDK 25 or newer, or explains and ends.
# MIDIFLEET_JAVA_HOME, where it is set, is tried first.

# Without a locale the JVM cannot open a file whose name is not ASCII.
export LC_ALL=C.UTF-8

jdk_version() { # prints the major version of the JDK in $1, nothing if there is none
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
  local home version on_path user_home
  # systemd starts services without HOME.
  user_home=${HOME:-/nonexistent}
  on_path=$(command -v javac 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for home in "${MIDIFLEET_JAVA_HOME:-}" "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    /opt/*/jdk* "$user_home"/.sdkman/candidates/java/* "$user_home"/.jdks/* "$user_home"/.local/share/mise/installs/java/* \
    "$user_home"/.asdf/installs/java/* /usr/local/openjdk* /usr/local/jdk*; do
    [ -n "$home" ] || continue
    version=$(jdk_version "$home")
    if [ -n "$version" ] && [ "$version" -ge 25 ]; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  return 1
}

if ! MIDIFLEET_JDK=$(find_jdk); then
  cat >&2 <<'MESSAGE'
midifleet needs a JDK 25 (a whole JDK, with javac), and none was found.
Looked at MIDIFLEET_JAVA_HOME, JAVA_HOME, the path, /usr/lib/jvm, /usr/java, /opt, ~/.sdkman, ~/.jdks, mise and asdf.
Install one (for example Temurin 25 from https://adoptium.net), or say where it is:
  export MIDIFLEET_JAVA_HOME=/path/to/jdk-25
MESSAGE
  exit 69
fi
# Maven's toolchains plugin looks at variables of this name: it finds what was found here.
export JAVA25_HOME="$MIDIFLEET_JDK"
