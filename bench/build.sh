# Sourced by the scripts beside it: builds what is out of date. Afterwards `start CLASS ARGUMENT...` runs a program of
# this module with the JVM flags of .mvn/jvm.flags.
home=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$home/.mvn/find-jdk.sh"

class_path="$home/bench/target/class-path"
if [ ! -f "$class_path" ] || [ -n "$(find "$home/pom.xml" "$home"/*/pom.xml "$home"/*/src/main \
  -newer "$class_path" -type f -print -quit)" ]; then
  echo "bench: building ..." >&2
  log="$home/bench/target/build.log"
  mkdir -p "$home/bench/target"
  if ! (cd "$home" && ./mvnw -B -q -Dproduct -Dmaven.test.skip=true -pl bench -am package \
    ${MIDIFLEET_MAVEN_OPTIONS:-}) >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "bench: the build failed; all of its output is in $log" >&2
    exit 70
  fi
  touch "$class_path"
fi

start() {
  # shellcheck disable=SC2046,SC2086 # flags are words
  exec "$MIDIFLEET_JDK/bin/java" $(cat "$home/.mvn/jvm.flags") ${MIDIFLEET_JAVA_OPTIONS:-} \
    -cp "$home/bench/target/classes:$(cat "$class_path")" "$@"
}
