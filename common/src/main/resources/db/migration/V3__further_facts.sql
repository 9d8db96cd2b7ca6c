-- The rest of what ANALYSIS asks for. The view follows the order of FactColumns; the table's own order says nothing.

alter table facts
  add column note_hash uuid,
  add column note_hash_transposed uuid,
  add column minhash bytea,
  add column quality_score smallint,
  add column bpm_octave_alternative real,
  add column quantized_share real,
  add column is_performance boolean,
  add column swing_ratio real,
  add column scale_consistency real,
  add column pitch_entropy real,
  add column pitch_class_entropy real,
  add column meter_estimate smallint,
  add column bars integer,
  add column groove_consistency real,
  add column drum_pattern_consistency real,
  add column syncopation real,
  add column empty_beat_rate real,
  add column is_loop boolean,
  add column ioi_mean_ms real,
  add column note_length_mean_beats real,
  add column has_chords boolean,
  add column chord_progression jsonb,
  add column chord_types jsonb,
  add column has_seventh_chords boolean,
  add column has_extended_chords boolean,
  add column chord_change_rate real,
  add column chord_complexity_score real,
  add column has_melody boolean,
  add column melody_channel smallint,
  add column melodic_range smallint,
  add column bass_channel smallint,
  add column controller_data jsonb,
  add column articulation_data jsonb,
  add column structure_data jsonb,
  add column artist text;

create function midifleet_numbers(numbers bytea) returns integer[] language sql immutable strict parallel safe as $$
  select array_agg(get_byte(numbers, 2 * i) * 256 + get_byte(numbers, 2 * i + 1) order by i)
  from generate_series(0, length(numbers) / 2 - 1) as i
$$;
comment on function midifleet_numbers is 'unsigned 16-bit numbers, big-endian';

create function midifleet_similarity(a bytea, b bytea) returns double precision
language sql immutable strict parallel safe as $$
  -- Spelled out: a loop over generate_series takes ten times as long, and this runs for millions of pairs.
  select (
    (get_byte(a, 0) = get_byte(b, 0) and get_byte(a, 1) = get_byte(b, 1))::int
    + (get_byte(a, 2) = get_byte(b, 2) and get_byte(a, 3) = get_byte(b, 3))::int
    + (get_byte(a, 4) = get_byte(b, 4) and get_byte(a, 5) = get_byte(b, 5))::int
    + (get_byte(a, 6) = get_byte(b, 6) and get_byte(a, 7) = get_byte(b, 7))::int
    + (get_byte(a, 8) = get_byte(b, 8) and get_byte(a, 9) = get_byte(b, 9))::int
    + (get_byte(a, 10) = get_byte(b, 10) and get_byte(a, 11) = get_byte(b, 11))::int
    + (get_byte(a, 12) = get_byte(b, 12) and get_byte(a, 13) = get_byte(b, 13))::int
    + (get_byte(a, 14) = get_byte(b, 14) and get_byte(a, 15) = get_byte(b, 15))::int
    + (get_byte(a, 16) = get_byte(b, 16) and get_byte(a, 17) = get_byte(b, 17))::int
    + (get_byte(a, 18) = get_byte(b, 18) and get_byte(a, 19) = get_byte(b, 19))::int
    + (get_byte(a, 20) = get_byte(b, 20) and get_byte(a, 21) = get_byte(b, 21))::int
    + (get_byte(a, 22) = get_byte(b, 22) and get_byte(a, 23) = get_byte(b, 23))::int
    + (get_byte(a, 24) = get_byte(b, 24) and get_byte(a, 25) = get_byte(b, 25))::int
    + (get_byte(a, 26) = get_byte(b, 26) and get_byte(a, 27) = get_byte(b, 27))::int
    + (get_byte(a, 28) = get_byte(b, 28) and get_byte(a, 29) = get_byte(b, 29))::int
    + (get_byte(a, 30) = get_byte(b, 30) and get_byte(a, 31) = get_byte(b, 31))::int
    + (get_byte(a, 32) = get_byte(b, 32) and get_byte(a, 33) = get_byte(b, 33))::int
    + (get_byte(a, 34) = get_byte(b, 34) and get_byte(a, 35) = get_byte(b, 35))::int
    + (get_byte(a, 36) = get_byte(b, 36) and get_byte(a, 37) = get_byte(b, 37))::int
    + (get_byte(a, 38) = get_byte(b, 38) and get_byte(a, 39) = get_byte(b, 39))::int
    + (get_byte(a, 40) = get_byte(b, 40) and get_byte(a, 41) = get_byte(b, 41))::int
    + (get_byte(a, 42) = get_byte(b, 42) and get_byte(a, 43) = get_byte(b, 43))::int
    + (get_byte(a, 44) = get_byte(b, 44) and get_byte(a, 45) = get_byte(b, 45))::int
    + (get_byte(a, 46) = get_byte(b, 46) and get_byte(a, 47) = get_byte(b, 47))::int
    + (get_byte(a, 48) = get_byte(b, 48) and get_byte(a, 49) = get_byte(b, 49))::int
    + (get_byte(a, 50) = get_byte(b, 50) and get_byte(a, 51) = get_byte(b, 51))::int
    + (get_byte(a, 52) = get_byte(b, 52) and get_byte(a, 53) = get_byte(b, 53))::int
    + (get_byte(a, 54) = get_byte(b, 54) and get_byte(a, 55) = get_byte(b, 55))::int
    + (get_byte(a, 56) = get_byte(b, 56) and get_byte(a, 57) = get_byte(b, 57))::int
    + (get_byte(a, 58) = get_byte(b, 58) and get_byte(a, 59) = get_byte(b, 59))::int
    + (get_byte(a, 60) = get_byte(b, 60) and get_byte(a, 61) = get_byte(b, 61))::int
    + (get_byte(a, 62) = get_byte(b, 62) and get_byte(a, 63) = get_byte(b, 63))::int
    + (get_byte(a, 64) = get_byte(b, 64) and get_byte(a, 65) = get_byte(b, 65))::int
    + (get_byte(a, 66) = get_byte(b, 66) and get_byte(a, 67) = get_byte(b, 67))::int
    + (get_byte(a, 68) = get_byte(b, 68) and get_byte(a, 69) = get_byte(b, 69))::int
    + (get_byte(a, 70) = get_byte(b, 70) and get_byte(a, 71) = get_byte(b, 71))::int
    + (get_byte(a, 72) = get_byte(b, 72) and get_byte(a, 73) = get_byte(b, 73))::int
    + (get_byte(a, 74) = get_byte(b, 74) and get_byte(a, 75) = get_byte(b, 75))::int
    + (get_byte(a, 76) = get_byte(b, 76) and get_byte(a, 77) = get_byte(b, 77))::int
    + (get_byte(a, 78) = get_byte(b, 78) and get_byte(a, 79) = get_byte(b, 79))::int
    + (get_byte(a, 80) = get_byte(b, 80) and get_byte(a, 81) = get_byte(b, 81))::int
    + (get_byte(a, 82) = get_byte(b, 82) and get_byte(a, 83) = get_byte(b, 83))::int
    + (get_byte(a, 84) = get_byte(b, 84) and get_byte(a, 85) = get_byte(b, 85))::int
    + (get_byte(a, 86) = get_byte(b, 86) and get_byte(a, 87) = get_byte(b, 87))::int
    + (get_byte(a, 88) = get_byte(b, 88) and get_byte(a, 89) = get_byte(b, 89))::int
    + (get_byte(a, 90) = get_byte(b, 90) and get_byte(a, 91) = get_byte(b, 91))::int
    + (get_byte(a, 92) = get_byte(b, 92) and get_byte(a, 93) = get_byte(b, 93))::int
    + (get_byte(a, 94) = get_byte(b, 94) and get_byte(a, 95) = get_byte(b, 95))::int
    + (get_byte(a, 96) = get_byte(b, 96) and get_byte(a, 97) = get_byte(b, 97))::int
    + (get_byte(a, 98) = get_byte(b, 98) and get_byte(a, 99) = get_byte(b, 99))::int
    + (get_byte(a, 100) = get_byte(b, 100) and get_byte(a, 101) = get_byte(b, 101))::int
    + (get_byte(a, 102) = get_byte(b, 102) and get_byte(a, 103) = get_byte(b, 103))::int
    + (get_byte(a, 104) = get_byte(b, 104) and get_byte(a, 105) = get_byte(b, 105))::int
    + (get_byte(a, 106) = get_byte(b, 106) and get_byte(a, 107) = get_byte(b, 107))::int
    + (get_byte(a, 108) = get_byte(b, 108) and get_byte(a, 109) = get_byte(b, 109))::int
    + (get_byte(a, 110) = get_byte(b, 110) and get_byte(a, 111) = get_byte(b, 111))::int
    + (get_byte(a, 112) = get_byte(b, 112) and get_byte(a, 113) = get_byte(b, 113))::int
    + (get_byte(a, 114) = get_byte(b, 114) and get_byte(a, 115) = get_byte(b, 115))::int
    + (get_byte(a, 116) = get_byte(b, 116) and get_byte(a, 117) = get_byte(b, 117))::int
    + (get_byte(a, 118) = get_byte(b, 118) and get_byte(a, 119) = get_byte(b, 119))::int
    + (get_byte(a, 120) = get_byte(b, 120) and get_byte(a, 121) = get_byte(b, 121))::int
    + (get_byte(a, 122) = get_byte(b, 122) and get_byte(a, 123) = get_byte(b, 123))::int
    + (get_byte(a, 124) = get_byte(b, 124) and get_byte(a, 125) = get_byte(b, 125))::int
    + (get_byte(a, 126) = get_byte(b, 126) and get_byte(a, 127) = get_byte(b, 127))::int
  ) / 64.0::double precision
$$;
comment on function midifleet_similarity is 'of two facts.minhash: the share of equal values, 0 to 1';

drop view musical_metadata;
create view musical_metadata as
select
  f.id as file_id,
  l.name as library,
  f.path,
  f.size_bytes,
  f.modified_at,
  f.status,
  f.analyzed_at,
  x.content_hash,
  x.analyzer_version,
  x.note_hash,
  x.note_hash_transposed,
  midifleet_numbers(x.minhash) as minhash,
  (array['clean', 'repaired', 'partial'])[x.parse_status + 1] as parse_status,
  x.issue_bits,
  x.hanging_notes,
  (array['smf', 'rmid'])[x.container + 1] as container,
  x.midi_format,
  x.division,
  x.is_smpte,
  x.track_count,
  x.quality_score,
  x.duration_seconds,
  x.duration_ticks,
  x.tempo_bpm,
  x.bpm_confidence,
  (array['map', 'estimated', 'smf_default'])[x.tempo_source + 1] as tempo_source,
  x.has_tempo_changes,
  x.tempo_change_count,
  x.tempo_changes,
  x.bpm_initial,
  x.bpm_min,
  x.bpm_max,
  x.bpm_octave_alternative,
  x.quantized_share,
  x.is_performance,
  x.swing_ratio,
  x.detected_key,
  x.key_confidence,
  x.key_second,
  x.key_margin,
  x.key_signature,
  x.has_key_changes,
  x.key_changes,
  x.scale_consistency,
  x.pitch_entropy,
  x.pitch_class_entropy,
  midifleet_shares(x.pitch_class_histogram) as pitch_class_histogram,
  x.time_signature_numerator,
  x.time_signature_denominator,
  x.has_time_signature_changes,
  x.time_signature_changes,
  x.meter_estimate,
  x.bars,
  x.groove_consistency,
  x.drum_pattern_consistency,
  x.syncopation,
  x.empty_beat_rate,
  x.is_loop,
  x.ioi_mean_ms,
  x.note_length_mean_beats,
  x.total_notes,
  x.drum_notes,
  x.unique_pitches,
  x.pitch_range_min,
  x.pitch_range_max,
  x.avg_velocity,
  x.velocity_sd,
  x.velocity_distinct,
  x.note_density,
  x.polyphony_max,
  x.polyphony_avg,
  x.polyphony_rate,
  x.is_monophonic,
  x.is_polyphonic,
  x.is_percussive,
  x.has_chords,
  x.chord_progression,
  x.chord_types,
  x.has_seventh_chords,
  x.has_extended_chords,
  x.chord_change_rate,
  x.chord_complexity_score,
  x.has_melody,
  x.melody_channel,
  x.melodic_range,
  x.bass_channel,
  x.controller_data,
  x.articulation_data,
  x.structure_data,
  midifleet_set(x.programs) as programs,
  midifleet_set(x.families) as families,
  midifleet_set(x.drum_keys) as drum_keys,
  midifleet_set(x.channels) as channels,
  x.primary_program,
  (array['gm1', 'gm2', 'gs', 'xg'])[x.gm_system + 1] as gm_system,
  x.title,
  x.artist,
  x.copyright,
  x.lyrics,
  x.track_names,
  x.is_karaoke,
  (array['ascii', 'utf_8', 'latin_1', 'windows_1252', 'shift_jis', 'euc_jp', 'ms949', 'gbk', 'big5',
    'windows_1250', 'windows_1251', 'windows_1253', 'windows_1254', 'windows_1255', 'windows_1256',
    'windows_1257', 'windows_874', 'iso_8859_2', 'koi8_r', 'ibm866', 'ibm850', 'mac_roman', 'utf_16'])[x.charset + 1] as charset
from files f
join library l on l.id = f.library_id
left join facts x on x.content_hash = f.content_hash;
