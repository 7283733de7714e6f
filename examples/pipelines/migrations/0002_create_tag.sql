-- migrate:up
CREATE TABLE tag (
  name VARCHAR(40) NOT NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

INSERT INTO tag (name) VALUES ('news'), ('release');

CREATE TABLE article_tag (
  article BIGINT UNSIGNED NOT NULL,
  tag VARCHAR(40) NOT NULL,
  PRIMARY KEY (article, tag),
  KEY article_tag_tag (tag),
  CONSTRAINT article_tag_article_fk FOREIGN KEY (article) REFERENCES article (id) ON DELETE CASCADE,
  CONSTRAINT article_tag_tag_fk FOREIGN KEY (tag) REFERENCES tag (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- migrate:down
DROP TABLE article_tag;

DROP TABLE tag;
