-- migrate:up
ALTER TABLE item ADD COLUMN note VARCHAR(200) NULL;

-- migrate:down
ALTER TABLE item DROP COLUMN note;
