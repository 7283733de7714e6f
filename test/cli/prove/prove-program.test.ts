import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connectTo } from '../../../rehearsal/servers/connect';
import { migrationFolder } from '../../lib/source/migration-folder';
import { stackServers } from '../../servers';
import { PROGRAM } from '../run-program';
import { FOLDERS, USER } from './prove-folders';

/** Servers that other tests keep busy answer late. */
jest.setTimeout(180_000);

/** Those that a test which failed has left behind. */
const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program as somebody in a shell does. */
async function run(args: readonly string[], cwd?: string): Promise<Run> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, 'prove', ...args], { cwd });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as {
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    };
    return { code, out: stdout, err: stderr };
  }
}

test.each([
  [['--help'], 0, 'Usage: aurora-migrations prove [options] [directory]'],
  [['--no-such'], 64, "unknown option '--no-such'"],
  [['/no/such/directory'], 1, '/no/such/directory is not a folder'],
  [['/no/such/directory', '--json'], 1, '{"directory":"/no/such/directory","problems":['],
  [['--url', 'mysql://root@db.example.com'], 2, 'which is not this machine; nothing was run'],
  [['--url', 'no url'], 1, '--url is no URL; expected mysql://user:password@127.0.0.1:3306'],
  [
    ['--url', 'mysql://root@127.0.0.1:1'],
    1,
    '--url names a server at 127.0.0.1:1 that does not answer; nothing was run',
  ],
  [['--changed', 'no-such-commit'], 1, 'git could not compare migrations with no-such-commit'],
] as const)('prove %j ends with %i and says why', async (args, code, text) => {
  const { out, err, ...result } = await run(args, path.join(__dirname, '../../..'));
  expect({ ...result, text: out + err }).toEqual({ code, text: expect.stringContaining(text) as string });
});

test('a folder that cannot be read is not run, and what is wrong with it is said', async () => {
  const { code, out } = await run([migrationFolder({ 'V1__user.sql': 'CREATE TABLE user (id INT);' })]);
  expect(code).toBe(2);
  expect(out).toMatch(
    /^V1__user.sql: Flyway's names are not read .* Rename V1__user.sql to 0001_user.up.sql, .*docs\/from-other-tools.md/,
  );
  expect(out).toMatch(
    /\n1 problem in the files of (\S+): nothing was run. "npx aurora-migrations lint \1" says the same/,
  );
});

describe.each(stackServers())(
  'on $name',
  ({ name, kind, version, hasTls, host, port, user, password, caFile, url }) => {
    const server = { kind, version, hasTls, host, port, user, password, caFile, url, ownServer: false } as const;

    /** Named here: other files have schemas of their own made on this server at the same time. */
    let schema: string;
    let onServer: readonly string[];
    beforeEach(() => {
      schema = `prove_${randomUUID().slice(0, 8)}`;
      onServer = ['--url', url, '--schema', schema];
    });

    async function isThere(name = schema): Promise<boolean> {
      return (await sql(`SHOW DATABASES LIKE '${name}'`)).length > 0;
    }

    async function sql(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
      const connection = await connectTo(server);
      try {
        const [rows] = await connection.query(statement);
        return rows as readonly Readonly<Record<string, unknown>>[];
      } finally {
        await connection.end();
      }
    }

    test('what is right ends with 0, what is wrong with 2, and the schema is gone', async () => {
      const right = await run(['--url', url, migrationFolder(FOLDERS['all in order'])]);
      expect(right).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^proving 3 migrations of .* on .*\n/) as string,
      });
      expect(right.out).toMatch(/\n3 proved, in \d+\.\d s\n$/);
      const said = new RegExp(`${name} at 127\\.0\\.0\\.1:${port}, schema (prove_\\w+)`).exec(right.err);
      expect(await isThere(said![1])).toBe(false);
      const wrong = await run([...onServer, '--json', migrationFolder(FOLDERS['a down that leaves a trigger'])]);
      expect(wrong.code).toBe(2);
      expect(JSON.parse(wrong.out)).toMatchObject({
        summary: { proved: 1, found: 1, irreversible: 0, notReached: 0 },
        migrations: [
          { name: '0001_user', verdict: 'proved' },
          {
            verdict: 'found',
            findings: [
              { kind: 'schema-not-restored', differences: [{ object: 'trigger user_log', kind: 'left-over' }] },
            ],
          },
        ],
        folder: { verdict: 'proved' },
      });
      expect(await isThere()).toBe(false);
    });

    test('a schema that is there is not touched, and neither are others', async () => {
      const taken = await run(['--url', url, '--schema', 'MYSQL', migrationFolder(USER)]);
      expect(taken).toMatchObject({ code: 1 });
      const reaching = migrationFolder({
        ...USER,
        '0002_a.sql': '-- migrate:up\nUSE mysql;\nDO 0;\n-- migrate:down\nDO 0;\n',
      });
      const refused = await run([...onServer, reaching]);
      expect(refused).toMatchObject({
        code: 1,
        err: expect.stringContaining('reaches out of its own schema, for USE') as string,
      });
      expect(await isThere()).toBe(false);
    });

    test('what "dump" says of the character set of its own database reaches nowhere else', async () => {
      const dumped = '-- migrate:up\nALTER DATABASE DEFAULT CHARACTER SET utf8mb4;\nCREATE TABLE a (id INT);\n';
      const folder = migrationFolder({ '0001_a.sql': `${dumped}-- migrate:irreversible\n` });
      expect(await run([...onServer, folder])).toMatchObject({ code: 0 });
    });

    test('only what differs from a commit is proved', async () => {
      const folder = migrationFolder(FOLDERS['all in order']);
      const git = async (...args: readonly string[]): Promise<unknown> =>
        promisify(execFile)('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
      await git('init', '--quiet');
      await git('add', '.');
      await git('commit', '--quiet', '--message', 'first');
      const none = await run([...onServer, '--changed', 'HEAD', folder]);
      expect(none).toMatchObject({ code: 0, out: expect.stringContaining('there is nothing to prove') as string });
      writeFileSync(
        path.join(folder, '0002_team.sql'),
        `${readFileSync(path.join(folder, '0002_team.sql'), 'utf8')}\nDO 0;\n`,
      );
      const { code, out } = await run([...onServer, '--changed', 'HEAD', folder]);
      expect(code).toBe(0);
      expect(out.match(/ok .*\.sql/g)).toEqual(['ok    0002_team.sql']);
      expect(out).toContain('proving 1 of 3 migrations, changed since HEAD, of');
    });

    test('a file that is saved is proved again, and Ctrl-C drops the schema', async () => {
      const folder = migrationFolder(FOLDERS['all in order']);
      const child = spawn(process.execPath, [PROGRAM, 'prove', '--watch', ...onServer, folder]);
      const said = listen(child);
      await said.until(/3 proved[^]*waiting for a file/);
      const file = path.join(folder, '0002_team.sql');
      const right = path.join(migrationFolder({ 'kept.sql': readFileSync(file) }), 'kept.sql');
      writeFileSync(file, readFileSync(file, 'utf8').replace('DROP TRIGGER user_named;', ''));
      await said.until(/trigger user_named is left over[^]*proved again in [\d.]+ s[^]*waiting for a file/);
      copyFileSync(right, file);
      await said.until(/ok {4}0002_team.sql \([^]*proved again in [\d.]+ s[^]*waiting for a file/);
      writeFileSync(file, '-- migrate:up\nSELEC 1;\n-- migrate:down\nDO 0;\n');
      await said.until(/0002_team\.sql:2: [^]*waiting for a file/);
      copyFileSync(right, file);
      await said.until(/waiting for a file/);
      const ended = once(child, 'close');
      child.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
      expect(said.all()).toMatch(/stopped; the schema prove_\w+ is dropped, and nothing else was touched\n$/);
      expect(await isThere()).toBe(false);
    });

    test.each([1, 2, 3, 4])('Ctrl-C as soon as the schema is there drops it (%i)', async () => {
      const child = spawn(process.execPath, [PROGRAM, 'prove', ...onServer, migrationFolder(FOLDERS['all in order'])]);
      const said = listen(child);
      while (!(await isThere())) await sleep(1);
      const ended = once(child, 'close');
      child.kill('SIGINT');
      expect([await ended, said.all()]).toEqual([
        [130, null],
        expect.stringMatching(/stopped; the schema prove_\w+ is dropped, and nothing else was touched\n$/),
      ]);
      expect(await isThere()).toBe(false);
    });

    test('a reader who goes away before all is proved is not told that it is, nor the shell', async () => {
      const folder = migrationFolder(FOLDERS['all in order']);
      const line = `{ "${process.execPath}" "${PROGRAM}" prove --url "${url}" --schema ${schema} "${folder}"; echo $? >code; } | head -n 1; cat code`;
      const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: folder });
      expect(stdout).toMatch(/^proving 3 migrations .*\n130\n$/);
      expect(await isThere()).toBe(false);
    });

    test('Ctrl-C in the middle of a statement ends it and drops the schema', async () => {
      const sleeping = '-- migrate:up\nDO SLEEP(600);\n-- migrate:down\nDO 0;\n';
      const folder = migrationFolder({ ...USER, '0002_sleep.sql': sleeping });
      const child = spawn(process.execPath, [PROGRAM, 'prove', ...onServer, folder]);
      const said = listen(child);
      await said.until(/ok {4}0001_user/);
      const isAsleep = async (): Promise<boolean> =>
        (await sql('SHOW PROCESSLIST')).some(({ Info }) => Info === 'DO SLEEP(600)');
      while (!(await isAsleep())) await sleep(20);
      const ended = once(child, 'close');
      child.kill('SIGINT');
      expect(await ended).toEqual([130, null]);
      expect(said.all()).toMatch(/stopped; the schema prove_\w+ is dropped, and nothing else was touched\n$/);
      expect(await isThere()).toBe(false);
    });
  },
);

/** What a program says, and waiting for it to say something: each time from where the last one ended. */
function listen(child: ChildProcess): { until(pattern: RegExp): Promise<void>; all(): string } {
  children.push(child);
  let text = '';
  let from = 0;
  let look = (): void => undefined;
  const heard = (chunk: Buffer): void => {
    text += chunk.toString('utf8');
    look();
  };
  child.stdout?.on('data', heard);
  child.stderr?.on('data', heard);
  return {
    all: () => text,
    until: (pattern) =>
      new Promise((resolve) => {
        look = () => {
          const found = pattern.exec(text.slice(from));
          if (found === null) return;
          from += found.index + found[0].length;
          look = () => undefined;
          resolve();
        };
        look();
      }),
  };
}
