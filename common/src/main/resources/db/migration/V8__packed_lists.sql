-- Long lists as rows of bytes: making jsonb of text took most of the time of an insert. The view shows them as before.

create function midifleet_unsigned(bytes bytea, place integer) returns bigint
language sql immutable strict parallel safe as $$
  select (get_byte(bytes, place)::bigint << 24) + (get_byte(bytes, place + 1) << 16) + (get_byte(bytes, place + 2) << 8)
    + get_byte(bytes, place + 3)
$$;
comment on function midifleet_unsigned is 'the big-endian number of four bytes, counted from 0';

create function midifleet_chords(chords bytea) returns jsonb language sql immutable strict parallel safe as $$
  select jsonb_agg(jsonb_build_object(
    'tick', midifleet_unsigned(chords, i),
    'second', trim_scale(((((get_byte(chords, i + 4) << 8) + get_byte(chords, i + 5))::bigint << 32)
      + midifleet_unsigned(chords, i + 6)) / 1000.0),
    'chord', case get_byte(chords, i + 10) when 255 then 'N' else
      (array['C', 'Db', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B'])[get_byte(chords, i + 10) % 12 + 1] || ':'
      || (array['maj', 'min', 'dim', 'sus4', 'sus2', 'aug', '7', 'maj7', 'min7', 'hdim7', 'dim7', 'minmaj7', 'maj6', 'min6',
        '9', 'maj9', 'min9'])[get_byte(chords, i + 10) / 12 + 1] end) order by i)
  from generate_series(0, length(chords) - 11, 11) as i
$$;
comment on function midifleet_chords is
  'of facts.chord_progression: tick (4 bytes), milliseconds (6), type times 12 plus root or 255 (1)';

create function midifleet_tempi(tempi bytea) returns jsonb language sql immutable strict parallel safe as $$
  select jsonb_agg(jsonb_build_object(
    'tick', midifleet_unsigned(tempi, i),
    'second', trim_scale(((midifleet_unsigned(tempi, i + 4) << 32) + midifleet_unsigned(tempi, i + 8)) / 1000000.0),
    'bpm', trim_scale(round(60000000.0 / (midifleet_unsigned(tempi, i + 11) & 16777215), 6))) order by i)
  from generate_series(0, length(tempi) - 15, 15) as i
$$;
comment on function midifleet_tempi is
  'of facts.tempo_changes: tick (4 bytes), microseconds (8), microseconds a quarter note (3)';

create function midifleet_controllers(controllers bytea) returns jsonb language sql immutable strict parallel safe as $$
  select jsonb_object_agg(
    case get_byte(controllers, i) when 128 then 'pitch_bend' when 129 then 'channel_pressure'
      when 130 then 'key_pressure' else get_byte(controllers, i)::text end,
    jsonb_build_object(
      'count', midifleet_unsigned(controllers, i + 1),
      'min', (get_byte(controllers, i + 5) << 8) + get_byte(controllers, i + 6) - 8192,
      'max', (get_byte(controllers, i + 7) << 8) + get_byte(controllers, i + 8) - 8192,
      'mean', trim_scale((midifleet_unsigned(controllers, i + 9) - 8192000) / 1000.0)))
  from generate_series(0, length(controllers) - 13, 13) as i
$$;
comment on function midifleet_controllers is
  'of facts.controller_data: number (1 byte), count (4), min and max (2 each) plus 8192, mean in thousandths plus 8192000 (4)';

create function midifleet_packed(value bigint, size integer) returns bytea language sql immutable as $$
  select substr(int8send(value), 9 - size)
$$;

create function midifleet_packed_chords(list jsonb) returns bytea language sql immutable strict as $$
  select string_agg(midifleet_packed((e ->> 'tick')::bigint, 4)
    || midifleet_packed(round((e ->> 'second')::numeric * 1000)::bigint, 6)
    || midifleet_packed(case when e ->> 'chord' = 'N' then 255 else
      12 * (array_position(array['maj', 'min', 'dim', 'sus4', 'sus2', 'aug', '7', 'maj7', 'min7', 'hdim7', 'dim7', 'minmaj7',
        'maj6', 'min6', '9', 'maj9', 'min9'], split_part(e ->> 'chord', ':', 2)) - 1)
      + array_position(array['C', 'Db', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B'],
        split_part(e ->> 'chord', ':', 1)) - 1 end, 1), '' order by n)
  from jsonb_array_elements(list) with ordinality as a(e, n)
$$;

create function midifleet_packed_tempi(list jsonb) returns bytea language sql immutable strict as $$
  select string_agg(midifleet_packed((e ->> 'tick')::bigint, 4)
    || midifleet_packed(round((e ->> 'second')::numeric * 1000000)::bigint, 8)
    || midifleet_packed(round(60000000 / (e ->> 'bpm')::numeric)::bigint, 3), '' order by n)
  from jsonb_array_elements(list) with ordinality as a(e, n)
$$;

create function midifleet_packed_controllers(object jsonb) returns bytea language sql immutable strict as $$
  select string_agg(midifleet_packed(place, 1) || midifleet_packed((e ->> 'count')::bigint, 4)
    || midifleet_packed((e ->> 'min')::bigint + 8192, 2) || midifleet_packed((e ->> 'max')::bigint + 8192, 2)
    || midifleet_packed(round((e ->> 'mean')::numeric * 1000)::bigint + 8192000, 4), '' order by place)
  from (select e, case k when 'pitch_bend' then 128 when 'channel_pressure' then 129 when 'key_pressure' then 130
    else k::bigint end as place from jsonb_each(object) as o(k, e)) as p
$$;

drop view musical_metadata;

alter table facts
  alter column chord_progression type bytea using midifleet_packed_chords(chord_progression),
  alter column tempo_changes type bytea using midifleet_packed_tempi(tempo_changes),
  alter column controller_data type bytea using midifleet_packed_controllers(controller_data);

drop function midifleet_packed_chords, midifleet_packed_tempi, midifleet_packed_controllers, midifleet_packed;

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
  midifleet_tempi(x.tempo_changes) as tempo_changes,
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
  midifleet_chords(x.chord_progression) as chord_progression,
  x.chord_types,
  x.has_seventh_chords,
  x.has_extended_chords,
  x.chord_change_rate,
  x.chord_complexity_score,
  x.has_melody,
  x.melody_channel,
  x.melodic_range,
  x.bass_channel,
  midifleet_controllers(x.controller_data) as controller_data,
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
    'windows_1257', 'windows_874', 'iso_8859_2', 'koi8_r', 'ibm866', 'ibm850', 'mac_roman', 'utf_16',
    'windows_1258'])[x.charset + 1] as charset
from files f
join library l on l.id = f.library_id
left join facts x on x.content_hash = f.content_hash;
