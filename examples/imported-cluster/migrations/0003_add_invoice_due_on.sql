-- Two steps, since each is cheap by itself: the column costs nothing however large the table is, and the index is built
-- beside the work. Together in one ALTER TABLE they would write all rows anew.

-- migrate:up
ALTER TABLE invoice ADD COLUMN dueOn DATE NULL, ALGORITHM = INSTANT;

ALTER TABLE invoice ADD INDEX invoice_due_on (dueOn), ALGORITHM = INPLACE, LOCK = NONE;

-- migrate:down
ALTER TABLE invoice DROP INDEX invoice_due_on;

ALTER TABLE invoice DROP COLUMN dueOn;
