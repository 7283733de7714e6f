-- A thousand rows. A statement that computes something for each of them takes as long as one likes.
-- migrate:up
CREATE TABLE item (
  id INT UNSIGNED NOT NULL PRIMARY KEY,
  name VARCHAR(100) NOT NULL
);
INSERT INTO item (id, name)
WITH digit (n) AS (
  SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
  UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
)
SELECT a.n * 100 + b.n * 10 + c.n, CONCAT('item ', a.n, b.n, c.n) FROM digit a, digit b, digit c;

-- migrate:down
DROP TABLE item;
