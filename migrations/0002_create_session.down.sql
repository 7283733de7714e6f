DROP TABLE `session`;
