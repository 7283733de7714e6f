-- migrate:up
ALTER TABLE article ADD INDEX article_published_at (publishedAt), ALGORITHM = INPLACE, LOCK = NONE;

-- migrate:down
ALTER TABLE article DROP INDEX article_published_at;
