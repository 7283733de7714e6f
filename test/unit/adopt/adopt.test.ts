import type { Shown } from '../../../lambda/commands/adopt';
import { createColors } from 'picocolors';
import { flywayChecksum } from '../../../cli/adopt/flyway-checksum';
import { foundText } from '../../../cli/adopt/found-text';
import { withoutDefiner, withoutSchema } from '../../../cli/dump/statement-text';
import { readNames } from '../../../lambda/adopt/by-name';
import { readDbmate, readGolangMigrate, readGoose } from '../../../lambda/adopt/by-number';
import { readFlyway } from '../../../lambda/adopt/flyway-history';
import type { ToolReading, ToolRow } from '../../../lambda/adopt/tool-history';
import { fittingAnswer } from '../../../lambda/events/fitting-answer';
import { FLYWAY_TEXTS } from '../../integration/adopt/recorded-histories';

const tables = (rows: readonly ToolRow[]) => ({ table: 'history', rows, lock: [] });
const pairs = (reading: ToolReading): unknown =>
  reading.kind === 'unfit' ? reading.problem : reading.records.map(({ theirs, name }) => `${theirs} = ${name ?? '?'}`);

describe('names of files', () => {
  it.each([
    ['0001_a.js', '0001_a'],
    ['0001_a.ts', '0001_a'],
    ['0001_a.cjs', '0001_a'],
    ['0001_a.sql', '0001_a'],
    ['0001_a.up.sql', '0001_a'],
    ['0001-a', '0001-a'],
    ['0002_b.json', '?'],
  ])('%s is %s', (name, ours) => {
    expect(pairs(readNames(tables([{ name }]), ['0001_a', '0001-a', '0002_b']))).toEqual([`${name} = ${ours}`]);
  });
});

describe('numbers', () => {
  it('of dbmate are compared as they are written', () => {
    const rows = [{ version: '20260101120000' }, { version: '1' }];
    expect(pairs(readDbmate(tables(rows), ['0001_a', '20260101120000_b']))).toEqual([
      '1 = ?',
      '20260101120000 = 20260101120000_b',
    ]);
  });

  it('of golang-migrate are compared as numbers, however large', () => {
    const names = ['0001_a', '0002_b', '0010_c', '9007199254740993_d', '9007199254740994_e'];
    const reading = readGolangMigrate(tables([{ version: '9007199254740993', dirty: '0' }]), names);
    expect(pairs(reading)).toEqual([
      '1 = 0001_a',
      '2 = 0002_b',
      '10 = 0010_c',
      '9007199254740993 = 9007199254740993_d',
    ]);
  });

  it('of golang-migrate that no file has are told', () => {
    expect(pairs(readGolangMigrate(tables([{ version: '3', dirty: '0' }]), ['0001_a', '0004_b']))).toEqual([
      '1 = 0001_a',
      '3 = ?',
    ]);
  });

  it('of goose count as the newest row of each says, in whatever order they come', () => {
    const row = (id: number, version: number, isApplied: number): ToolRow => ({
      ...{ id: String(id), version_id: String(version), is_applied: String(isApplied) },
    });
    const rows = [row(12, 2, 0), row(1, 0, 1), row(2, 1, 1), row(3, 2, 1), row(9, 3, 0), row(10, 3, 1), row(11, 10, 1)];
    expect(pairs(readGoose(tables(rows), ['0001_a', '0002_b', '0003_c']))).toEqual([
      '1 = 0001_a',
      '3 = 0003_c',
      '10 = ?',
    ]);
  });

  it.each([
    ['dbmate', readDbmate, [{ version: '0001' }]],
    ['golang-migrate', readGolangMigrate, [{ version: '1', dirty: '0' }]],
    ['goose', readGoose, [{ id: '2', version_id: '1', is_applied: '1' }]],
    ['Flyway', readFlyway, [{ installed_rank: '1', version: '1', type: 'SQL', script: 'V1__a.sql', success: '1' }]],
  ] as const)('that two files have are not guessed for %s', (_, read, rows) => {
    expect(pairs(read(tables(rows), ['0001_a', '0001_b']))).toMatch(
      /may be 0001_a or 0001_b: give each migration a number/,
    );
  });
});

describe('rows of Flyway', () => {
  const row = (rank: number, version: string | null, type: string, script: string): ToolRow => ({
    ...{ installed_rank: String(rank), version, type, script, checksum: null, success: '1' },
  });
  const names = ['0001_user', '0002_name', '0003_orders'];

  it('are taken in the order in which they were written: what is undone or deleted is not applied', () => {
    const rows = [
      row(5, '2', 'SQL', 'V2__name.sql'),
      row(0, null, 'SCHEMA', '`app`'),
      row(1, '1', 'SQL', 'V1__user.sql'),
      row(2, '2', 'SQL', 'V2__name.sql'),
      row(3, '3', 'JDBC', 'db.migration.V3__orders'),
      row(4, '2', 'UNDO_SQL', 'U2__name.sql'),
      row(6, '3', 'DELETE', 'V3__orders.sql'),
    ];
    expect(pairs(readFlyway(tables(rows), names))).toEqual(['V1__user.sql = 0001_user', 'V2__name.sql = 0002_name']);
  });

  it('with a baseline stand for all up to it', () => {
    const rows = [row(1, '2', 'BASELINE', '<< Flyway Baseline >>'), row(2, '3', 'SQL', 'V3__orders.sql')];
    expect(pairs(readFlyway(tables(rows), names))).toEqual([
      'baseline 2 = 0001_user',
      'baseline 2 = 0002_name',
      'V3__orders.sql = 0003_orders',
    ]);
    expect(readFlyway(tables(rows), ['0003_orders'])).toMatchObject({
      notes: [expect.stringMatching(/^baseline 2 stands for nothing in the release/)],
    });
  });

  it('with versions of several numbers are known by their words, in one order', () => {
    const rows = [row(1, '1.9', 'SQL', 'V1_9__user.sql'), row(2, '1.10', 'SQL', 'V1.10__add a name.sql')];
    expect(pairs(readFlyway(tables(rows), ['0001_user', '0002_add_a_name']))).toEqual([
      'V1_9__user.sql = 0001_user',
      'V1.10__add a name.sql = 0002_add_a_name',
    ]);
    expect(pairs(readFlyway(tables(rows), ['0001_add_a_name', '0002_user']))).toMatch(/number them in that order/);
    const after = [row(0, '1.0', 'BASELINE', '<< Flyway Baseline >>'), ...rows];
    expect(readFlyway(tables(after), ['0001_old', '0002_user', '0003_add_a_name'])).toMatchObject({
      notes: [expect.stringMatching(/^baseline 1.0 stands for what was there before, .*"baseline --to"/)],
    });
  });

  describe('with versions of several numbers and the same words', () => {
    const ddl = (...versions: readonly string[]): readonly ToolRow[] =>
      versions.map((version, index) => row(index, version, 'SQL', `V${version}__ddl.sql`));

    it('are taken in their order, and what is behind them is pending', () => {
      expect(pairs(readFlyway(tables(ddl('1.0', '1.1')), ['0001_ddl', '0002_ddl', '0003_ddl']))).toEqual([
        'V1.0__ddl.sql = 0001_ddl',
        'V1.1__ddl.sql = 0002_ddl',
      ]);
    });

    it('are known by the version, where a name has it', () => {
      const rows = [...ddl('1.2', '1.10'), row(9, '2.0', 'SQL', 'V2_0__end.sql')];
      expect(pairs(readFlyway(tables(rows), ['0001_1.1_ddl', '0002_1.2_ddl', '0003_1.10_ddl', '0004_end']))).toEqual([
        'V1.2__ddl.sql = 0002_1.2_ddl',
        'V1.10__ddl.sql = 0003_1.10_ddl',
        'V2_0__end.sql = 0004_end',
      ]);
    });

    const end = row(9, '2.0', 'SQL', 'V2.0__end.sql');
    const baseline = row(8, '1.0', 'BASELINE', '<< Flyway Baseline >>');
    it.each([
      ['are fewer names', ddl('1.0', '1.1'), ['0001_ddl', '0002_end'], 'V1.0__ddl.sql, V1.1__ddl.sql may be 0001_ddl'],
      ['is one left over', [...ddl('1.1'), end], ['0001_ddl', '0002_ddl', '0003_end'], 'may be 0001_ddl, 0002_ddl'],
      ['is no order', [row(0, '0.1', 'SQL', 'V0.1__a.sql'), ...ddl('1.1')], ['0001_ddl', '0002_a', '0003_ddl'], '0003'],
      [
        'is a baseline',
        [baseline, ...ddl('1.1')],
        ['0001_ddl', '0002_ddl'],
        'put the version before them, as in NUMBER_1.1',
      ],
    ])('are not guessed where there %s', (_, rows, ours, problem) => {
      expect(pairs(readFlyway(tables(rows), ours))).toContain(problem);
    });
  });

  it('whose words no name has are not passed over where a name may be it', () => {
    const rows = [
      row(1, '1.0', 'SQL', 'V1.0__user.sql'),
      row(2, '1.1', 'JDBC', 'db.migration.V1_1__gone'),
      row(3, '1.2', 'SQL', 'V1.2__orders.sql'),
    ];
    expect(pairs(readFlyway(tables(rows), ['0001_user', '0002_orders', '0003_more']))).toEqual([
      'V1.0__user.sql = 0001_user',
      'db.migration.V1_1__gone = ?',
      'V1.2__orders.sql = 0002_orders',
    ]);
    expect(pairs(readFlyway(tables(rows), ['0001_user', '0002_went', '0003_orders']))).toMatch(
      /has the words of db.migration.V1_1__gone, and 0002_went may be it: call it NUMBER_gone; or, .*"baseline"/,
    );
    expect(pairs(readFlyway(tables(rows.slice(0, 2)), ['0001_user', '0002_next']))).toMatch(/0002_next may be it/);
  });

  it('have checksums that the same lines have here', () => {
    const { 'V1__create_user.sql': user, 'V2__add_name.sql': name } = FLYWAY_TEXTS;
    expect([flywayChecksum(user), flywayChecksum(name)]).toEqual(['1302393084', '-54203938']);
    expect(flywayChecksum(`\uFEFF${user.replaceAll('\n', '\r\n')}`)).toBe('1302393084');
    expect(flywayChecksum(`-- migrate:up\n${user}-- migrate:down\nDROP TABLE user;\n`)).toBe('1302393084');
    expect(flywayChecksum(user.replace('190', '191'))).not.toBe('1302393084');
  });
});

test('what is found fits a narrow terminal', () => {
  const found: Shown = {
    ...{ kind: 'found', database: 'app', table: 'flyway_schema_history', already: [], unknown: ['V0__gone.sql'] },
    record: [{ name: '0001_a_migration_with_a_long_name', theirs: 'V1__a_migration_with_a_long_name.sql' }],
    ...{ pending: ['0002_next'], late: [], notes: ['R__view.sql is repeatable and does not go along at all'] },
  };
  const text = foundText(found, [], { width: 60, colors: createColors(false) });
  expect(text).toBe(`flyway_schema_history in app: to be recorded as applied,
without being run
  0001_a_migration_with_a_long_name
    V1__a_migration_with_a_long_name.sql
In that history, and not in the folder: not recorded
  V0__gone.sql
Pending, and applied by the next deployment
  0002_next
Note: R__view.sql is repeatable and does not go along at all`);
  const late = foundText({ ...found, late: ['0002_next'] }, [], { width: 60, colors: createColors(false) });
  expect(late).toContain('deployment; 0002_next');
});

test.each([
  ['CREATE DEFINER=`ro``ot`@`%` PROCEDURE `p`() SELECT 1', 'CREATE PROCEDURE `p`() SELECT 1'],
  [
    'CREATE ALGORITHM=MERGE DEFINER=`a`@`b` SQL SECURITY INVOKER VIEW `v` AS select 1',
    'CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW `v` AS select 1',
  ],
  ["CREATE PROCEDURE `p`() SELECT ' DEFINER=`a`@`b` '", "CREATE PROCEDURE `p`() SELECT ' DEFINER=`a`@`b` '"],
])('%s loses its definer and nothing else', (text, without) => {
  expect(withoutDefiner(text)).toBe(without);
});

test('a call of a function loses the schema of its view, and a column of that name does not', () => {
  const text = "CREATE VIEW `v` AS select `app`.`f`(`app`.`id`) AS `x`,'`app`.`f`(' AS `y` from `user` `app`";
  expect(withoutSchema(text, 'app')).toBe(
    "CREATE VIEW `v` AS select `f`(`app`.`id`) AS `x`,'`app`.`f`(' AS `y` from `user` `app`",
  );
});

test('an answer that Lambda would not pass on is an error that says so', () => {
  expect(fittingAnswer({ a: 1 }, 7)).toEqual({ a: 1 });
  expect(() => fittingAnswer({ a: 10 }, 7)).toThrow(
    /the answer has 8 bytes, and Lambda passes on 7; .* \[bad-request\]/,
  );
});
