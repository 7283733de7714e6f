import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { releaseIn } from '../../../cli/database/release-folder';
import { runCommand } from '../../../lambda/commands/run-command';
import { readCommand } from '../../../lambda/plan/command';
import { MAKERS, UPS } from '../../integration/adopt/made-histories';
import { FLYWAY_TEXTS, RECORDED } from '../../integration/adopt/recorded-histories';
import { FIRST, Scene } from '../../integration/scene';
import { migrationFolder } from '../../lib/source/migration-folder';
import { stackServers, throwawaysLike } from '../../servers';
import { localLambda } from './adopt-function';
import { urlOf } from './adopt-url';
import { PROGRAM, type Run } from '../run-program';

const FILES = {
  'db/migrations/0001_create_user.sql': `-- migrate:up\n${UPS['0001_create_user']};\n-- migrate:down\nDROP TABLE user;\n`,
  'db/migrations/0002_add_name.sql': `-- migrate:up\n${UPS['0002_add_name']};\n-- migrate:down\nALTER TABLE user DROP COLUMN name;\n`,
  'db/migrations/0003_orders.sql':
    '-- migrate:up\nCREATE TABLE orders (id BIGINT PRIMARY KEY);\n-- migrate:down\nDROP TABLE orders;\n',
};

describe.each(stackServers())('the command line on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const run = async (
    folder: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = { DATABASE_URL: urlOf(scene) },
  ): Promise<Run> => {
    // The SDK warns of old versions of Node.js.
    const env: NodeJS.ProcessEnv = { ...process.env, ...throwawaysLike(server), NODE_NO_WARNINGS: '1', ...environment };
    if (environment['DATABASE_URL'] === undefined) delete env['DATABASE_URL'];
    const options = { cwd: folder, env };
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, ...args], options);
      return { code: 0, stdout: named(stdout), stderr: named(stderr) };
    } catch (error) {
      const { code, stdout, stderr } = error as Run;
      return { code, stdout: named(stdout), stderr: named(stderr) };
    }
  };
  const named = (text: string): string =>
    text.replaceAll(scene.name, 'app').replaceAll(`${server.host}:${server.port}`, '127.0.0.1:3306');
  const journal = async (): Promise<readonly unknown[]> => scene.sql("SHOW TABLES LIKE 'migration%'");

  test('what would be adopted is shown, recorded with --yes, and not recorded twice', async () => {
    await MAKERS.knex(scene);
    const folder = migrationFolder(FILES);
    expect(await run(folder, ['adopt', '--from', 'knex'])).toEqual({
      code: 2,
      stdout: `knex_migrations in app: to be recorded as applied, without being run
  0001_create_user  0001_create_user.js
  0002_add_name     0002_add_name.js
Pending, and applied by the next deployment
  0003_orders
`,
      stderr: 'No folder was named: reading db/migrations.\nNothing was recorded. With --yes it is.\n',
    });
    expect(await journal()).toEqual([]);
    expect(await run(folder, ['adopt', '--from', 'knex', '-d', 'db/migrations', '--yes'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\nRecorded 2 migrations as applied; none of them was run.\n$/),
    });
    expect(await run(folder, ['adopt', '--from', 'knex', '-d', 'db/migrations', '--yes'])).toEqual({
      code: 0,
      stdout: `Recorded before: 2 migrations
Pending, and applied by the next deployment
  0003_orders
Nothing is left to be recorded.
`,
      stderr: '',
    });
  });

  test('baseline does the same up to a name', async () => {
    const folder = migrationFolder(FILES);
    for (const said of ['1', '0001', 'db/migrations/0001_create_user.sql']) {
      const shown = await run(folder, ['baseline', '--to', said, '-d', 'db/migrations', '--json']);
      expect(JSON.parse(shown.stdout)).toMatchObject({ record: [{ name: '0001_create_user' }] });
    }
    expect((await run(folder, ['baseline', '--to', '9', '-d', 'db/migrations'])).stderr).toMatch(
      /the release has no 9; it has 0001_create_user to 0003_orders; nothing was written \[bad-request\]/,
    );
    expect(await run(folder, ['baseline', '--to', '0001_create_user', '-d', 'db/migrations', '--yes'])).toEqual({
      code: 0,
      stdout: `app: to be recorded as applied, without being run
  0001_create_user
Pending, and applied by the next deployment
  0002_add_name
  0003_orders
Recorded 1 migration as applied; none of them was run.
`,
      stderr: '',
    });
  });

  test('the deployed function does it, and is asked for just what was shown', async () => {
    await MAKERS.dbmate(scene);
    const folder = migrationFolder(FILES);
    const release = releaseIn({ name: '', path: path.join(folder, 'db/migrations'), isGuess: false }, scene.name);
    const lambda = await localLambda('Migrations', async (event) => {
      await scene.unlocked();
      const command = readCommand(event);
      if (command === null || command.kind === 'unreadable') throw new Error('no command');
      return runCommand(command, { ...scene.ports(FIRST), ...release }, 'request-1');
    });
    try {
      const args = ['adopt', '--from', 'dbmate', '--function', 'Migrations'];
      expect(await run(folder, args, lambda.environment)).toMatchObject({ code: 2 });
      expect(await run(folder, [...args, '--yes', '--json'], lambda.environment)).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(lambda.events).toEqual([
        { command: 'adopt', from: 'dbmate' },
        { command: 'adopt', from: 'dbmate' },
        { command: 'adopt', from: 'dbmate', record: ['0001_create_user', '0002_add_name'] },
      ]);
      expect((await scene.history()).toSorted()).toEqual(['0001_create_user applied', '0002_add_name applied']);
      const dumped = await run(folder, ['dump', '--function', 'Migrations'], lambda.environment);
      expect(dumped.stdout).toContain('CREATE TABLE `user`');
      expect(await run(folder, ['dump'])).toEqual({ ...dumped, stderr: '' });
    } finally {
      lambda.close();
    }
  });

  test('JSON is the whole answer, and what is refused has exit code 2 there too', async () => {
    for (const statement of RECORDED['golang-migrate, which failed']) await scene.sql(statement);
    const folder = migrationFolder(FILES);
    const { code, stdout } = await run(folder, ['adopt', '--from', 'golang-migrate', '-d', 'db/migrations', '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([2, { kind: 'refused', failure: { code: 'cannot-adopt' } }]);
    await scene.sql('UPDATE schema_migrations SET version = 1, dirty = 0');
    const found = await run(folder, ['adopt', '--from', 'golang-migrate', '-d', 'db/migrations', '--json']);
    expect([found.code, JSON.parse(found.stdout)]).toMatchObject([
      2,
      { kind: 'found', record: [{ name: '0001_create_user', theirs: '1' }], edited: [] },
    ]);
    expect(await journal()).toEqual([]);
  });

  test('a refusal is said in words, with its code', async () => {
    for (const statement of RECORDED['flyway, which failed']) await scene.sql(statement);
    expect(
      await run(migrationFolder(FILES), ['adopt', '--from', 'flyway', '-d', 'db/migrations', '--yes']),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^aurora-migrations: .*V3__orders.sql failed.*; nothing was written \[cannot-adopt\]\n$/,
      ),
    });
  });

  test('texts of Flyway are compared by its checksums, whatever stands around them here', async () => {
    for (const statement of RECORDED.flyway) await scene.sql(statement);
    const folder = migrationFolder({
      '0001_create_user.up.sql': `${FLYWAY_TEXTS['V1__create_user.sql']}\n-- migrate:irreversible\n`,
      '0002_add_name.sql': `-- migrate:up\n${FLYWAY_TEXTS['V2__add_name.sql']}\n-- migrate:down\nALTER TABLE user DROP COLUMN name;\n`,
    });
    const args = ['adopt', '--from', 'flyway', '-d', '.', '--json'];
    expect(JSON.parse((await run(folder, args)).stdout)).toMatchObject({ edited: [] });
    const edited = migrationFolder({
      '0001_create_user.sql': FILES['db/migrations/0001_create_user.sql'],
      '0002_add_name.sql': FILES['db/migrations/0002_add_name.sql'],
    });
    expect(JSON.parse((await run(edited, args)).stdout)).toMatchObject({ edited: ['0001_create_user'] });
    expect((await run(edited, ['adopt', '--from', 'flyway', '-d', '.'])).stdout).toContain(
      `
The text is not the one that was run, by the checksum that Flyway has
  0001_create_user
Note: R__named.sql is repeatable and does not go along: what it made stays, and
each change of it goes into a migration from now on
`,
    );
  });

  test('a dump of a folder is that of a database which was migrated with it, and a file is written whole or not at all', async () => {
    const folder = migrationFolder(FILES);
    const refused = await run(folder, ['dump', 'db/migrations', '--output', 'db']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    // Before a server is started.
    expect(refused.stderr).toMatch(
      /^aurora-migrations: --output db: it cannot be written, since it is a folder\. Nothing/,
    );
    const file = path.join(folder, 'sql/schema.sql');
    expect(await run(folder, ['dump', 'db/migrations', '--output', file], {})).toMatchObject({ code: 0, stdout: '' });
    for (const statement of [...Object.values(UPS), 'CREATE TABLE orders (id BIGINT PRIMARY KEY)']) {
      await scene.sql(statement);
    }
    const [ofFolder, ofServer] = [readFileSync(file, 'utf8'), (await run(folder, ['dump'])).stdout];
    // A server that was found running cannot be started once more.
    if (server.kind === kindOf(ofFolder)) expect(ofServer).toBe(ofFolder);
    expect(ofFolder).toMatch(/CREATE TABLE `orders`[^]*CREATE TABLE `user`/);
    expect(await run(folder, ['dump', 'db/migrations', '--url', urlOf(scene)])).toMatchObject({ code: 64 });
  });
});

function kindOf(dump: string): string {
  return dump.startsWith('-- MySQL') ? 'mysql' : 'mariadb';
}
