package dev.midifleet.bench.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLogTest {
  private static final String SAID = """
      2026-01-01 00:00:00.000 UTC [1] LOG:  BIND MESSAGE STATISTICS
      2026-01-01 00:00:00.000 UTC [1] DETAIL:  ! system usage stats:
      !	0.000100 s user, 0.000020 s system, 0.000300 s elapsed
      !	[1.000000 s user, 2.000000 s system total]
      2026-01-01 00:00:00.000 UTC [1] STATEMENT:  select path from files
      	where id = 1
      2026-01-01 00:00:00.000 UTC [1] LOG:  EXECUTE MESSAGE STATISTICS
      2026-01-01 00:00:00.000 UTC [1] DETAIL:  ! system usage stats:
      !	0.000010 s user, 0.000000 s system, 0.000300 s elapsed
      !	[1.000000 s user, 2.000000 s system total]
      2026-01-01 00:00:00.000 UTC [1] STATEMENT:  select path from files
      	where id = 1
      2026-01-01 00:00:00.000 UTC [1] LOG:  QUERY STATISTICS
      2026-01-01 00:00:00.000 UTC [1] DETAIL:  ! system usage stats:
      !	0.004000 s user, 0.001000 s system, 0.000300 s elapsed
      2026-01-01 00:00:00.000 UTC [1] STATEMENT:  copy facts (content_hash) from stdin
      """;

  @TempDir
  private Path folder;

  @Test
  void a_statement_costs_what_its_messages_cost() throws IOException {
    Path file = Files.writeString(folder.resolve("log"), SAID);
    var log = new ServerLog(file);
    log.begin();
    Files.writeString(file, SAID, StandardOpenOption.APPEND);
    Map<String, ServerLog.Account> accounts = log.accounts();
    assertThat(accounts).hasSize(2);
    assertThat(Objects.requireNonNull(accounts.get("select path from files")).calls()).isEqualTo(1);
    assertThat(accounts.get("select path from files").micros()).isBetween(129.9, 130.1);
    assertThat(Objects.requireNonNull(accounts.get("copy facts (content_hash) from stdin")).micros()).isBetween(4999.0,
        5001.0);
  }
}
