package dev.midifleet.bench.ablation;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The class path of this process as an image has it: jars only, which is what archives of classes ask for. */
final class Sealed {
  private Sealed() {}

  /** Makes a jar of each folder of the class path. */
  static String classPath(Path folder) throws IOException {
    List<String> sealed = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (!Files.isDirectory(path)) {
        sealed.add(entry);
      } else {
        Path jar = folder.resolve("classes-" + sealed.size() + ".jar");
        pack(path, jar);
        sealed.add(jar.toString());
      }
    }
    return String.join(File.pathSeparator, sealed);
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (Stream<Path> tree = Files.walk(classes);
        OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out)) {
      for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
        packed.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, packed);
        packed.closeEntry();
      }
    }
  }
}
