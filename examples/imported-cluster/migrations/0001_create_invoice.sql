-- migrate:up
CREATE TABLE invoice (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  number VARCHAR(30) NOT NULL,
  customer VARCHAR(200) NOT NULL,
  issuedOn DATE NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY invoice_number (number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- migrate:down
DROP TABLE invoice;
