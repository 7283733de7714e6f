import fc from 'fast-check';
import { compareNames, parseMigrationName, withoutExtension } from '../../../lambda/manifest/name';

test.each(['0001_user', '20260131120000_create_user', '1-a', '0001_a.b-c_D', '0001_a.js'])(
  '%j is a migration’s name',
  (name) => {
    expect(parseMigrationName(name)).toEqual({ name });
  },
);

test.each([
  '',
  'user',
  '0001',
  '0001_',
  '0001user',
  '_user',
  '0001_é',
  '0001_a b',
  '0001_a/b',
  '0001_../b',
  '0001_a\n',
  ' 0001_a',
  '0001_.a',
  "0001_a'; DROP TABLE b",
])('%j is none, and the problem quotes it', (text) => {
  expect(parseMigrationName(text)).toEqual({ problem: expect.stringContaining(`"${text}" is not a migration's name`) });
});

test('a name has at most as many characters as the journal’s column', () => {
  const long = `1_${'a'.repeat(253)}`;
  expect(parseMigrationName(long)).toEqual({ name: long });
  expect(parseMigrationName(`${long}a`)).toEqual({
    problem: expect.stringContaining('has 256 characters, at most 255 are allowed'),
  });
});

test('names are ordered by their bytes, as the file system and the server order them', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^\d{1,4}[_-][A-Za-z0-9][A-Za-z0-9_.-]{0,5}$/),
      fc.stringMatching(/^\d{1,4}[_-][a-z]$/),
      (a, b) => {
        expect(compareNames(a, b)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      },
    ),
  );
  expect(['0002_a', '0010_a', '0001_B', '0001_a'].sort(compareNames)).toEqual(['0001_B', '0001_a', '0002_a', '0010_a']);
});

test('a name that another tool stored is matched without its file’s extension, and only that', () => {
  for (const extension of ['js', 'cjs', 'mjs', 'ts', 'sql'])
    expect(withoutExtension(`0001_a.${extension}`)).toBe('0001_a');
  expect(withoutExtension('0001_a.b')).toBe('0001_a.b');
  expect(withoutExtension('0001_a.js.sql')).toBe('0001_a.js');
  expect(withoutExtension('0001_a')).toBe('0001_a');
});
