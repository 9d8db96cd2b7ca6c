package dev.midifleet.common.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The libraries, and which of them a folder belongs to. */
public final class Libraries {
  private static final int NAME_MAX = 60;

  private Libraries() {}

  /**
   * The library that a folder belongs to.
   *
   * @param name
   *          as the operator gave it; empty: the known library with the longest location that holds the folder, else a
   *          new one named after the folder
   * @param folder
   *          absolute, as {@link StoredPath} writes it
   * @throws IllegalArgumentException
   *           when the named library lies elsewhere and the folder is not below it
   */
  public static Library resolve(Connection connection, Optional<String> name, String folder) throws SQLException {
    List<Library> known = all(connection);
    if (name.isPresent()) {
      for (Library library : known) {
        if (library.name().equals(name.get())) {
          return requireHolds(library, folder);
        }
      }
      return insert(connection, name.get(), folder);
    }
    Library longest = null;
    for (Library library : known) {
      if (holds(library.location(), folder)
          && (longest == null || library.location().length() > longest.location().length())) {
        longest = library;
      }
    }
    return longest != null ? longest : insert(connection, freeName(known, folder), folder);
  }

  /** The part of a folder below a location; empty when they are the same. */
  public static String below(String location, String folder) {
    if (folder.equals(location)) return "";
    String prefix = location.endsWith("/") ? location : location + "/";
    return folder.substring(prefix.length());
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
        return requireHolds(new Library(row.getInt(1), row.getString(2), row.getString(3)), location);
      }
    }
  }

  private static Library requireHolds(Library library, String folder) {
    if (!holds(library.location(), folder)) {
      throw new IllegalArgumentException("library \"" + library.name() + "\" is at " + library.location() + ", and "
          + folder + " is not below it; enqueue a folder below it, or choose another --library name");
    }
    return library;
  }

  private static boolean holds(String location, String folder) {
    return folder.equals(location) || folder.startsWith(location.endsWith("/") ? location : location + "/");
  }

  private static String freeName(List<Library> known, String folder) {
    String last = folder.substring(folder.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    String base = last.replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    String name = base.isEmpty() ? "main" : base.substring(0, Math.min(NAME_MAX, base.length()));
    for (int i = 2; isTaken(known, name); i++) {
      name = (base.isEmpty() ? "main" : base) + "-" + i;
    }
    return name;
  }

  private static boolean isTaken(List<Library> known, String name) {
    return known.stream().anyMatch(library -> library.name().equals(name));
  }
}
