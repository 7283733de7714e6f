import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { compareRelease } from '../../cli/lint/compare-release';
import { migrationFolder } from '../lib/source/migration-folder';
import { runProgram } from './run-program';

type Files = Readonly<Record<string, string>>;

const migration = (table: string): string =>
  `-- migrate:up\nCREATE TABLE ${table} (id INT);\n-- migrate:down\nDROP TABLE ${table};\n`;
const RELEASED: Files = { '0001_a.sql': migration('a'), '0005_e.sql': migration('e') };

describe('what the work does to released migrations', () => {
  /** What is found, with `tip` released after the work began, where it is another than `common`. */
  function found(now: Files, common: Files, tip: Files): readonly string[] {
    const files = (of: Files): ReadonlyMap<string, string> => new Map(Object.entries(of));
    const { errors, warnings } = compareRelease(
      { ref: 'v1', folder: 'db', tip: files(tip), common: files(common) },
      files(now),
    );
    return [...errors, ...warnings].map(
      ({ code, file, line, problem }) => `${file}:${line ?? ''} ${code} ${problem.split(':')[0]}`,
    );
  }

  const added = { ...RELEASED, '0006_f.sql': migration('f') };
  const cases: readonly (readonly [
    name: string,
    findings: readonly string[],
    now: Files,
    common?: Files,
    tip?: Files,
  ])[] = [
    ['nothing', [], RELEASED],
    ['a new one at the end', [], added],
    ['line ends and trailing blanks', [], { ...RELEASED, '0001_a.sql': migration('a').replaceAll('\n', ' \r\n') }],
    ['notes', [], { ...RELEASED, 'README.md': 'new' }, { ...RELEASED, 'README.md': 'old' }],
    [
      'an edited one',
      ['0005_e.sql:2 checksum-changed it is released (v1) and was edited'],
      { ...RELEASED, '0005_e.sql': migration('x') },
    ],
    [
      'a longer one',
      ['0001_a.sql:5 checksum-changed it is released (v1) and was edited'],
      { ...RELEASED, '0001_a.sql': `${migration('a')}DO 1;\n` },
    ],
    [
      'a down that a released up gets',
      ['0001_a.down.sql: checksum-changed it is a new part of 0001_a, which is released (v1)'],
      { '0001_a.up.sql': 'DO 1;', '0001_a.down.sql': 'DO 1;' },
      { '0001_a.up.sql': 'DO 1;' },
    ],
    [
      'a removed one',
      ['0005_e.sql: removed-migration 0005_e.sql is released (v1) and is gone'],
      { '0001_a.sql': migration('a') },
    ],
    [
      'a renamed one',
      [
        '0007_e.sql: removed-migration 0005_e.sql is released (v1) and is called 0007_e.sql now, which is another migration to databases',
      ],
      { '0001_a.sql': migration('a'), '0007_e.sql': migration('e') },
    ],
    [
      'a late one',
      ['0003_c.sql: out-of-order it is new and sorts before 0005_e, which is released (v1)'],
      { ...RELEASED, '0003_c.sql': migration('c') },
    ],
    [
      'a late one that acknowledges it',
      [],
      { ...RELEASED, '0003_c.sql': `-- review:ignore out-of-order: no other one knows c\n${migration('c')}` },
    ],
    [
      'a late pair, told once',
      ['0003_c.down.sql: out-of-order it is new and sorts before 0005_e, which is released (v1)'],
      { ...RELEASED, '0003_c.up.sql': 'DO 1;', '0003_c.down.sql': 'DO 1;' },
    ],
    [
      'one that is late since another was released meanwhile',
      ['0006_f.sql: out-of-order it is new and sorts before 0007_g, which is released (v1)'],
      added,
      RELEASED,
      { ...RELEASED, '0007_g.sql': migration('g') },
    ],
    [
      'one whose name was released meanwhile with another text',
      ['0006_f.sql:2 checksum-changed it is released (v1) and was edited'],
      added,
      RELEASED,
      { ...RELEASED, '0006_f.sql': migration('other') },
    ],
    ['what the release itself changed meanwhile', [], RELEASED, RELEASED, { '0001_a.sql': migration('x') }],
    [
      'what both changed alike',
      [],
      { ...RELEASED, '0001_a.sql': migration('x') },
      RELEASED,
      { ...RELEASED, '0001_a.sql': migration('x') },
    ],
    [
      "an edited one with Flyway's name",
      ['V1__a.sql:1 checksum-changed it is released (v1) and was edited'],
      { 'V1__a.sql': 'DO 2;', 'V0__b.sql': 'DO 1;' },
      { 'V1__a.sql': 'DO 1;' },
    ],
  ];
  const whole = cases.map(([name, findings, now, common = RELEASED, tip = common]) => ({
    name,
    findings,
    now,
    common,
    tip,
  }));
  test.each(whole)('$name', ({ findings, now, common, tip }) => expect(found(now, common, tip)).toEqual(findings));
});

describe('with git', () => {
  let folder: string;
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, encoding: 'utf8' });
  const write = (files: Files): void => {
    for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, 'app/db', file), text);
  };

  beforeAll(() => {
    folder = migrationFolder({ 'app/db/0001_a.sql': migration('a'), 'app/db/0005_e.sql': migration('e') });
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('commit', '--quiet', '--message=release');
    git('tag', 'v1');
    git('checkout', '--quiet', '-b', 'work');
    write({ '0001_a.sql': migration('changed'), '0003_c.sql': migration('c') });
  });

  test('the working tree is compared with the release, from any folder of the repository', () => {
    const lines = [
      'db/0001_a.sql:2:1 checksum-changed error: it is released (v1) and was edited: databases keep what they got from it, and the deployment is refused. Put the text back (git checkout v1 -- db/0001_a.sql), and make the change in a new migration',
      'db/0003_c.sql:1:1 out-of-order warning: it is new and sorts before 0005_e, which is released (v1): databases that have that get this one after it, and new ones before it (with outOfOrder: FAIL the deployment is refused). Give it a number after 0005_e',
      '3 migrations in db, compared with v1: 1 error (checksum-changed), 1 warning (out-of-order)',
    ];
    expect(runProgram(path.join(folder, 'app'), ['lint', 'db', '--base', 'v1'])).toEqual({
      code: 2,
      stdout: `${lines.join('\n')}\n`,
      stderr: '',
    });
    // As in a hook, where git says where it is.
    const { stdout } = runProgram(folder, ['lint', 'app/db', '--base', 'v1'], { GIT_DIR: '.git' });
    expect(stdout).toMatch(/1 error \(checksum-changed\), 1 warning \(out-of-order\)\n$/);
  });

  test('warnings of released files are left out, since nobody may edit these, and their number is said', () => {
    const wide = (column: string): string =>
      `-- migrate:up\nALTER TABLE a ADD COLUMN ${column} INT, ALGORITHM=COPY;\n-- migrate:down\nALTER TABLE a DROP COLUMN ${column};\n`;
    const own = migrationFolder({ '0001_a.sql': migration('a'), '0002_b.sql': wide('b'), '0004_d.sql': wide('d') });
    const inOwn = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: own, encoding: 'utf8' });
    const lint = (...args: readonly string[]): string => runProgram(own, ['lint', '.', ...args]).stdout;
    inOwn('init', '--quiet', '--initial-branch=main');
    inOwn('add', '.');
    inOwn('commit', '--quiet', '--message=release');
    inOwn('tag', 'v1');

    const all = lint();
    const warnings = Number(/(\d+) warnings? \(/.exec(all)?.[1]);
    expect(warnings).toBeGreaterThan(1);
    expect(lint('--base', 'v1')).toBe(
      `3 migrations in ., compared with v1: nothing found; left out: ${warnings} warnings of released files\n`,
    );
    expect(JSON.parse(lint('--base', 'v1', '--json'))).toMatchObject({ findings: [], leftOut: warnings });

    fs.writeFileSync(path.join(own, '0003_c.sql'), wide('c'));
    fs.writeFileSync(path.join(own, '0004_c.sql'), migration('c'));
    const found = lint('--base', 'v1');
    expect(found).toMatch(/^0003_c\.sql:\d+:\d+ table-copy warning/m);
    // It is a released one that has the number of the new one, and it is the new one that can be given another.
    expect(found).toMatch(/^0004_d\.sql:1:1 number-twice warning/m);
    expect(found).not.toMatch(/^0002_b|^0004_d\S+ table/m);
  });

  test('a folder that the release has not is told', () => {
    fs.cpSync(path.join(folder, 'app/db'), path.join(folder, 'other'), { recursive: true });

    expect(runProgram(folder, ['lint', 'other', '--base', 'v1'])).toMatchObject({
      code: 0,
      stderr: 'other has no files at v1: nothing in it counts as released.\n',
    });
  });

  test.each([
    [
      'no such ref',
      (): string => folder,
      ['--base', 'v2'],
      /git knows no commit v2: fetch it .*Nothing was checked \[base-unknown\]/,
    ],
    ['a ref that looks like an option', (): string => folder, ['--base=--all'], /git knows no commit --all/],
    [
      'no repository',
      (): string => migrationFolder({ 'app/db/0001_a.sql': migration('a') }),
      ['--base', 'v1'],
      /is in no git repository/,
    ],
  ])('%s', (_, where, args, problem) => {
    expect(runProgram(where(), ['lint', 'app/db', ...args])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(problem),
    });
  });

  test('no common history, as in a shallow clone', () => {
    git('checkout', '--quiet', '--orphan', 'alone');
    git('add', '.');
    git('commit', '--quiet', '--message=alone');

    expect(runProgram(folder, ['lint', 'app/db', '--base', 'v1']).stderr).toMatch(
      /no commit that HEAD and v1 have in common: fetch the whole history/,
    );
  });

  test('no git', () => {
    expect(runProgram(folder, ['lint', 'app/db', '--base', 'v1'], { PATH: '/nowhere' }).stderr).toMatch(
      /there is no git on the PATH/,
    );
  });
});
