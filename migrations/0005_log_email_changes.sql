-- migrate:up
CREATE TABLE `user_email_change` (
  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  `userId` BIGINT UNSIGNED NOT NULL,
  `changedAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `oldEmail` VARCHAR(255) NOT NULL,
  `newEmail` VARCHAR(255) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `user_email_change_user` (`userId`, `changedAt`),
  CONSTRAINT `user_email_change_user_fk` FOREIGN KEY (`userId`) REFERENCES `user` (`id`) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

DELIMITER //
CREATE TRIGGER `user_log_email_change` AFTER UPDATE ON `user` FOR EACH ROW
BEGIN
  IF NEW.`email` <> OLD.`email` THEN
    INSERT INTO `user_email_change` (`userId`, `oldEmail`, `newEmail`)
    VALUES (NEW.`id`, OLD.`email`, NEW.`email`);
  END IF;
END//
DELIMITER ;

-- migrate:down
DROP TRIGGER `user_log_email_change`;

DROP TABLE `user_email_change`;
