-- "What was ordered today, and is not shipped yet" reads the whole table without this.
-- The server refuses the statement if it could not do it while the shop goes on selling.

-- migrate:up
ALTER TABLE purchase ADD INDEX purchase_state_time (state, orderedAt), ALGORITHM = INPLACE, LOCK = NONE;

-- migrate:down
ALTER TABLE purchase DROP INDEX purchase_state_time;
