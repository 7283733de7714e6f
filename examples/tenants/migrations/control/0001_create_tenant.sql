-- migrate:up
CREATE TABLE tenant (
  name VARCHAR(40) NOT NULL,
  plan VARCHAR(20) NOT NULL DEFAULT 'trial',
  since DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- migrate:down
DROP TABLE tenant;
