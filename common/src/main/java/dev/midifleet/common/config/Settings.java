package dev.midifleet.common.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values of all {@link Setting}s, checked once when they are made. Immutable.
 *
 * <p>Sizes accept {@code k}, {@code m} and {@code g} (powers of 1024); durations are a number and {@code ms}, {@code s},
 * {@code m}, {@code h} or {@code d}. A variable that is empty counts as not set, except for a list, where it is the empty
 * list, and for a password, of which every blank counts.
 */
public final class Settings {
  private static final String LIBRARY_PREFIX = "MIDIFLEET_LIBRARY_";
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*([kKmMgG]?)(?:[iI]?[bB])?");
  private static final Duration DURATION_MAX = Duration.ofDays(36_500);
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");

  private final EnumMap<Setting, String> values;
  private final Map<String, Path> mounts;

  private Settings(EnumMap<Setting, String> values, Map<String, Path> mounts) {
    this.values = values;
    this.mounts = mounts;
  }

  /** The settings of this process. */
  public static Settings fromEnvironment() { return of(System.getenv()); }

  /**
   * @param environment
   *          variables as in {@link System#getenv()}; those that do not begin with {@code MIDIFLEET_} are ignored
   * @throws SettingException
   *           when a value is out of its range or cannot be read
   */
  public static Settings of(Map<String, String> environment) {
    EnumMap<Setting, String> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      String value = environment.get(setting.variable());
      String file = environment.get(setting.variable() + "_FILE");
      if (value == null && file != null) {
        value = readSecret(setting, file);
      }
      if (value != null && isSaid(setting, value)) {
        values.put(setting, check(setting, setting.variable(), value));
      }
    }
    Map<String, Path> mounts = new TreeMap<>();
    environment.forEach((name, value) -> {
      if (name.startsWith(LIBRARY_PREFIX) && !value.isBlank()) {
        mounts.put(mountKey(name.substring(LIBRARY_PREFIX.length())), path(name, value));
      }
    });
    return new Settings(values, mounts);
  }

  /** These settings with one replaced; {@code null} leaves it as it was. */
  public Settings with(Setting setting, @Nullable String value) {
    return with(setting, setting.variable(), value);
  }

  /**
   * These settings with one replaced, as a command's flag does; {@code null} leaves it as it was.
   *
   * @param name
   *          what the error calls it, such as {@code --slots}
   * @throws SettingException
   *           when the value is out of its range or cannot be read
   */
  public Settings with(Setting setting, String name, @Nullable String value) {
    if (value == null) return this;
    EnumMap<Setting, String> changed = new EnumMap<>(values);
    changed.put(setting, check(setting, name, value));
    return new Settings(changed, mounts);
  }

  public String text(Setting setting) { return values.getOrDefault(setting, setting.defaultValue()); }

  /** What a child process needs in its environment, besides what it inherits, to have the same values. With passwords. */
  public Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    values.forEach((setting, value) -> environment.put(setting.variable(), value));
    return environment;
  }

  /** Whether the value was given, rather than the default. */
  public boolean isGiven(Setting setting) {
    return values.containsKey(setting);
  }

  public int integer(Setting setting) { return Math.toIntExact(number(setting)); }

  /** A count, or a size in bytes. */
  public long number(Setting setting) {
    return parseSize(setting, setting.variable(), text(setting));
  }

  public Duration duration(Setting setting) { return parseDuration(setting.variable(), text(setting)); }

  /** Durations parted by commas, in their order. */
  public List<Duration> durations(Setting setting) {
    return durations(setting.variable(), text(setting));
  }

  /**
   * Where a library lies on this host, if that was set by {@code MIDIFLEET_LIBRARY_<NAME>}. Names are compared in upper
   * case, with {@code _} for what an environment variable's name cannot hold.
   */
  public @Nullable Path mount(String library) { return mounts.get(mountKey(library)); }

  /**
   * @param what
   *          named in the error
   * @param text
   *          such as {@code 10s}
   * @throws SettingException
   *           when the text is no duration, or one of more than 36500 days
   */
  public static Duration parseDuration(String what, String text) {
    var matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new SettingException(what + " is \"" + text + "\"; a duration is wanted, such as 500ms, 10s, 5m, 2h or 7d");
    }
    long amount = Long.parseLong(matcher.group(1));
    Duration unit = switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(1);
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      default -> Duration.ofDays(1);
    };
    if (amount > DURATION_MAX.dividedBy(unit)) {
      throw new SettingException(what + " is " + text + "; at most " + DURATION_MAX.toDays() + "d are accepted");
    }
    return unit.multipliedBy(amount);
  }

  private static boolean isSaid(Setting setting, String value) {
    return switch (setting.kind()) {
      case PASSWORD -> !value.isEmpty();
      case DURATIONS -> true;
      case TEXT, NUMBER, DURATION -> !value.isBlank();
    };
  }

  private static String check(Setting setting, String name, String given) {
    if (setting.kind() == Setting.Kind.PASSWORD) return given;
    String value = given.strip();
    switch (setting.kind()) {
      case NUMBER -> {
        long number = parseSize(setting, name, value);
        if (number < setting.min() || number > setting.max()) {
          throw new SettingException(
              name + " is " + value + "; it must be from " + setting.min() + " to " + setting.max());
        }
      }
      case DURATION -> requireWithin(setting, name, parseDuration(name, value));
      case DURATIONS -> durations(name, value).forEach(one -> requireWithin(setting, name, one));
      case TEXT -> requireText(setting, name, value);
      case PASSWORD -> {
        // Anything may be one.
      }
    }
    return value;
  }

  private static void requireText(Setting setting, String name, String value) {
    switch (setting) {
      case READ -> requireOneOf(name, value, List.of("auto", "map", "buffer"));
      case LINKS -> requireOneOf(name, value, List.of("inside", "anywhere"));
      case DATABASE_URL -> {
        if (!value.startsWith("jdbc:postgresql:")) {
          throw new SettingException(name + " must begin with jdbc:postgresql:, as in " + setting.defaultValue());
        }
        if (value.contains("password=")) {
          throw new SettingException(name + " holds a password; put it into MIDIFLEET_DATABASE_PASSWORD_FILE");
        }
        if (value.matches("jdbc:postgresql://[^?]*@.*")) {
          throw new SettingException(
              name + " names a user before the host, which PostgreSQL's driver does not read: put"
                  + " it into MIDIFLEET_DATABASE_USER, and the password into MIDIFLEET_DATABASE_PASSWORD_FILE");
        }
      }
      case AMQP_URI -> {
        if (!value.startsWith("amqp://") && !value.startsWith("amqps://")) {
          throw new SettingException(name + " must begin with amqp:// or amqps://");
        }
      }
      default -> {
        // Any text will do.
      }
    }
  }

  private static List<Duration> durations(String name, String value) {
    if (value.isBlank()) return List.of();
    return Arrays.stream(value.split(",", -1)).map(one -> parseDuration(name, one.strip())).toList();
  }

  private static void requireWithin(Setting setting, String name, Duration value) {
    if (value.toMillis() < setting.min() || value.toMillis() > setting.max()) {
      throw new SettingException(name + " holds " + text(value.toMillis()) + "; it must be from "
          + text(setting.min()) + " to " + text(setting.max()));
    }
  }

  private static String text(long millis) { return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms"; }

  private static Path path(String variable, String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new SettingException(variable + " is no path: " + e.getReason());
    }
  }

  private static void requireOneOf(String name, String value, List<String> allowed) {
    if (!allowed.contains(value)) {
      throw new SettingException(name + " is \"" + value + "\"; it must be one of " + allowed);
    }
  }

  private static long parseSize(Setting setting, String name, String text) {
    var matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new SettingException(
          name + " is \"" + text + "\"; a number is wanted, such as 4, 500k or 16m");
    }
    long unit = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
      case "k" -> Setting.Bytes.KIB;
      case "m" -> Setting.Bytes.MIB;
      case "g" -> Setting.Bytes.GIB;
      default -> 1;
    };
    long amount = Long.parseLong(matcher.group(1));
    if (amount > Long.MAX_VALUE / unit) {
      throw new SettingException(
          name + " is " + text + "; it must be from " + setting.min() + " to " + setting.max());
    }
    return amount * unit;
  }

  private static String readSecret(Setting setting, String file) {
    try {
      // Editors and `echo` end a file with a line feed, which is no part of a password; all else is.
      return Files.readString(path(setting.variable() + "_FILE", file)).replaceFirst("\\r?\\n\\z", "");
    } catch (NoSuchFileException _) {
      throw new SettingException(setting.variable() + "_FILE names " + file + ", which is not there");
    } catch (AccessDeniedException _) {
      throw new SettingException(setting.variable() + "_FILE names " + file + ", which this user may not read");
    } catch (IOException e) {
      throw new SettingException(setting.variable() + "_FILE names " + file + ", which cannot be read: " + e);
    }
  }

  /** A library's name as the end of its {@code MIDIFLEET_LIBRARY_…} variable. */
  public static String mountKey(String library) {
    return library.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
