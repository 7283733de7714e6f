-- The states are rows and not an ENUM: a new one is then an INSERT, and needs no change of a large table.

-- migrate:up
CREATE TABLE purchase_state (
  name VARCHAR(20) NOT NULL,
  isFinal BOOLEAN NOT NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

INSERT INTO purchase_state (name, isFinal) VALUES
  ('open', FALSE),
  ('paid', FALSE),
  ('shipped', TRUE),
  ('cancelled', TRUE);

CREATE TABLE purchase (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  product BIGINT UNSIGNED NOT NULL,
  quantity INT UNSIGNED NOT NULL,
  state VARCHAR(20) NOT NULL DEFAULT 'open',
  orderedAt DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (id),
  KEY purchase_product (product),
  KEY purchase_state (state),
  CONSTRAINT purchase_product_fk FOREIGN KEY (product) REFERENCES product (id),
  CONSTRAINT purchase_state_fk FOREIGN KEY (state) REFERENCES purchase_state (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- migrate:down
DROP TABLE purchase;

DROP TABLE purchase_state;
