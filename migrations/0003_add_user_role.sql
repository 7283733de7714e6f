-- Every user gets a role. The existing ones become members by the column's default.
-- review:ignore table-copy: the foreign key copies the table, which is small yet

-- migrate:up
CREATE TABLE `role` (
  `name` VARCHAR(32) NOT NULL,
  `description` VARCHAR(255) NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

INSERT INTO `role` (`name`, `description`) VALUES
  ('member', 'Uses the service; the role of everybody who signs up'),
  ('admin', 'Manages users; can''t be taken from the last one'),
  ('auditor', 'Reads everything, changes nothing');

ALTER TABLE `user`
  ADD COLUMN `role` VARCHAR(32) NOT NULL DEFAULT 'member' AFTER `name`,
  ADD CONSTRAINT `user_role_fk` FOREIGN KEY (`role`) REFERENCES `role` (`name`);

-- migrate:down
ALTER TABLE `user` DROP FOREIGN KEY `user_role_fk`, DROP COLUMN `role`;

DROP TABLE `role`;
