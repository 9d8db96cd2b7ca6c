package dev.midifleet.bench.ablation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A {@link Chore} in a JVM of its own, with flags of its own: nothing that another arm did is in its profiles. */
final class ChildJvm implements Arm {
  private static final long END_SECONDS = 20;
  private static final double NANOS_A_MICRO = 1e3;

  private final Process process;
  private final BufferedReader answers;
  private final Writer questions;
  private final Path errors;
  private final List<String> asked = new ArrayList<>();
  private long wholeSum;

  /** Starts it, and lets it warm up. */
  ChildJvm(Context context, Chore chore, List<String> options) throws IOException, SQLException {
    List<String> all = new ArrayList<>(options);
    Map<String, String> environment = new HashMap<>();
    if (chore.isStoring()) {
      all.add("-D" + ChildMain.POSTGRES_PROPERTY + "=" + context.postgres().pid());
      environment.putAll(context.newDatabase());
    }
    List<String> words = new ArrayList<>(Jvm.words(all, System.getProperty("java.class.path"), ChildMain.class));
    words.addAll(List.of(chore.name(), context.library().toString()));
    errors = context.folder().resolve("child-" + chore + ".err");
    var builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("MIDIFLEET_"));
    builder.environment().putAll(environment);
    process = builder.start();
    answers = process.inputReader(StandardCharsets.US_ASCII);
    questions = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
    ask("warm " + context.warmSeconds());
    ask("sum");
    // What computed the sum has left its traces in profiles and heap.
    ask("warm " + context.warmSeconds() / 4);
  }

  /** Nobody waits here: the arms of a line warm up side by side. */
  private void ask(String question) throws IOException {
    asked.add(question);
    questions.write(question + "\n");
    questions.flush();
  }

  private Turn answer() throws IOException {
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("a child JVM ended at \"" + asked.getFirst() + "\"; it said: " + Files.readString(errors));
    }
    asked.removeFirst();
    long[] numbers = Arrays.stream(answer.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    return new Turn(numbers[0] / 1e9, numbers[1] / NANOS_A_MICRO, numbers[2], numbers[3]);
  }

  @Override
  public void awaitWarm() throws IOException {
    while (!asked.isEmpty()) {
      boolean isSum = asked.getFirst().equals("sum");
      Turn turn = answer();
      wholeSum = isSum ? turn.sum() : wholeSum;
    }
  }

  @Override
  public Turn turn() throws IOException {
    ask("turn");
    Turn turn = answer();
    return new Turn(turn.seconds(), turn.cpuMicros(), turn.files(), turn.sum() ^ wholeSum);
  }

  @Override
  public void close() throws IOException {
    questions.close();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
