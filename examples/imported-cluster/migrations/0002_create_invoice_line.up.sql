CREATE TABLE invoice_line (
  invoice BIGINT UNSIGNED NOT NULL,
  position SMALLINT UNSIGNED NOT NULL,
  text VARCHAR(500) NOT NULL,
  amountCents INT NOT NULL,
  PRIMARY KEY (invoice, position),
  CONSTRAINT invoice_line_invoice_fk FOREIGN KEY (invoice) REFERENCES invoice (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
