import { problemsOf } from './read-migrations';

/** A file in which each character is one byte. */
function told(text: string): string {
  const files = { '0001_a.up.sql': Buffer.from(text, 'latin1'), '0001_a.down.sql': 'DO 1;' };
  return problemsOf(files).join('\n');
}

const DUMP = '/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19  Distrib 10.11.14-MariaDB\n';
const BINARY =
  /it is one of the bytes of a binary column .*--hex-blob.*saved as UTF-8, the file would hold other bytes \(invalid-utf8\)$/;
const TEXT = /is not UTF-8: save the file as UTF-8 \(invalid-utf8\)$/;

test.each([
  "INSERT INTO a VALUES (1, _binary '\xff\xc3');",
  `${DUMP}/*!40101 SET NAMES utf8mb4 */;\nINSERT INTO \`a\` VALUES (1,'ok','it''s \\' \xff\xc3');`,
  `-- MySQL dump 10.13  Distrib 5.6\nREPLACE INTO a VALUES (1, 'x', '\x89PNG');`,
  `-- MySQL dump 10.13\n/*!40101 SET NAMES latin1 */;\nINSERT INTO a VALUES (_binary '\xff');`,
  "/*!40101 SET NAMES binary */;\nINSERT INTO a VALUES ('\xff');",
  "UPDATE a SET b = _BINARY /* raw */ '\xff';",
])('bytes of a binary column are called so: %j', (text) => {
  expect(told(text)).toMatch(BINARY);
});

test.each([
  `-- MySQL dump 10.13\n/*!40101 SET NAMES latin1 */;\nINSERT INTO a VALUES ('caf\xe9');`,
  `-- MySQL dump 10.13\n/*!40101 SET NAMES utf8mb4 */;\n-- caf\xe9\nINSERT INTO a VALUES ('ok');`,
  "INSERT INTO a VALUES (_latin1 'caf\xe9');",
  "CREATE TABLE a (b INT COMMENT 'caf\xe9');",
])('text in another character set is to be saved as UTF-8: %j', (text) => {
  expect(told(text)).toMatch(TEXT);
});

test('where it can be either, both are said, with line and offset', () => {
  expect(told("DO 1;\nINSERT INTO a VALUES ('caf\xe9');")).toBe(
    "0001_a.up.sql:2: byte 0xe9 at offset 32 is not UTF-8: save the file as UTF-8 if it is text; if it is one of the bytes of a binary column, write the value as X'…' (mysqldump --hex-blob) (invalid-utf8)",
  );
});

test.each(['utf16le', 'utf16be'])('a file in %s is called so', (encoding) => {
  const bytes = Buffer.from('\ufeffDO 1;', 'utf16le');
  const up = encoding === 'utf16le' ? bytes : bytes.swap16();
  expect(problemsOf({ '0001_a.up.sql': up, '0001_a.down.sql': 'DO 1;' })).toEqual([
    expect.stringMatching(
      /^0001_a\.up\.sql:1: byte 0xf[ef] at offset 0 is not UTF-8: it begins as UTF-16 does, .* UTF-8 \(/,
    ),
  ]);
});
