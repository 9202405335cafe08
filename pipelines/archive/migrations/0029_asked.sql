-- What became of each thing that a removal was asked for, by digests that its requester can make from his list.
ALTER TABLE removals ADD COLUMN asked TEXT NOT NULL DEFAULT '[]';
