package dev.midifleet.testkit;

import com.github.dockerjava.api.exception.NotFoundException;
import org.testcontainers.DockerClientFactory;

/** An image for tests, which is pulled where it is absent, unless {@code MIDIFLEET_TEST_NEVER_PULL} is {@code true}. */
record DockerImage(String name) {

  /** Whether Docker answers, and has the image or may pull it. A docker program on the path proves nothing. */
  boolean isUsable() {
    if (!DockerClientFactory.instance().isDockerAvailable()) return false;
    return !isPullForbidden() || isPresent();
  }

  boolean mayBePulled() { return !isPullForbidden() && !isPresent(); }

  private static boolean isPullForbidden() { return Boolean.parseBoolean(System.getenv("MIDIFLEET_TEST_NEVER_PULL")); }

  private boolean isPresent() {
    try {
      DockerClientFactory.instance().client().inspectImageCmd(name).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }
}
