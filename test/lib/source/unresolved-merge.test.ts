import { problemsOf, read } from './read-migrations';

const DOWN = '-- migrate:down\nDROP TABLE a;\n';
const marked = (ours: string, theirs: string, between = ''): string =>
  `<<<<<<< HEAD\n${ours}\n${between}=======\n${theirs}\n>>>>>>> branch\n`;

describe('an unresolved merge is told once, at its first mark', () => {
  test.each([
    // No word of a statement stands where one begins, so that nothing but the marks shows it.
    ['in a statement', `CREATE TABLE a (\n${marked('  id INT', '  id BIGINT')});\n`, 3],
    ['between statements', marked('CREATE TABLE a (id INT);', 'CREATE TABLE a (id BIGINT);'), 2],
    ['with what was before', marked('DO 1;', 'DO 2;', '||||||| 1a2b3c4\nDO 0;\n'), 2],
    ['with the line ends of Windows', marked('DO 1;', 'DO 2;').replaceAll('\n', '\r\n'), 2],
  ])('%s', (_, up, line) => {
    expect(problemsOf({ '0001_a.sql': `-- migrate:up\n${up}${DOWN}` })).toEqual([
      expect.stringMatching(new RegExp(`^0001_a\\.sql:${line}: git has left its marks .* \\(unreadable-sql\\)$`)),
    ]);
  });

  test('in a file of a pair', () => {
    expect(problemsOf({ '0001_a.up.sql': 'DO 1;', '0001_a.down.sql': marked('DO 1;', 'DO 2;') })).toEqual([
      expect.stringMatching(/^0001_a\.down\.sql:1: git has left its marks /),
    ]);
  });

  test('in a module', () => {
    expect(problemsOf({ '0001_a.js': marked('exports.up = 1;', 'exports.up = 2;') })).toEqual([
      expect.stringMatching(/^0001_a\.js:1: git has left its marks .* \(unreadable-sql\)$/),
    ]);
  });
});

test.each([
  ['a quoted text', `INSERT INTO a VALUES ('\n${marked('x', 'y')}');`],
  ['a comment', `/*\n${marked('x', 'y')}*/ DO 1;`],
  // Tried in all combinations, these would take hours.
  [
    'a text of many beginnings without an end',
    `INSERT INTO a VALUES ('\n${'<<<<<<< a\n'.repeat(20_000)}${'=======\n'.repeat(20_000)}');`,
  ],
  ['lines that are no marks of git', 'DO 1;\n-- =======\n-- >>>>>>> b\n'],
])('%s may hold them', (_, up) => {
  read({ '0001_a.up.sql': up, '0001_a.down.sql': 'DO 1;' });
});
