import { stackServers } from '../../servers';
import type { Run } from '../run-program';
import type { RunOptions } from './remote-program';
import { RemoteSchema } from './remote-schema';

jest.setTimeout(120_000);

const table = (name: string): string =>
  `-- migrate:up\nCREATE TABLE ${name} (id INT);\n-- migrate:down\nDROP TABLE ${name};\n`;
const FILES = { 'sql/0001_a.sql': table('a'), 'sql/0002_b.sql': table('b'), 'sql/0003_c.sql': table('c') };
const FLYWAY = {
  'flyway/V1__a.sql': 'CREATE TABLE a (id INT);',
  'flyway/U1__a.sql': 'DROP TABLE a;',
  'flyway/V2__b.sql': 'CREATE TABLE b (id INT);',
};

describe.each(stackServers())('what people type of folders and migrations, on $name', (server) => {
  let remote: RemoteSchema;
  beforeEach(async () => {
    remote = await RemoteSchema.make(server);
  });
  afterEach(() => remote.end());
  const run = (args: string, options: RunOptions = {}, files: Record<string, string> = FILES): Promise<Run> =>
    remote.run(args, options, files);

  it('each command takes the folder as lint does, and what it prints names it again', async () => {
    expect(await run('status sql')).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/see "npx aurora-migrations plan --directory sql"\.\n$/) as string,
    });
    expect(await run('plan sql')).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('CREATE TABLE a') as string,
    });
    const knex = 'knex_migrations (id INT PRIMARY KEY, name VARCHAR(255), batch INT, migration_time DATETIME)';
    await remote.outside.query(`CREATE TABLE ${knex} SELECT 1 AS id, '0001_a.js' AS name, 1 AS batch`);
    for (const command of ['adopt sql --from knex', 'baseline sql --to 1']) {
      expect(await run(command, { terminal: 80, typed: 'n\n' })).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^Record 1 migration .*\? \(y\/N\) /m) as string,
        stdout: expect.stringMatching(/to be recorded as applied, without being run\n {2}0001_a\b/) as string,
      });
    }
    await remote.outside.query('DROP TABLE knex_migrations');
    expect(await run('up sql --yes')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^3 migr/) as string });
    expect(await run('verify sql')).toMatchObject({ code: 0 });
    expect(await run('down sql --to sql/0002_b.sql --yes')).toMatchObject({
      code: 0,
      stdout: '1 migration reverted:\n  0003_c\n',
    });
    expect(await run('watch sql')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^up of 0003_c: /) as string,
    });
    const targeted = ['status', 'plan', 'verify', 'up', 'down --all', 'watch', 'adopt --from knex', 'baseline --to 1'];
    for (const command of [...targeted, 'dump', 'prove', 'lint']) {
      expect(await run(`${command} sql -d other`)).toEqual({
        code: 64,
        stdout: '',
        stderr: expect.stringMatching(
          /^error: two folders are named, sql and --directory other: name one\nSee "npx aurora-migrations --help"/,
        ) as string,
      });
    }
  });

  it('down takes a number, and goes down to nothing where that is said', async () => {
    await remote.migrated(FILES, 'sql');

    expect(await run('down sql --to 1', { terminal: 80, typed: 'n\n' })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/with its rows:\n {2}0003_c\n {2}0002_b\n.*Nothing was done\.\n$/s) as string,
    });
    expect(await run('down sql --to 2 --yes')).toMatchObject({ code: 0, stdout: '1 migration reverted:\n  0003_c\n' });
    expect(await run('down sql --to 7 --yes')).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^Refused: 7 is not applied/) as string,
    });
    expect(await run('down sql --all')).toMatchObject({ code: 2, stdout: '' });
    expect(await run('down sql --all --yes')).toMatchObject({
      code: 0,
      stdout: '2 migrations reverted:\n  0002_b\n  0001_a\n',
    });
    expect(await run('down sql --all --yes')).toMatchObject({ code: 0, stdout: 'Nothing was to be reverted.\n' });
    expect(JSON.parse((await run('down sql --all --yes --json')).stdout)).toEqual({
      kind: 'reverted',
      reverted: [],
      drift: null,
    });
    for (const both of ['--all --steps 1', '--all --to 1', '--steps 1 --to 1']) {
      expect(await run(`down sql ${both}`)).toMatchObject({ code: 64 });
    }
    expect(await run('down sql')).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/^error: say how far with --to <name>, --steps <number> or --all\n/) as string,
    });
  });

  it('plan says of a migration that it comes late, unless its file says so', async () => {
    const { 'sql/0002_b.sql': late, ...others } = FILES;
    await remote.migrated(others, 'sql');

    expect(await run('plan sql')).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(
        /0002_b\.sql\)\n {2}CREATE TABLE b \(id INT\);\n {2}out-of-order\n.*sql\/0002_b\.sql: it sorts before 0003_c, which/,
      ) as string,
    });
    const acknowledged = {
      ...FILES,
      'sql/0002_b.sql': `-- review:ignore out-of-order: it needs nothing of c\n${late}`,
    };
    expect(JSON.parse((await run('plan sql --json', {}, acknowledged)).stdout)).toMatchObject({
      apply: ['0002_b'],
      findings: { '0002_b': [] },
    });
    expect(
      JSON.parse((await run('plan sql --json', {}, { ...others, 'sql/0004_d.sql': table('d') })).stdout),
    ).toMatchObject({
      findings: { '0004_d': [] },
    });
  });

  it.each(['status', 'plan', 'up --yes'])("%s of Flyway's names says once what they are to be called", async (args) => {
    const { code, stderr } = await run(`${args} -d flyway`, {}, FLYWAY);

    expect(code).toBe(1);
    expect(stderr).toMatch(/See "npx aurora-migrations lint flyway":\n {2}V1__a.sql: Flyway's names are not read/);
    expect(stderr).toMatch(
      /\(this one and 1 more\).* Rename V1__a.sql to 0001_a.up.sql, its undo to 0001_a.down.sql, and the others so. docs\/from-other-tools.md has a script/,
    );
    expect(stderr.split('\n').filter((line) => /__[ab]\.sql/.test(line))).toHaveLength(1);
  });
});
