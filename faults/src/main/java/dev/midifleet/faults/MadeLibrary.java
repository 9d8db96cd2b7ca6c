package dev.midifleet.faults;

import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.testkit.SmfBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A folder of made files: sound ones, copies, a name that is not UTF-8, and one of each kind of trouble. */
public final class MadeLibrary {
  public static final int SOUND = 40;
  public static final int COPIES = 10;
  /** Sound files, copies, and the file whose name is not UTF-8. */
  public static final int USABLE = SOUND + COPIES + 1;
  /** Empty, text, cut off within its header, a link to itself, a link that leads nowhere. */
  public static final int BAD = 5;

  public final Path folder;

  private MadeLibrary(Path folder) { this.folder = folder; }

  public static MadeLibrary in(Path folder) throws IOException {
    Path deep = Files.createDirectories(folder.resolve("some/deep er/folder"));
    for (int i = 0; i < SOUND; i++) {
      Files.write((i % 2 == 0 ? folder : deep).resolve("scale " + i + ".mid"), SmfBuilder.scale(30 + i));
    }
    for (int i = 0; i < COPIES; i++) {
      Files.write(deep.resolve("copy-" + i + ".MID"), SmfBuilder.scale(30 + i % 3));
    }
    Files.write(notUtf8(folder), SmfBuilder.scale(90));
    Files.write(folder.resolve("empty.mid"), new byte[0]);
    Files.writeString(folder.resolve("text.mid"), "<html>404 Not Found</html>");
    Files.write(folder.resolve("cut.mid"), Arrays.copyOf(SmfBuilder.scale(), 10));
    Files.createSymbolicLink(folder.resolve("loop.mid"), Path.of("loop.mid"));
    Files.createSymbolicLink(folder.resolve("gone.mid"), Path.of("nowhere.mid"));
    Files.writeString(folder.resolve("readme.txt"), "not looked at");
    return new MadeLibrary(folder);
  }

  public static Path notUtf8(Path folder) {
    byte[] name = "caf\u00e9.mid".getBytes(StandardCharsets.ISO_8859_1);
    byte[] parent = StoredPath.toBytes(folder.toAbsolutePath());
    byte[] whole = Arrays.copyOf(parent, parent.length + 1 + name.length);
    whole[parent.length] = '/';
    System.arraycopy(name, 0, whole, parent.length + 1, name.length);
    return StoredPath.ofBytes(whole);
  }

  /** Replaces every bad file by a sound one. */
  public void mend() throws IOException {
    int tonic = 20;
    for (String name : new String[]{"empty.mid", "text.mid", "cut.mid", "loop.mid", "gone.mid"}) {
      Files.deleteIfExists(folder.resolve(name));
      Files.write(folder.resolve(name), SmfBuilder.scale(tonic++));
    }
  }
}
