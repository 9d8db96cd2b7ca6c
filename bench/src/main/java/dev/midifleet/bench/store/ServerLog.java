package dev.midifleet.bench.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the server's log says of the statements of a time: their processor time where {@code log_statement_stats} is on, their
 * plans where {@code auto_explain} is loaded.
 */
final class ServerLog {
  private static final Pattern CPU = Pattern.compile("!\\s+([0-9.]+) s user, ([0-9.]+) s system, ");
  private static final Pattern STATEMENT = Pattern.compile("STATEMENT:\\s+(.*)");
  private static final String PLAN = "  plan:";
  private static final double MICROS_A_SECOND = 1e6;
  private static final int LABEL = 60;

  private final Path file;
  private long from;

  ServerLog(Path file) { this.file = file; }

  /** Forgets what was said until now. */
  void begin() throws IOException {
    try (var log = new RandomAccessFile(file.toFile(), "r")) {
      from = log.length();
    }
  }

  /** What a statement has cost: calls (executions, whatever it took to prepare and bind them), and µs. */
  record Account(int calls, double micros) {
    Account plus(int moreCalls, double more) { return new Account(calls + moreCalls, micros + more); }
  }

  /** By the beginnings of the statements, in the order in which they were first seen. */
  Map<String, Account> accounts() throws IOException {
    Map<String, Account> accounts = new LinkedHashMap<>();
    double micros = 0;
    int calls = 0;
    for (String line : lines()) {
      if (line.contains(" MESSAGE STATISTICS") || line.contains("QUERY STATISTICS")) {
        calls = line.contains("PARSE MESSAGE") || line.contains("BIND MESSAGE") ? 0 : 1;
        micros = 0;
      }
      Matcher cpu = CPU.matcher(line);
      if (cpu.find()) {
        micros += (Double.parseDouble(cpu.group(1)) + Double.parseDouble(cpu.group(2))) * MICROS_A_SECOND;
      }
      Matcher statement = STATEMENT.matcher(line);
      if (statement.find()) {
        String sql = statement.group(1).strip();
        String label = sql.length() > LABEL ? sql.substring(0, LABEL) : sql;
        accounts.put(label, accounts.getOrDefault(label, new Account(0, 0)).plus(calls, micros));
        micros = 0;
        calls = 0;
      }
    }
    return accounts;
  }

  /** Each plan with the beginning of its statement. */
  List<String> plans() throws IOException {
    List<String> plans = new ArrayList<>();
    boolean isPlan = false;
    for (String line : lines()) {
      if (line.contains(PLAN)) {
        isPlan = true;
        plans.add("");
      } else if (isPlan && line.startsWith("\t")) {
        String text = line.length() > 200 ? line.substring(0, 200) + " ..." : line;
        plans.add(plans.removeLast() + text.substring(1) + "\n");
      } else {
        isPlan = false;
      }
    }
    return plans;
  }

  private List<String> lines() throws IOException {
    try (var log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(from);
      byte[] bytes = new byte[Math.toIntExact(log.length() - from)];
      log.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }
  }
}
