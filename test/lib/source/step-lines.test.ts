import type { ManifestEntry } from '../../../lambda/manifest/types';
import { placeOf } from '../../../lambda/manifest/step-lines';
import { digestOf } from '../../../lambda/manifest/manifest';
import { type Files, read } from './read-migrations';

function entryOf(files: Files): ManifestEntry {
  return read(files).manifest.migrations[0]!;
}

function linesOf(files: Files): string | undefined {
  return entryOf(files).stepLines;
}

const TEAM = `-- The team of a user.

-- migrate:up
CREATE TABLE team (
  id INT PRIMARY KEY
);

/* Everybody begins
   without one. */ ALTER TABLE user ADD COLUMN team INT NULL; ALTER TABLE user ADD INDEX (team);

-- migrate:down
ALTER TABLE user DROP COLUMN team;
-- and last
DROP TABLE team;
`;

const PROCEDURE = `DROP PROCEDURE IF EXISTS p;
DELIMITER //
CREATE PROCEDURE p()
BEGIN
  SELECT 1;
END //

DELIMITER ;
DO 0;
`;

const windows = (text: string): string => `\uFEFF${text.replaceAll('\n', '\r\n')}`;

describe('the lines of steps', () => {
  test('are those of the file, whatever stands before its sections', () => {
    expect(linesOf({ '0001_team.sql': TEAM })).toBe('4,9,9;12,14');
  });

  test('are the same with the line ends of Windows and a byte order mark', () => {
    expect(entryOf({ '0001_team.sql': windows(TEAM) })).toEqual(entryOf({ '0001_team.sql': TEAM }));
  });

  test.each([
    ['as it is', (text: string) => text],
    ['of Windows', windows],
  ])('of a down in a file of its own, with DELIMITER, are those of that file, %s', (_, as) => {
    const files = { '0001_p.up.sql': as('\n\nCREATE TABLE a (id INT);\n'), '0001_p.down.sql': as(PROCEDURE) };
    expect(linesOf(files)).toBe('3|1,3,9');
  });

  test('of a down with DELIMITER in a section are those of the file', () => {
    expect(linesOf({ '0001_p.sql': `-- migrate:up\nDO 1;\n-- migrate:down\n${PROCEDURE}` })).toBe('2;4,6,12');
  });

  test('count the lines of a stored program without DELIMITER', () => {
    const program = 'CREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\n  SELECT 2;\nEND;\nDO 0;\n';
    expect(linesOf({ '0001_p.sql': `-- migrate:up\n${program}-- migrate:down\nDROP PROCEDURE p;\n` })).toBe('2,7;9');
  });

  test('go past the table locks of a dump, which are no steps', () => {
    const dump =
      '-- migrate:up\nLOCK TABLES a WRITE;\nINSERT INTO a VALUES (1);\nUNLOCK TABLES;\nDO 0;\n-- migrate:irreversible\n';
    expect(linesOf({ '0001_dump.sql': dump })).toBe('3,5;');
  });

  test('of an up that is too large for the database are known too', () => {
    const rows = Array.from({ length: 5 }, (_, row) => `INSERT INTO a VALUES ('${String(row).repeat(1024 * 1024)}');`);
    const files = { '0001_a.up.sql': rows.join('\n'), '0001_a.down.sql': 'DELETE FROM a;' };
    expect(linesOf(files)).toBe('1,2,3,4,5|1');
  });

  test('are not known of JavaScript', () => {
    expect(entryOf({ '0001_a.cjs': 'exports.up = exports.down = async () => {};' })).not.toHaveProperty('stepLines');
  });
});

describe('where only lines differ', () => {
  const commented = TEAM.replace('-- migrate:up', '-- migrate:up\n-- Names are theirs.');

  test('the stored script and its hash are the same, and so are digest and version', () => {
    const [before, after] = [read({ '0001_team.sql': TEAM }), read({ '0001_team.sql': commented })];
    expect(after.manifest.migrations[0]?.stepLines).toBe('5,10,10;13,15');
    expect([...after.scripts]).toEqual([...before.scripts]);
    expect(after.manifest.digest).toBe(before.manifest.digest);
    expect(after.manifest.migrations[0]?.sha256).toBe(before.manifest.migrations[0]?.sha256);
  });

  test('a migration that older code has read, without lines, is the same one', () => {
    const { manifest } = read({ '0001_team.sql': TEAM });
    const older = manifest.migrations.map(({ stepLines, ...others }) => {
      expect(stepLines).toBeDefined();
      return others;
    });
    expect(digestOf(older)).toBe(manifest.digest);
  });
});

test('an up whose pair has no down is in the file of the up', () => {
  const entry = entryOf({ '0001_a.up.sql': '-- migrate:irreversible\nDROP TABLE a;' });
  expect(placeOf(entry, 'up', 0)).toEqual({ file: '0001_a.up.sql', line: 2 });
});
