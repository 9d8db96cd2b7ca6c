-- The lane of files that may have cost their worker: it is looked at every second, and almost always empty.
create index batches_suspect on batches (due_at) where committed_at is null and lane = 'suspect';
comment on column batches.due_at is 'when it may be published; on the suspect lane when it may be claimed, which a claim puts off';
comment on column batches.taken is 'starts: a bulk batch is split at its third, a suspect is given up after nine';
comment on column batches.crashes is 'ends of the process that worked on it, alone, seen by its parent; three are enough';
