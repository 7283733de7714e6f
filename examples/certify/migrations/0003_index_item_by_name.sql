-- migrate:up
ALTER TABLE item ADD INDEX item_by_name (name);

-- migrate:down
ALTER TABLE item DROP INDEX item_by_name;
