import { checkHalves } from './half-applied-cases';

const T = 'CREATE TABLE t (id INT PRIMARY KEY, x INT)';

checkHalves('what is done to a table as a whole', [
  {
    name: 'a comment is done, and partitions are not',
    stands: [T],
    done: "ALTER TABLE t COMMENT 'x'",
    notDone: 'ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2',
    down: "ALTER TABLE t REMOVE PARTITIONING; ALTER TABLE t COMMENT ''",
    ends: 'asked',
  },
  {
    name: 'some partitions are added, and others are not',
    stands: [`${T} PARTITION BY HASH (id) PARTITIONS 5`],
    done: 'ALTER TABLE t ADD PARTITION PARTITIONS 1',
    notDone: 'ALTER TABLE t ADD PARTITION PARTITIONS 2',
    down: 'ALTER TABLE t COALESCE PARTITION 2; ALTER TABLE t COALESCE PARTITION 1',
    ends: 'asked',
  },
  {
    name: 'a table is made, and its partitions are not',
    stands: [],
    done: T,
    notDone: 'ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2',
    down: 'ALTER TABLE t REMOVE PARTITIONING; DROP TABLE t',
    ends: 'as it was',
  },
  {
    name: 'a column is renamed, and its table dropped',
    stands: [T, 'INSERT INTO t VALUES (1, 2)'],
    done: 'ALTER TABLE t CHANGE x y INT; DROP TABLE t',
    notDone: 'CREATE TABLE u (id INT)',
    down: 'DROP TABLE u; CREATE TABLE t (id INT PRIMARY KEY, y INT); INSERT INTO t VALUES (1, 2); ALTER TABLE t CHANGE y x INT',
    ends: 'as it was',
  },
  {
    name: 'a table is made, and the view that was to have its name is not',
    stands: [],
    done: 'CREATE TABLE b (id INT)',
    notDone: 'RENAME TABLE b TO o; CREATE VIEW b AS SELECT * FROM o',
    down: 'DROP VIEW b; RENAME TABLE o TO b; DROP TABLE IF EXISTS b',
    ends: 'as it was',
  },
  {
    name: 'a copy has taken the place of a table, and was not emptied',
    stands: [T, 'INSERT INTO t VALUES (1, 7)'],
    done: 'CREATE TABLE n LIKE t; INSERT INTO n SELECT * FROM t; RENAME TABLE t TO o, n TO t',
    notDone: 'TRUNCATE TABLE t',
    down: 'INSERT INTO t VALUES (1, 7); RENAME TABLE t TO n, o TO t; DROP TABLE n',
    ends: 'as it was',
  },
]);
