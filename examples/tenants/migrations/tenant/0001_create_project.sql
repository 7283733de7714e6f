-- migrate:up
CREATE TABLE project (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name VARCHAR(200) NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Every tenant starts with one.
INSERT INTO project (name) VALUES ('Our first project');

-- migrate:down
DROP TABLE project;
