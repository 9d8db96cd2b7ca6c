-- Small objects as json and long rows as they are: jsonb is made where somebody reads it, and a row is compressed only where two
-- would not fit on a page. Both took more of an insert than all the rest. The view shows what it showed.

create temporary table kept_grants on commit drop as
select g.grantee::text as grantee, g.privilege_type::text as privilege from information_schema.role_table_grants g
where g.table_schema = current_schema() and g.table_name = 'musical_metadata' and g.grantee <> current_user
  and g.privilege_type = 'SELECT';

drop view musical_metadata;

alter table facts
  alter column key_changes type json using key_changes::json,
  alter column time_signature_changes type json using time_signature_changes::json,
  alter column chord_types type json using chord_types::json,
  alter column articulation_data type json using articulation_data::json,
  alter column structure_data type json using structure_data::json,
  alter column track_names type json using track_names::json,
  set (toast_tuple_target = 4080);

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
  x.key_changes::jsonb as key_changes,
  x.scale_consistency,
  x.pitch_entropy,
  x.pitch_class_entropy,
  midifleet_shares(x.pitch_class_histogram) as pitch_class_histogram,
  x.time_signature_numerator,
  x.time_signature_denominator,
  x.has_time_signature_changes,
  x.time_signature_changes::jsonb as time_signature_changes,
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
  x.chord_types::jsonb as chord_types,
  x.has_seventh_chords,
  x.has_extended_chords,
  x.chord_change_rate,
  x.chord_complexity_score,
  x.has_melody,
  x.melody_channel,
  x.melodic_range,
  x.bass_channel,
  midifleet_controllers(x.controller_data) as controller_data,
  x.articulation_data::jsonb as articulation_data,
  x.structure_data::jsonb as structure_data,
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
  x.track_names::jsonb as track_names,
  x.is_karaoke,
  (array['ascii', 'utf_8', 'latin_1', 'windows_1252', 'shift_jis', 'euc_jp', 'ms949', 'gbk', 'big5',
    'windows_1250', 'windows_1251', 'windows_1253', 'windows_1254', 'windows_1255', 'windows_1256',
    'windows_1257', 'windows_874', 'iso_8859_2', 'koi8_r', 'ibm866', 'ibm850', 'mac_roman', 'utf_16',
    'windows_1258'])[x.charset + 1] as charset
from files f
join library l on l.id = f.library_id
left join facts x on x.content_hash = f.content_hash;

-- Whoever could read the view can read it still.
do $$
declare
  held record;
begin
  for held in select * from kept_grants
  loop
    if held.grantee = 'PUBLIC' then
      execute format('grant %s on musical_metadata to public', held.privilege);
    else
      execute format('grant %s on musical_metadata to %I', held.privilege, held.grantee);
    end if;
  end loop;
end $$;
