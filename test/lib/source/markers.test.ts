import { type Files, problemsOf, read, scriptsOf } from './read-migrations';

const CREATE = 'CREATE TABLE a (id INT);';
const DROP = 'DROP TABLE a;';

describe('a line that was meant to be a marker', () => {
  test.each([
    ...[
      '-- migration:down',
      '-- migrations:down',
      '-- migrate down',
      '--migrate_down',
      '-- migrate: dwon',
      '-- migrate :down',
    ],
    ...[
      '# migrate:down',
      '/* migrate:down */',
      '-- migrate=down',
      '-- mirgate:down',
      '-- migate:down',
      '-- Migration Down',
    ],
    ...['-- +micrate Down', '# --- !Downs', '-- //@UNDO', '-- rambler down', 'DO 1; -- migrate:down'],
  ])('%j is named, and not left a comment', (line) => {
    expect(
      problemsOf({ '0001_a.sql': `-- migrate:irreversible\n-- migrate:up\n${CREATE}\n${line}\n${DROP}\n` }),
    ).toEqual([
      expect.stringMatching(
        /^0001_a\.sql:4: ".*" is not a marker: write "-- migrate:down" on a line of its own, .*\(unreadable-sql\)$/,
      ),
    ]);
  });

  test.each([
    ['-- migration:up', 'up'],
    ['-- +micrate Up', 'up'],
    ['# --- !Ups', 'up'],
    ['-- migrate irreversibel', 'irreversible'],
    ['-- migration:irreversible', 'irreversible'],
    ['-- migration:phase contract', 'phase contract'],
    ['/* migrate:phase contract */', 'phase contract'],
  ])('%j is told with what it should be', (line, name) => {
    const file = name === 'up' ? `${line}\n${CREATE}` : `${line}\n-- migrate:up\n${CREATE}\n-- migrate:down\n${DROP}`;
    expect(problemsOf({ '0001_a.sql': file })[0]).toMatch(
      new RegExp(`^0001_a\\.sql:1: .* is not a marker: write "-- migrate:${name}"`),
    );
  });

  test.each(['-- +goose Down', '--+goose down', '-- +migrate Down', '-- +migrate Down notransaction'])(
    '%j is told as that of its tool, with what writes ours',
    (line) => {
      const file = `-- migrate:irreversible\n-- migrate:up\n${CREATE}\n${line}\n${DROP}\n`;
      expect(problemsOf({ '0001_a.sql': file })).toEqual([
        expect.stringMatching(
          /^0001_a\.sql:4: it has the markers of goose or sql-migrate, which .*: expected are "-- migrate:up" and .*perl/,
        ),
      ]);
    },
  );

  test('is told in one file of a pair, where it would bring the other direction into it', () => {
    expect(problemsOf({ '0001_a.up.sql': `${CREATE}\n-- +goose Down\n${DROP}`, '0001_a.down.sql': DROP })).toEqual([
      expect.stringMatching(/^0001_a\.up\.sql:2: .* this file is the up from its first line to its last/),
    ]);
    expect(problemsOf({ '0001_a.up.sql': CREATE, '0001_a.down.sql': `-- migration:irreversible` })[0]).toMatch(
      /^0001_a\.down\.sql:1: .*write "-- migrate:irreversible"/,
    );
  });

  test.each([
    ...['-- migrate up to five users', '-- migrate the users down', '-- up', '-- migration done', '-- migrated down'],
    ...['-- This migration goes down well', '-- migrate data', '-- no migration', '-- migrations', '-- undo'],
    ...["SELECT '-- migrate:down';", '-- migrate up', '-- Migration: Up', '-- rollback: down'],
  ])('%j is a comment', (line) => {
    const set = read({ '0001_a.sql': `-- migrate:up\n${line}\n${CREATE}\n-- migrate:down\n${DROP}\n` });
    expect(scriptsOf(set)['0001_a']).toMatchObject({ down: ['DROP TABLE a'] });
  });

  test('is a heading in the file of a pair that it names', () => {
    const set = read({ '0001_a.up.sql': `-- Migration: up\n${CREATE}`, '0001_a.down.sql': `-- migrate down\n${DROP}` });
    expect(scriptsOf(set)['0001_a']).toMatchObject({ up: ['CREATE TABLE a (id INT)'], down: ['DROP TABLE a'] });
  });
});

describe('irreversible', () => {
  test.each<Files>([
    { '0001_a.up.sql': CREATE, '0001_a.down.sql': '-- migrate:irreversible' },
    { '0001_a.up.sql': CREATE, '0001_a.down.sql': '-- Rows are gone.\n-- migrate:irreversible\n' },
    { '0001_a.up.sql': `-- migrate:irreversible\n${CREATE}`, '0001_a.down.sql': '-- Nothing.' },
    { '0001_a.up.sql': `${CREATE}\n-- migrate:irreversible` },
  ])('is read in either file of a pair: %j', (files) => {
    const set = read(files);
    expect(scriptsOf(set)['0001_a']).toEqual({ v: 1, up: ['CREATE TABLE a (id INT)'], down: [], irreversible: true });
  });

  test('contradicts statements beside it', () => {
    expect(problemsOf({ '0001_a.up.sql': CREATE, '0001_a.down.sql': `-- migrate:irreversible\n${DROP}` })).toEqual([
      expect.stringMatching(/^0001_a\.down\.sql:1: .* contradicts .*\(irreversible-with-down\)$/),
    ]);
  });
});

describe('a migration of comments only', () => {
  const nothing = { v: 1, up: ['DO 0'], down: ['DO 0'] };

  test.each<Files>([
    { '0001_a.up.sql': '-- Moved to 0007.', '0001_a.down.sql': '-- Moved to 0007.' },
    { '0001_a.up.sql': '/* CREATE TABLE a (id INT); */', '0001_a.down.sql': '' },
    { '0001_a.up.sql': '# nothing for MySQL' },
    { '0001_a.up.sql': '\ufeff-- Moved.\r\n', '0001_a.down.sql': '\r\n' },
    { '0001_a.sql': '-- migrate:up\n-- Moved.\n-- migrate:down\n' },
    { '0001_a.sql': '-- migrate:up\n-- Moved.\n' },
  ])('does nothing, forth and back: %j', (files) => {
    expect(scriptsOf(read(files))['0001_a']).toEqual(nothing);
  });

  test.each<[Files, string]>([
    [{ '0001_a.up.sql': '', '0001_a.down.sql': '' }, 'up'],
    [{ '0001_a.up.sql': '\n--\n', '0001_a.down.sql': '-- Nothing.' }, 'up'],
    [{ '0001_a.sql': '-- migrate:up\n\n-- migrate:down\n' }, 'up'],
    [{ '0001_a.up.sql': '-- migrate:irreversible' }, 'up'],
    [{ '0001_a.up.sql': '-- Moved.', '0001_a.down.sql': DROP }, 'up'],
    [{ '0001_a.up.sql': CREATE, '0001_a.down.sql': '-- Nothing.' }, 'down'],
  ])('is no template that nobody has filled: %j', (files, direction) => {
    expect(problemsOf(files).join()).toMatch(new RegExp(`\\(${direction}-empty\\)`));
  });
});

describe('a marker with a character in its line that cannot be seen', () => {
  test.each([
    ['\ufeff-- migrate:down', 'U+FEFF, a byte order mark, as where two files are put together'],
    ['--\u00a0migrate:down', 'U+00A0, a blank that does not break'],
    ['-- \u200bmigrate:down', 'U+200B, a blank without width'],
  ])('%j is named', (line, character) => {
    expect(problemsOf({ '0001_a.sql': `-- migrate:up\n${CREATE}\n${line}\n${DROP}\n` })).toEqual([
      `0001_a.sql:3: "-- migrate:down" is not a marker, for a character that cannot be seen stands in its line (${character}): take it out (unreadable-sql)`,
    ]);
  });

  test('also where it is the first', () => {
    expect(problemsOf({ '0001_a.sql': `--\u00a0migrate:up\n${CREATE}\n-- migrate:down\n${DROP}\n` })).toEqual([
      expect.stringMatching(/^0001_a\.sql:1: "-- migrate:up" is not a marker, .*U\+00A0/),
    ]);
  });

  test('a byte order mark at the beginning of the file is none', () => {
    read({ '0001_a.sql': `\ufeff-- migrate:up\n${CREATE}\n-- migrate:down\n${DROP}\n` });
  });
});
