package dev.midifleet.common.catalog;

import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.MisuseException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The libraries, and which of them a folder belongs to. */
public final class Libraries {
  private static final int NAME_MAX = 60;
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9_. -]*[a-zA-Z0-9])?");

  private Libraries() {}

  /**
   * Where a folder is, in terms of the rows.
   *
   * @param folder
   *          below the library's location, as {@link StoredPath} writes it; empty for all of it
   */
  public record Place(Library library, String folder) {}

  /**
   * The library that a folder of this host belongs to, made if there is none.
   *
   * @param name
   *          as the operator gave it; empty: the known library with the longest location that holds the folder, else a
   *          new one named after the folder
   * @param folder
   *          absolute, as {@link StoredPath} writes it
   * @param settings
   *          say where libraries are mounted on this host, if not where they were enqueued
   * @throws MisuseException
   *           when the named library lies elsewhere and the folder is not below it, or a new one cannot have that name
   */
  public static Place locate(Connection connection, Optional<String> name, String folder, Settings settings)
      throws SQLException {
    List<Library> known = all(connection);
    if (name.isPresent()) {
      for (Library library : known) {
        if (library.name().equals(name.get())) {
          return requirePlace(library, folder, settings);
        }
      }
      requireUsable(name.get(), known);
      Path mount = settings.mount(name.get());
      String location = mount == null ? folder : StoredPath.toText(mount.toAbsolutePath().normalize());
      return requirePlace(insert(connection, name.get(), location), folder, settings);
    }
    Library longest = null;
    int length = -1;
    for (Library library : known) {
      String here = here(library, settings);
      if (holds(here, folder) && here.length() > length) {
        longest = library;
        length = here.length();
      }
    }
    if (longest == null) {
      longest = insert(connection, freeName(known, folder, settings), folder);
    }
    return requirePlace(longest, folder, settings);
  }

  /**
   * The places of other libraries below a folder, as {@link StoredPath} writes them, relative to that folder; with the
   * names of their libraries. Files there belong to them: the longest known location wins.
   *
   * @param folder
   *          absolute, as {@link StoredPath} writes it
   */
  public static Map<String, String> below(Connection connection, Place place, String folder, Settings settings)
      throws SQLException {
    Map<String, String> below = new HashMap<>();
    for (Library other : all(connection)) {
      String there = here(other, settings);
      boolean own = other.id() == place.library().id();
      if (!own && !there.equals(folder) && holds(folder, there)) {
        below.put(there.substring(withSlash(folder).length()), other.name());
      }
    }
    return below;
  }

  /** All libraries by id. */
  public static List<Library> all(Connection connection) throws SQLException {
    String sql = "select id, name, location from library order by id";
    try (PreparedStatement statement = connection.prepareStatement(sql); ResultSet rows = statement.executeQuery()) {
      List<Library> libraries = new ArrayList<>();
      while (rows.next()) {
        libraries.add(new Library(rows.getInt(1), rows.getString(2), rows.getString(3)));
      }
      return libraries;
    }
  }

  private static Library insert(Connection connection, String name, String location) throws SQLException {
    String sql = """
        insert into library (name, location) values (?, ?)
        on conflict (name) do update set name = excluded.name returning id, name, location""";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.setString(2, location);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Library(row.getInt(1), row.getString(2), row.getString(3));
      }
    }
  }

  private static Place requirePlace(Library library, String folder, Settings settings) {
    String here = here(library, settings);
    if (!holds(here, folder)) {
      throw new MisuseException("library \"" + library.name() + "\" is at " + here + ", and " + folder
          + " is not below it; enqueue a folder below it, or choose another --library name");
    }
    return new Place(library, folder.equals(here) ? "" : folder.substring(withSlash(here).length()));
  }

  /** The library's folder on this host, as text. */
  private static String here(Library library, Settings settings) {
    Path mount = settings.mount(library.name());
    return mount == null ? library.location() : StoredPath.toText(mount.toAbsolutePath().normalize());
  }

  private static boolean holds(String location, String folder) {
    return folder.equals(location) || folder.startsWith(withSlash(location));
  }

  private static String withSlash(String folder) { return folder.endsWith("/") ? folder : folder + "/"; }

  private static String freeName(List<Library> known, String folder, Settings settings) {
    String last = folder.substring(folder.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    String plain = last.replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    String base = plain.isEmpty() ? "main" : plain.substring(0, Math.min(NAME_MAX, plain.length()));
    String name = base;
    for (int i = 2; isTaken(known, name) || settings.mount(name) != null; i++) {
      name = base + "-" + i;
    }
    return name;
  }

  /** Messages, {@code NAME:path} and the hosts' settings all must tell libraries apart by their names. */
  private static void requireUsable(String name, List<Library> known) {
    if (name.length() > NAME_MAX || !NAME.matcher(name).matches()) {
      throw new MisuseException("\"" + name + "\" cannot be the name of a library: letters, digits, and between them"
          + " - _ . and blanks, " + NAME_MAX + " at most");
    }
    for (Library other : known) {
      if (other.variable().equals(Settings.mountKey(name))) {
        throw new MisuseException(
            "\"" + name + "\" cannot be the name of a library: to hosts it would be the same as \""
                + other.name() + "\", whose place is told by MIDIFLEET_LIBRARY_" + other.variable());
      }
    }
  }

  private static boolean isTaken(List<Library> known, String name) {
    return known.stream().anyMatch(library -> library.name().equals(name));
  }
}
