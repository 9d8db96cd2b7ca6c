package dev.midifleet.producer.operate;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker, as its own row says.
 *
 * @param isAlive
 *          whether it was seen in the last 30 s and has not said that it stops
 * @param problem
 *          why it takes no batches or does not get on; null when all is well
 * @param filesDone
 *          since it started, like the other sums
 */
public record WorkerStatus(UUID id, String host, long pid, String version, String state, boolean isAlive,
    Instant startedAt, Instant seenAt, int slots, int threads, long filesDone, long filesDead, long bytesDone,
    @Nullable String problem) {}
