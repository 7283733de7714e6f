-- migrate:up
CREATE TABLE task (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  project BIGINT UNSIGNED NOT NULL,
  title VARCHAR(200) NOT NULL,
  dueOn DATE NULL,
  PRIMARY KEY (id),
  KEY task_project (project),
  CONSTRAINT task_project_fk FOREIGN KEY (project) REFERENCES project (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- migrate:down
DROP TABLE task;
