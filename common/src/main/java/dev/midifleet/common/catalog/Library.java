package dev.midifleet.common.catalog;

import dev.midifleet.common.config.Settings;
import java.nio.file.Path;

/**
 * A collection of files under one folder.
 *
 * @param id
 *          {@code library.id}
 * @param name
 *          unique; names the variable {@code MIDIFLEET_LIBRARY_<NAME>}
 * @param location
 *          the folder on the host that enqueued it, as {@link StoredPath} writes it
 */
public record Library(int id, String name, String location) {

  /** The end of {@code MIDIFLEET_LIBRARY_…} for this library. */
  public String variable() {
    return Settings.mountKey(name);
  }

  /** The library's folder on this host: its mount where one is set, else the place where it was enqueued. */
  public Path folder(Settings settings) {
    Path mount = settings.mount(name);
    return mount != null ? mount : StoredPath.toPath(location);
  }
}
