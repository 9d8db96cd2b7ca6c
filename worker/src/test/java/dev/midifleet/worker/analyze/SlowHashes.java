package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The oracle of {@link NoteHash} and {@link MinHash}: sketches are equal to {@link SlowFingerprint}'s, and of all scores
 * that it is shown two have one hash if and only if they have one set of sounds. The transposed hash is that of the sounds
 * moved down, and so among the others.
 */
final class SlowHashes {
  private final Map<LongBuffer, UUID> hashes = new HashMap<>();
  private final Map<UUID, LongBuffer> sounds = new HashMap<>();

  void check(SlowScore score, Analysis facts) {
    SlowFingerprint slow = new SlowFingerprint(score.score);
    List<Integer> sketch = new ArrayList<>();
    for (int i = 0; facts.hasMinhash && i < facts.minhash.length; i++) {
      sketch.add(facts.minhash[i] & 0xFFFF);
    }
    assertThat(sketch).as("minhash").isEqualTo(slow.sketch());
    if (score.notes.isEmpty()) {
      assertThat(facts.noteHash).as("note_hash").isNull();
      assertThat(facts.noteHashTransposed).as("note_hash_transposed").isNull();
      return;
    }
    same(facts.noteHash, slow.sounds(), "note_hash");
    same(facts.noteHashTransposed, slow.transposedSounds(), "note_hash_transposed");
  }

  private void same(@Nullable UUID hash, LongBuffer set, String what) {
    assertThat(hash).as(what).isNotNull();
    if (hash == null) return;
    assertThat(hash).as(what).isEqualTo(hashes.computeIfAbsent(set, _ -> hash));
    assertThat(sounds.computeIfAbsent(hash, _ -> set)).as(what).isEqualTo(set);
  }
}
