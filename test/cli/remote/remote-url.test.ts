import fs from 'node:fs';
import path from 'node:path';
import type { Connection } from 'mysql2/promise';
import { stackServers } from '../../servers';
import type { RunOptions } from './remote-program';
import { RemoteSchema } from './remote-schema';
import type { Run } from '../run-program';

jest.setTimeout(120_000);

const FILES = {
  'migrations/0001_user.sql':
    '-- migrate:up\nCREATE TABLE user (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190));\n-- migrate:down\nDROP TABLE user;\n',
  'migrations/0002_name.sql':
    '-- migrate:up\nALTER TABLE user ADD COLUMN name VARCHAR(100);\n-- migrate:down\nALTER TABLE user DROP COLUMN name;\n',
};
const TRUNCATE = '-- migrate:up\nTRUNCATE user;\n-- migrate:irreversible\n';

describe.each(stackServers())('a server itself, $name', (server) => {
  let remote: RemoteSchema;
  let outside: Connection;
  let url: string;
  beforeEach(async () => {
    remote = await RemoteSchema.make(server);
    ({ outside, url } = remote);
  });
  afterEach(() => remote.end());

  const run = (args: string, options: RunOptions = {}, files: Record<string, string> = FILES): Promise<Run> =>
    remote.run(args, options, files);

  it('status, plan, up, down and verify, as somebody with a folder of dbmate has them in .env', async () => {
    const document = fs.readFileSync(path.join(__dirname, '../../../docs/cli.md'), 'utf8');
    const files = { ...FILES, '.env': `DATABASE_URL="${url}"\n` };
    const documented = async (args: string): Promise<readonly unknown[]> => {
      const { code, stdout, stderr } = await run(args, { environment: { DATABASE_URL: '' } }, files);
      expect(document).toContain(`\`\`\`text\n$ npx aurora-migrations ${args}\n${stdout}\`\`\``);
      return [code, stderr];
    };

    expect(await documented('status')).toEqual([2, 'No folder was named: reading migrations.\n']);
    expect(await documented('plan')).toEqual([2, 'No folder was named: reading migrations.\n']);
    expect(await documented('up --yes')).toEqual([
      0,
      expect.stringMatching(/migrating 0001_user\n.*migrated 0002_name in 0 ms\n/s),
    ]);
    expect((await run('verify', {}, files)).stdout).toBe('the schema shop at SERVER: nothing found\n');
    expect(await run('status --diff', {}, files)).toMatchObject({
      code: 0,
      stdout: `the schema shop at SERVER:
  migration  state    steps
  0001_user  applied  1/1
  0002_name  applied  1/1

  deployment               by  release    outcome  took
  2026-01-01 00:00:00 UTC  up  0002_name  applied  0.0 s

The schema is what the last run (up 1) left.

Nothing is pending, and all is as the release says.
`,
    });
    expect(await documented('down --steps 1 --yes')).toEqual([0, expect.stringContaining('reverted 0002_name')]);
    expect(await run('down --to 0002_name --yes', {}, files)).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^Refused: 0002_name is not applied/) as string,
    });
    expect((await run('up --yes --json', {}, files)).stdout).toBe(
      '{"kind":"applied","applied":["0002_name"],"version":"0002_name"}\n',
    );
  });

  it('says what to record first of what was run before, as commands to type', async () => {
    await outside.query('CREATE TABLE user (id INT PRIMARY KEY)');
    const failed = await run('up --yes');
    for (const said of [failed.stdout, failed.stderr]) {
      expect(said.replaceAll(/\s+/g, ' ')).toContain('"npx aurora-migrations baseline --to NAME"');
      expect(said).not.toContain('{"command"');
    }
    await outside.query('DROP TABLE migration, migration_deployment');
    await outside.query(
      'CREATE TABLE knex_migrations (id INT PRIMARY KEY, name VARCHAR(255), batch INT, migration_time TIMESTAMP)',
    );
    await outside.query("INSERT INTO knex_migrations VALUES (1, '0001_user.js', 1, NOW())");
    const { code, stdout } = await run('plan');
    expect([code, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      2,
      expect.stringContaining(
        '"up" would be refused now: knex_migrations says that knex has run 0001_user in this database, and AuroraMigrations has ' +
          'run nothing yet; nothing was run. Record first what was run, by "npx aurora-migrations adopt --from knex". Or, where ' +
          'knex_migrations tells of other migrations, rename the file [ran-elsewhere]',
      ),
    ]);
  });

  it('says where a migration works in another database', async () => {
    const other = `${remote.name}_other`;
    const text = `-- migrate:irreversible\nCREATE DATABASE ${other};\nUSE ${other};\nCREATE TABLE a (id INT PRIMARY KEY);\n`;
    const files = { 'migrations/0001_dump.up.sql': text };
    try {
      expect((await run('plan', { terminal: 2000 }, files)).stdout).toMatch(
        / {2}other-database\n {4}\S+:4: .*it works in the database shop_other, and the migrated one is shop\./,
      );
      const { code, stderr } = await run('up --yes', {}, files);
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringContaining(
          'Note: 0001_dump works in the database shop_other, and the migrated one is shop.\n',
        ) as string,
      });
    } finally {
      await outside.query(`DROP DATABASE IF EXISTS ${other}`);
    }
  });

  it('sixty columns are enough', async () => {
    await remote.migrated(FILES);
    await outside.query('ALTER TABLE user ADD COLUMN other INT');
    const narrow = { terminal: 60 };

    const { stdout } = await run('status --diff', narrow, { ...FILES, 'migrations/0003_clear.sql': TRUNCATE });

    expect(stdout.split('\n').filter((line) => line.length > 60 && !/^ {4}/.test(line))).toEqual([]);
    expect(stdout).toMatch(/table user is changed\n.*\n? {4}\+ {3}`other` int/s);
    expect(stdout).toContain('The schema is not what the last run left.');
    for (const command of ['status', 'plan', 'verify', 'up', 'down', 'repair', 'watch']) {
      const help = (await run(`help ${command}`, narrow)).stdout;
      expect(help.split('\n').filter((line) => line.length > 60 && !/^ {2}\$ /.test(line))).toEqual([]);
    }
  });

  it('asks before it changes anything, and without a terminal refuses and says what would be done', async () => {
    expect(await run('up')).toEqual({
      code: 2,
      stdout: '',
      stderr: `No folder was named: reading migrations.
This would be applied ("npx aurora-migrations plan" shows the statements):
  0001_user
  0002_name
aurora-migrations: nothing was done on the schema shop at SERVER: there is no terminal to ask at. Say --yes to have it done [not-confirmed]
`,
    });
    expect(await run('up', { terminal: 80, typed: 'n\n' })).toMatchObject({ code: 2, stdout: '' });
    expect(await run('up', { terminal: 80 })).toMatchObject({ code: 2, stdout: '' });
    expect((await outside.query('SHOW TABLES'))[0]).toEqual([]);
    expect(await run('up', { terminal: 80, typed: 'y\n' })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Do that on the schema shop at SERVER? (y/N)') as string,
    });
  });

  it('what fails is reverted, and said', async () => {
    const broken = { ...FILES, 'migrations/0003_bad.sql': '-- migrate:up\nDROP TABLE none;\n-- migrate:down\nDO 1;\n' };

    expect(await run('up --yes', {}, broken)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^Failed: 0003_bad.sql failed at step 1 of 1/) as string,
    });
    expect(await run('status', {}, broken)).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('reverted') as string,
    });
    expect(await run('watch', {}, broken)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^up of 0003_bad: failed and was reverted in 00:00\n {2}0003_bad.sql failed/,
      ) as string,
    });
  });

  it('repair asks what only a person can say, and names the ways out', async () => {
    const files = { ...FILES, 'migrations/0003_clear.sql': TRUNCATE };
    await remote.migrated(files);
    expect(await run('repair', {}, files)).toMatchObject({
      code: 0,
      stdout: 'the schema shop at SERVER: nothing needs a person.\n',
    });
    await outside.query(
      "UPDATE migration SET state = 'applying', stepsDone = 0, `before` = 'blind' WHERE name = '0003_clear'",
    );

    const asked = `the schema shop at SERVER: 1 question that only a person can answer

0003_clear
  the function died in step 1 of its up (line 2), and nothing on the server
  shows whether that was done. Look at what it was to change.
    TRUNCATE user
  done: the step was done: go on behind it`;
    expect(await run('repair', {}, files)).toMatchObject({
      code: 2,
      stdout: `${asked}
    npx aurora-migrations repair 0003_clear --step 1 --is done --yes
  not-done: the step was not done: it is run again, or not reverted
    npx aurora-migrations repair 0003_clear --step 1 --is not-done --yes
`,
    });
    const elsewhere = { environment: { DATABASE_URL: '' } };
    expect((await run(`repair --url ${url} --directory migrations`, elsewhere, files)).stdout).toMatch(
      / {4}npx aurora-migrations repair 0003_clear --step 1 --is done --url '?mysql:\/\/\w+@SERVER\/shop\S* --directory migrations --yes\n/,
    );
    expect(await run('repair', { terminal: 80, typed: 'later\n' }, files)).toMatchObject({ code: 2 });
    expect(await run('repair', { terminal: 80, typed: 'done\n' }, files)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^the schema.*Written: 0003_clear is applying, 1 of 1 steps done\..*Go\s+on\s+with\s+"npx\s+aurora-migrations\s+up"\.\n$/s,
      ) as string,
    });
    // Before anybody is asked.
    const typed = { terminal: 80, typed: 'y\n' };
    for (const [args, why] of [
      ['0003_claer --is reverted', 'the history has no 0003_claer that is applied (is 0003_clear meant?)'],
      ['0009_x --is applied', 'neither the history nor this release has 0009_x'],
      ['0001_user --is applied', '0001_user is applied already'],
      ['0001_user --step 1 --is done', '0001_user is applied; no step of it is in doubt'],
      ['3 --checksum', '0003_clear is half-applied, and an edited text starts over'],
    ]) {
      const { stdout, stderr, ...refused } = await run(`repair ${args}`, typed, files);
      expect([refused, stdout.replace(/\s+/g, ' '), stderr]).toEqual([
        { code: 2 },
        `Refused: ${why}; nothing was written [bad-request] `,
        'No folder was named: reading migrations.\n',
      ]);
    }
    expect(await run('repair migrations/0003_clear.sql --is applied --yes', {}, files)).toMatchObject({ code: 0 });
    expect(await run('repair 0003_clear --is applied --yes', {}, files)).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('0003_clear is applied already') as string,
    });
    expect(await run('status', {}, files)).toMatchObject({ code: 0 });
  });

  it('without a folder, what the database says is shown', async () => {
    await remote.migrated(FILES);

    const unknown =
      /is\s+not\s+known:\s+there\s+is\s+no\s+folder\s+migrations,\s+[^.]*\.\s+Only\s+what[^.]*\.(?:\nthe [^.]*nothing else needs a person\.)?\n$/;
    for (const [args, known] of [
      ['status', '0002_name  applied'],
      ['plan', ''],
      ['verify', ''],
      ['repair', ''],
    ] as const) {
      const text = await run(args, {}, { 'README.md': '' });
      expect(text).toEqual({ code: 1, stdout: expect.stringMatching(unknown) as string, stderr: '' });
      expect(text.stdout).toContain(known);
      const json = await run(`${args} --json`, {}, { 'README.md': '' });
      expect([json.code, JSON.parse(json.stdout)]).toMatchObject([
        1,
        { releaseUnknown: expect.stringMatching(/^there is no folder/) as string },
      ]);
    }
    for (const args of ['up', 'down --steps 1', 'down --steps 1 --yes']) {
      expect(await run(args, {}, { 'README.md': '' })).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^aurora-migrations: there is no folder[^.]*\. Nothing was done \[directory-unknown\]\n$/,
        ) as string,
      });
    }
  });

  it('a folder that is named wrongly, or that cannot be read, does not look like nothing pending', async () => {
    await remote.migrated(FILES);
    const named = { ...FILES, 'cdk.json': '{"context":{"aurora-migrations":{"directory":"db/migratons"}}}' };
    const broken = { ...FILES, 'migrations/0003_open.sql': "-- migrate:up\nSELECT 'open;\n" };

    expect(await run('status', {}, named)).toMatchObject({ code: 1, stdout: '' });
    for (const args of ['status', 'plan', 'verify', 'up --yes']) {
      expect(await run(args, {}, broken)).toMatchObject({ code: 1, stdout: '' });
      expect(await run(args, {}, { 'migrations/README.md': '' })).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('[directory-empty]') as string,
      });
    }
  });
});
