-- migrate:up
ALTER TABLE task ADD INDEX task_due_on (dueOn), ALGORITHM = INPLACE, LOCK = NONE;

-- migrate:down
ALTER TABLE task DROP INDEX task_due_on;
