-- The column only; 0004 fills it. What changes the schema and what changes rows are better two migrations: MySQL commits
-- at each change of the schema, but all of 0004 is one transaction.

-- migrate:up
ALTER TABLE note ADD COLUMN slug VARCHAR(80) NULL, ALGORITHM = INSTANT;

ALTER TABLE note ADD UNIQUE INDEX note_slug (slug), ALGORITHM = INPLACE, LOCK = NONE;

-- migrate:down
ALTER TABLE note DROP INDEX note_slug;

ALTER TABLE note DROP COLUMN slug;
