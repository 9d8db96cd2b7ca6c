package dev.midifleet.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The user of the operating system that PostgreSQL's programs run as: this process's own, or another one where this is
 * root, because they refuse root.
 *
 * @param isOther
 *          whether it is another user than this process's
 */
record ServerUser(String name, int uid, int gid, boolean isOther) {
  private static final int ROOT = 0;

  /**
   * @param cluster
   *          where it exists already, its owner is the one
   * @throws EmbeddedPostgresException
   *           when the cluster is another user's, or this is root and there is no other user
   */
  static ServerUser of(Path cluster) throws IOException, InterruptedException {
    var own = owner(Path.of("/proc/self"));
    if (Files.isDirectory(cluster)) {
      var owner = owner(cluster);
      if (own.uid == ROOT && owner.uid != ROOT) return owner.asOther();
      if (own.uid != owner.uid) {
        throw new EmbeddedPostgresException(("%s belongs to the user %s, and this is %s: run midifleet as %s, or "
            + "choose another data folder with --data").formatted(cluster, owner.name, own.name, owner.name));
      }
    }
    return own.uid == ROOT ? substitute() : own;
  }

  static boolean isRoot() throws IOException { return owner(Path.of("/proc/self")).uid == ROOT; }

  private static ServerUser owner(Path path) throws IOException {
    // Of /proc/self it is the effective user of this process.
    var attributes = Files.readAttributes(path, "unix:uid,gid,owner");
    return new ServerUser(String.valueOf(attributes.get("owner")), number(attributes.get("uid")),
        number(attributes.get("gid")), false);
  }

  private static int number(@Nullable Object attribute) { return (Integer) Objects.requireNonNull(attribute); }

  private ServerUser asOther() { return new ServerUser(name, uid, gid, true); }

  private static ServerUser substitute() throws IOException, InterruptedException {
    for (String name : List.of("postgres", "nobody")) {
      var uid = Command.run(List.of("id", "-u", name), "");
      var gid = Command.run(List.of("id", "-g", name), "");
      if (uid.isSuccess() && gid.isSuccess()) {
        return new ServerUser(name, Integer.parseInt(uid.output()), Integer.parseInt(gid.output()), true);
      }
    }
    throw new EmbeddedPostgresException("PostgreSQL refuses to run as root, and there is no user postgres or nobody "
        + "that could run it: make one (useradd --system postgres), or run midifleet as another user than root");
  }

  /**
   * The words that run a program as this user, in a session of its own: Ctrl-C in the terminal reaches this process,
   * which still needs its database while it drains, but not the program.
   *
   * @param deathSignal
   *          what the program gets when the thread that started it ends, however that comes about
   */
  List<String> command(String deathSignal, List<String> program) {
    var words = new ArrayList<>(List.of("setsid", "setpriv", "--pdeathsig", deathSignal));
    if (isOther) {
      words.addAll(List.of("--reuid=" + uid, "--regid=" + gid, "--clear-groups"));
    }
    words.addAll(program);
    return words;
  }

  /** Gives a file or folder of ours to this user. */
  void own(Path path) throws IOException {
    if (isOther) {
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** The first folder on the way to {@code folder}, itself included, that this user may not enter. */
  Optional<Path> firstForbidden(Path folder) throws IOException, InterruptedException {
    var way = new ArrayDeque<String>();
    for (Path step = folder.toRealPath(); step != null; step = step.getParent()) {
      way.push(step.toString());
    }
    var words = new ArrayList<>(Arrays.asList("sh", "-c",
        "for step; do [ -x \"$step\" ] || { printf %s \"$step\"; exit 9; }; done", "sh"));
    words.addAll(way);
    var result = Command.run(command("KILL", words), "");
    if (result.isSuccess()) return Optional.empty();
    if (result.exitCode() == 9) return Optional.of(Path.of(result.output()));
    throw new EmbeddedPostgresException("cannot run a program as the user " + name + " by setsid and setpriv (package "
        + "util-linux): " + result.output());
  }

  /**
   * @param what
   *          names the folder in the error
   * @throws EmbeddedPostgresException
   *           when this user may not enter the folder
   */
  void requireEntry(String what, Path folder) throws IOException, InterruptedException {
    var forbidden = firstForbidden(folder);
    if (forbidden.isPresent()) {
      var why = isOther ? "PostgreSQL refuses to run as root and runs as the user " + name : "this is the user " + name;
      throw new EmbeddedPostgresException(
          ("%s %s cannot be used: %s, which may not enter %s. Choose a data folder that "
              + "it may enter (%s is the default), or allow it: chmod o+x '%s'").formatted(what, folder, why,
                  forbidden.get(), EmbeddedPostgres.defaultDataFolder(), forbidden.get()));
    }
  }
}
