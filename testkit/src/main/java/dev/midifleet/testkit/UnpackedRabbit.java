package dev.midifleet.testkit;

import dev.midifleet.embedded.FolderTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RabbitMQ and Erlang from the packages of Debian or Ubuntu, unpacked into a folder of this user: no root, and nothing is
 * installed. Unpacked once a user and release (36 MB to fetch, under 10 s), shared by all JVMs; delete the folder to get
 * newer packages.
 */
final class UnpackedRabbit {
  private static final Logger LOG = LoggerFactory.getLogger(UnpackedRabbit.class);
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Pattern TO_INSTALL = Pattern.compile("(?m)^Inst (\\S+)");
  /** Debian's Erlang scripts hold its place as a constant; ours ask the environment first. */
  private static final String ROOT_VARIABLE = "MIDIFLEET_ERLANG_ROOT";
  private static final Map<String, String> NON_INTERACTIVE = Map.of("DEBIAN_FRONTEND", "noninteractive");

  private final Path cache;

  UnpackedRabbit(Path cache) { this.cache = cache; }

  /** Whether this machine has the tools for it. */
  static boolean isPossible() {
    return Commands.isOnPath("apt-get") && Commands.isOnPath("dpkg-deb") && Commands.isOnPath("dpkg-query");
  }

  /** The unpacked programs; other processes that want them at the same time wait for the first. */
  RabbitInstallation get() throws IOException {
    Files.createDirectories(cache);
    Path root = cache.resolve(release());
    try (var channel = FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      LOG.trace("locked {}", lock);
      if (!Files.isDirectory(root)) {
        Path unfinished = cache.resolve(root.getFileName() + ".unfinished");
        FolderTree.delete(unfinished);
        fill(unfinished);
        Files.move(unfinished, root, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    Path server = RabbitInstallation.serverScript(root)
        .orElseThrow(() -> new IOException(root + " holds no RabbitMQ; delete that folder"));
    return new RabbitInstallation(server, environment(root));
  }

  private void fill(Path root) throws IOException {
    long start = System.nanoTime();
    Path packages = Files.createDirectories(root.resolve("packages"));
    try {
      download(packages, List.of());
    } catch (IOException e) {
      LOG.info("the package lists of this machine do not serve ({}); fetching lists of our own", lastLine(e));
      List<String> options = ownLists();
      download(packages, options);
    }
    List<Path> archives;
    try (var files = Files.list(packages)) {
      archives = files.filter(file -> file.toString().endsWith(".deb")).toList();
    }
    for (Path archive : archives) {
      Commands.run(root, Map.of(), LIMIT, List.of("dpkg-deb", "-x", archive.toString(), root.toString()));
    }
    FolderTree.delete(packages);
    makeMovable(root.resolve("usr/lib/erlang"));
    if (RabbitInstallation.serverScript(root).isEmpty()) {
      throw new IOException("the package rabbitmq-server holds no start script where it is known to be");
    }
    LOG.info("unpacked {} packages of RabbitMQ and Erlang in {} ms", archives.size(),
        (System.nanoTime() - start) / 1_000_000);
  }

  /** Options that give apt-get lists of its own, freshly fetched. Those of the machine may be absent or out of date. */
  private List<String> ownLists() throws IOException {
    Path state = cache.resolve("apt");
    Files.createDirectories(state.resolve("lists/partial"));
    Files.createDirectories(state.resolve("cache/archives/partial"));
    List<String> options = List.of("-o", "Dir::State=" + state, "-o", "Dir::Cache=" + state.resolve("cache"));
    try {
      Commands.run(cache, NON_INTERACTIVE, LIMIT, aptGet(options, "update"));
    } catch (IOException e) {
      // One source of several may be unreachable, or a hook of the machine's fail for lack of rights.
      LOG.info("fetching package lists: {}", e.getMessage());
    }
    return options;
  }

  private static void download(Path folder, List<String> options) throws IOException {
    // With an empty status file, Erlang's packages are named whether they are installed here or not: it must be whole.
    List<String> alone = new ArrayList<>(options);
    alone.addAll(List.of("-o", "Dir::State::status=/dev/null"));
    Set<String> installed = Commands.run(folder, Map.of(), LIMIT, List.of("dpkg-query", "-W", "-f", "${Package}\\n"))
        .lines().collect(Collectors.toSet());
    String plan = Commands.run(folder, NON_INTERACTIVE, LIMIT,
        aptGet(alone, "--no-install-recommends", "--simulate", "install", "rabbitmq-server"));
    Set<String> wanted = TO_INSTALL.matcher(plan).results().map(match -> match.group(1))
        .filter(name -> name.equals("rabbitmq-server") || name.startsWith("erlang-")
            || (name.startsWith("lib") && !installed.contains(name)))
        .collect(Collectors.toCollection(TreeSet::new));
    if (!wanted.contains("rabbitmq-server")) throw new IOException("apt-get knows no rabbitmq-server");
    List<String> command = new ArrayList<>(aptGet(options, "download"));
    command.addAll(wanted);
    Commands.run(folder, NON_INTERACTIVE, LIMIT, command);
  }

  private static List<String> aptGet(List<String> options, String... arguments) {
    List<String> command = new ArrayList<>(List.of("apt-get", "-q", "-o", "Debug::NoLocking=1"));
    // Root would hand the download to a user who may not write here.
    command.addAll(List.of("-o", "APT::Sandbox::User="));
    command.addAll(options);
    command.addAll(List.of(arguments));
    return command;
  }

  private static void makeMovable(Path erlang) throws IOException {
    List<Path> scripts;
    try (var files = Files.walk(erlang, 3)) {
      scripts = files.filter(file -> Set.of("erl", "start").contains(file.getFileName().toString()))
          .filter(Files::isRegularFile).toList();
    }
    for (Path script : scripts) {
      String text = Files.readString(script, StandardCharsets.ISO_8859_1);
      Files.writeString(script, text.replace("ROOTDIR=/usr/lib/erlang", "ROOTDIR=${" + ROOT_VARIABLE
          + ":-/usr/lib/erlang}"), StandardCharsets.ISO_8859_1);
    }
  }

  private static Map<String, String> environment(Path root) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put(ROOT_VARIABLE, root.resolve("usr/lib/erlang").toString());
    environment.put("PATH", root.resolve("usr/bin") + ":" + System.getenv("PATH"));
    List<String> libraries = new ArrayList<>();
    for (String folder : List.of("usr/lib", "lib")) {
      if (!Files.isDirectory(root.resolve(folder))) continue;
      try (var names = Files.list(root.resolve(folder))) {
        names.filter(name -> name.getFileName().toString().contains("-linux-gnu")).forEach(name -> libraries.add(name
            .toString()));
      }
    }
    if (!libraries.isEmpty()) {
      environment.put("LD_LIBRARY_PATH", String.join(":", libraries));
    }
    return environment;
  }

  /** Such as {@code debian-12-amd64}: packages of one release do not run on another. */
  private static String release() throws IOException {
    Map<String, String> values = new HashMap<>();
    Path description = Path.of("/etc/os-release");
    if (Files.isReadable(description)) {
      for (String line : Files.readAllLines(description)) {
        String[] parts = line.split("=", 2);
        if (parts.length == 2) {
          values.put(parts[0], parts[1].replace("\"", ""));
        }
      }
    }
    return values.getOrDefault("ID", "linux") + "-" + values.getOrDefault("VERSION_ID", values.getOrDefault(
        "VERSION_CODENAME", "unknown")) + "-" + System.getProperty("os.arch");
  }

  private static String lastLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().reduce("", (before, last) -> last);
  }
}
