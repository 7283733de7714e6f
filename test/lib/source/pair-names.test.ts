import { otherPairs } from '../../../lib/source/other-tools/pair-names';
import { problemsOf, read, scriptsOf } from './read-migrations';

const [UP, DOWN] = ['CREATE TABLE a (id INT);', 'DROP TABLE a;'] as const;

test.each([
  ['20160101-a-up.sql', '20160101-a-down.sql', '20160101-a'],
  ['0001_a_UP.sql', '0001_a_DOWN.sql', '0001_a'],
  ['0001_a.UP.sql', '0001_a.DOWN.sql', '0001_a'],
  ['0001_a.do.sql', '0001_a.undo.sql', '0001_a'],
  ['0001_a.up.sql', '0001_a.rollback.sql', undefined],
  ['001.do.a.sql', '001.undo.a.sql', '001_a'],
])('%s and %s are a pair by another name', (up, down, name) => {
  const { files, problems } = otherPairs([down, up], () => false);
  if (name === undefined) {
    expect(problems).toEqual([]);
    return;
  }
  expect([...files].sort()).toEqual([up, down].sort());
  expect(problems).toEqual([
    {
      code: 'bad-name',
      file: up,
      problem: expect.stringContaining(`rename ${up} to ${name}.up.sql and ${down} to ${name}.down.sql`) as string,
    },
  ]);
});

test('a folder of them is told once, with what renames all', () => {
  const problems = problemsOf({
    '0001-a-up.sql': UP,
    '0001-a-down.sql': DOWN,
    '0002-b-up.sql': UP,
    '0002-b-down.sql': DOWN,
  });
  expect(problems).toEqual([
    "0001-a-up.sql: it is half of a pair by another tool's name, and would be a migration of its own: rename 0001-a-up.sql to " +
      '0001-a.up.sql and 0001-a-down.sql to 0001-a.down.sql, and so the 1 other pair. All of them: ' +
      '`for f in *-up.sql; do mv "$f" "${f%-up.sql}.up.sql"; done; for f in *-down.sql; do mv "$f" "${f%-down.sql}.down.sql"; done` (bad-name)',
  ]);
});

test('what has sections is a migration, whatever its name ends in, and so is a half alone', () => {
  const set = read({
    '0001_scale_up.sql': `-- migrate:up\n${UP}\n-- migrate:down\n${DOWN}\n`,
    '0001_scale_down.sql': `-- migrate:up\n${UP}\n-- migrate:down\n${DOWN}\n`,
    '0002_pop_up.sql': `-- migrate:up\n${UP}\n-- migrate:down\n${DOWN}\n`,
  });
  expect(Object.keys(scriptsOf(set))).toEqual(['0001_scale_down', '0001_scale_up', '0002_pop_up']);
});
