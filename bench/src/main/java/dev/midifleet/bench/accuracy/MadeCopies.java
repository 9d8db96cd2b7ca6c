package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.MidiEvents.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Copies of a file that a person would call the same piece, each changed in one way. */
final class MadeCopies {
  private static final int DRUMS = 9;
  private static final int SEMITONES = 3;

  private MadeCopies() {}

  /** The copies by what was done; without those that cannot be made of this file. */
  static Map<String, byte[]> of(MidiEvents file) {
    Map<String, byte[]> copies = new LinkedHashMap<>();
    if (isTransposable(file)) {
      copies.put("transposed by 3 semitones", changed(file, MadeCopies::transposed).write(false));
    }
    copies.put("0.7 times as fast", changed(file, MadeCopies::slower).write(false));
    copies.put("channels changed places",
        changed(file, event -> onChannel(event, (event.channel() + 3) % DRUMS)).write(false));
    copies.put("all on one channel, drums aside", changed(file, event -> onChannel(event, 0)).write(false));
    copies.put("all tracks in one", merged(file).write(true));
    copies.put("text stripped", new MidiEvents(file.format(), file.division(), file.tracks().stream()
        .map(track -> track.stream().filter(event -> !isText(event)).toList()).toList()).write(false));
    copies.put("velocities changed", changed(file, MadeCopies::quieter).write(false));
    copies.put("running status", file.write(true));
    copies.put("no running status", file.write(false));
    if (file.division() < 0x4000) {
      copies.put("twice as many ticks", new MidiEvents(file.format(), file.division() * 2,
          changed(file, event -> new Event(event.tick() * 2, event.bytes())).tracks()).write(false));
    }
    return copies;
  }

  private static MidiEvents changed(MidiEvents file, Function<Event, Event> change) {
    return new MidiEvents(file.format(), file.division(),
        file.tracks().stream().map(track -> track.stream().map(change).toList()).toList());
  }

  private static MidiEvents merged(MidiEvents file) {
    List<Event> all = new ArrayList<>();
    file.tracks().forEach(track -> all.addAll(track.stream().filter(event -> !event.isMeta(0x2F)).toList()));
    all.sort(Comparator.comparingLong(Event::tick));
    long end = file.tracks().stream().flatMap(List::stream).mapToLong(Event::tick).max().orElse(0);
    all.add(new Event(end, new byte[]{(byte) 0xFF, 0x2F, 0}));
    return new MidiEvents(0, file.division(), List.of(all));
  }

  private static boolean isText(Event event) { return IntStream.rangeClosed(1, 15).anyMatch(event::isMeta); }

  private static boolean isTransposable(MidiEvents file) {
    return file.tracks().stream().flatMap(List::stream)
        .allMatch(event -> !event.isOfKey() || event.channel() == DRUMS || event.bytes()[1] + SEMITONES <= 127);
  }

  private static Event transposed(Event event) {
    if (!event.isOfKey() || event.channel() == DRUMS) return event;
    byte[] bytes = event.bytes().clone();
    bytes[1] = (byte) (bytes[1] + SEMITONES);
    return new Event(event.tick(), bytes);
  }

  private static Event quieter(Event event) {
    if ((event.status() & 0xF0) != 0x90 || event.bytes()[2] == 0) return event;
    byte[] bytes = event.bytes().clone();
    bytes[2] = (byte) Math.max(1, bytes[2] / 2);
    return new Event(event.tick(), bytes);
  }

  private static Event slower(Event event) {
    if (!event.isMeta(0x51) || event.bytes().length != 6) return event;
    byte[] bytes = event.bytes().clone();
    int micros = ((bytes[3] & 0xFF) << 16) | ((bytes[4] & 0xFF) << 8) | (bytes[5] & 0xFF);
    int slower = Math.min(0xFFFFFF, Math.max(1, (int) (micros / 0.7)));
    bytes[3] = (byte) (slower >> 16);
    bytes[4] = (byte) (slower >> 8);
    bytes[5] = (byte) slower;
    return new Event(event.tick(), bytes);
  }

  private static Event onChannel(Event event, int channel) {
    if (!event.isOfChannel() || event.channel() == DRUMS) return event;
    byte[] bytes = event.bytes().clone();
    bytes[0] = (byte) ((event.status() & 0xF0) | channel);
    return new Event(event.tick(), bytes);
  }
}
