-- Nullable, and no default to think about: the code of the release before goes on inserting without it.

-- migrate:up
ALTER TABLE note ADD COLUMN archivedAt DATETIME(3) NULL, ALGORITHM = INSTANT;

-- migrate:down
ALTER TABLE note DROP COLUMN archivedAt;
