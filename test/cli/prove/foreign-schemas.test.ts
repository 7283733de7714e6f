import { reachesOut } from '../../../cli/prove/reach/foreign-schemas';

const reached = (text: string): readonly string[] =>
  reachesOut([{ file: '0001_a.sql', text }], ['shop']).map(({ what }) => what);

test.each([
  'CREATE DATABASE a',
  'CREATE OR REPLACE SCHEMA a',
  'DROP DATABASE IF EXISTS a',
  'ALTER DATABASE a CHARACTER SET utf8mb4',
  'ALTER SCHEMA `default` COLLATE utf8mb4_bin',
  'ALTER DATABASE charset CHARACTER SET utf8mb4',
  'ALTER\nDATABASE characters COLLATE utf8mb4_bin',
])('%j is of a database that others may use', (text) => {
  expect(reached(text)).toEqual(['a database']);
});

test.each([
  'ALTER DATABASE DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci',
  'alter schema character set latin1',
  'ALTER DATABASE COLLATE utf8mb4_bin',
  'ALTER TABLE a ADD b INT',
])('%j is of the schema in which it is played', (text) => {
  expect(reached(text)).toEqual([]);
});
