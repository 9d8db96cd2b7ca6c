package dev.midifleet.common.lifecycle;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was started, to be stopped in reverse order, each once. A step that fails is logged, and the rest still run.
 */
public final class ShutdownStack implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownStack.class);

  private final ArrayDeque<Step> steps = new ArrayDeque<>();

  private record Step(String name, AutoCloseable action) {}

  /** Adds a resource and returns it. */
  public synchronized <T extends AutoCloseable> T add(String name, T resource) {
    steps.push(new Step(name, resource));
    return resource;
  }

  /** Runs the steps, last added first. A second call does nothing. */
  @Override
  public void close() {
    for (Step step = next(); step != null; step = next()) {
      try {
        step.action().close();
      } catch (Exception e) {
        LOG.warn("stopping {} failed: {}", step.name(), e.toString());
      }
    }
  }

  private synchronized @Nullable Step next() { return steps.poll(); }
}
