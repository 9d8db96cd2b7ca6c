-- Which names lead to one file, so that deleting a link is not taken for freeing space. Null in older rows until the next
-- enqueue of their folder, and where a file could not be looked at.

alter table files
  add column inode_key bigint,
  add column is_link boolean;
comment on column files.inode_key is 'inode number, shifted on another device than the library''s folder: within a library, two names of one key and one content are one file';
comment on column files.is_link is 'a symbolic link; size, time and inode are those of the file that it leads to';

-- A strict function of this kind is not put into the statement that calls it: each call would be a statement of its own,
-- twenty times as slow. Without that it is NULL for NULL all the same.
alter function midifleet_similarity(bytea, bytea) called on null input;
