import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockName } from '../../../lambda/session/lock';
import { Scene } from '../../integration/scene';
import { migrationFolder } from '../../lib/source/migration-folder';
import { describeEach, stackServers, throwawaysLike } from '../../servers';
import { urlOf } from '../adopt/adopt-url';
import { migrate } from '../migrated';
import { PROGRAM, type Run } from '../run-program';
import { startProgram, type Started } from './remote-program';

jest.setTimeout(120_000);

const FILES = {
  'migrations/0001_user.sql':
    '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;\n',
};
/** Its second step waits for whoever has the table `user`, and the last one goes into no packet. */
const SLOW = {
  ...FILES,
  'migrations/0002_slow.sql':
    '-- migrate:up\nCREATE TABLE a (id INT);\nALTER TABLE user ADD COLUMN a INT;\nCREATE TABLE IF NOT EXISTS b (id INT);\n-- migrate:down\nDROP TABLE b;\nALTER TABLE user DROP COLUMN a;\nDROP TABLE a;\n',
};

describeEach(stackServers(), 'a run on a server that is stopped, $name', (server) => {
  const scene = Scene.ofEachTest(server);
  let environment: NodeJS.ProcessEnv;
  beforeEach(async () => {
    environment = { DATABASE_URL: urlOf(scene) };
    await migrate(server, scene.name, FILES);
  });

  const isWaiting = (): Promise<boolean> => scene.isRunning('', 'Waiting for table metadata lock');
  const isQueued = (): Promise<boolean> => scene.isRunning('', 'User lock');
  /** A signal may reach a process after the server's answer that it was sent before. */
  const isStopping = (started: Started): boolean => /Stopping when the running/.test(started.written());
  const tables = async (): Promise<readonly string[]> =>
    Object.keys(await scene.schema()).filter((label) => /^table .$/.test(label));

  it.each<readonly [string, readonly NodeJS.Signals[], string, RegExp]>([
    ['Ctrl-C', ['SIGINT'], 'up --yes', /^Stopped before .*0002_slow/],
    [
      'SIGTERM, for a program,',
      ['SIGTERM'],
      'up --yes --json',
      /^{"kind":"failed","reason":"a person stopped it before .*0002_slow.*"isStopped":true}\n$/,
    ],
    [
      'a terminal that is closed, of which shell and system tell,',
      ['SIGHUP', 'SIGHUP'],
      'up --yes',
      /^Stopped before /,
    ],
  ])('%s stops at the next step, and what was done is reverted', async (_, signals, args, said) => {
    await scene.sql('LOCK TABLES user READ');
    const started = startProgram(args.split(' '), { cwd: migrationFolder(SLOW), environment });
    while (!(await isWaiting())) await sleep(10);
    for (const signal of signals) started.interrupt(signal);
    while (!isStopping(started)) await sleep(5);
    await scene.sql('UNLOCK TABLES');

    const { code, stdout } = await started.ended;
    expect([code, stdout]).toEqual([130, expect.stringMatching(said)]);
    expect(stdout).not.toMatch(/longer timeout/);
    expect(await tables()).toEqual([]);
    expect(await scene.deployments()).toEqual(['up applied', 'up reverted']);
    const status = await startProgram(['status'], { cwd: migrationFolder(SLOW), environment }).ended;
    expect(status.stdout).toMatch(/up {2}0002_slow {2}stopped, reverted/);
    expect(status.stdout).toMatch(/The newest says: a person stopped it before [^]*\[stopped\]/);
    const watch = await startProgram(['watch'], { cwd: migrationFolder(SLOW), environment }).ended;
    expect(watch.stdout).toMatch(/^up of 0002_slow: was stopped, and reverted in .*\n {2}a person stopped it before /);
  });

  it('a down that is stopped is left where it is, says so later, and the next one goes on', async () => {
    const cwd = migrationFolder(SLOW);
    const run = (...args: readonly string[]): Promise<Run> => startProgram(args, { cwd, environment }).ended;
    await migrate(server, scene.name, SLOW);
    await scene.sql('LOCK TABLES user READ');
    const started = startProgram(['down', '--steps', '1', '--yes'], { cwd, environment });
    while (!(await isWaiting())) await sleep(10);
    started.interrupt();
    while (!isStopping(started)) await sleep(5);
    await scene.sql('UNLOCK TABLES');

    const { code, stdout } = await started.ended;
    expect([code, stdout]).toEqual([130, expect.stringMatching(/^Stopped before down [^]*\[stopped\]\n$/)]);
    expect((await run('status')).stdout).toMatch(
      /UTC {2}down +stopped\n[^]*The newest says: a person stopped it before [^]*0002_slow: only half there/,
    );
    expect(await run('down', '--to', '1', '--yes')).toMatchObject({ code: 0 });
    expect(await tables()).toEqual([]);
    expect((await run('status')).stdout).toMatch(/UTC {2}down +done\n/);
  });

  it.each(['baseline --to 0002_slow', 'adopt --from dbmate'])('%s that is stopped records nothing', async (args) => {
    await scene.sql('DROP TABLE migration, migration_deployment, user');
    await scene.sql('CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY)');
    await scene.sql("INSERT INTO schema_migrations VALUES ('0001'), ('0002')");
    const cwd = migrationFolder(SLOW);
    await scene.sql(`DO GET_LOCK('${lockName(scene.name)}', 0)`);
    const started = startProgram([...args.split(' '), '--yes'], { cwd, environment });
    while (!(await isQueued())) await sleep(10);
    started.interrupt();
    while (!isStopping(started)) await sleep(5);
    await scene.sql(`DO RELEASE_LOCK('${lockName(scene.name)}')`);

    expect(await started.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('a person stopped it; nothing was recorded [stopped]') as string,
    });
    expect(await scene.sql("SHOW TABLES LIKE 'migration%'")).toEqual([]);
  });

  it.each(['status', 'plan --json', 'up'])('%s ends at once while it only looks', async (args) => {
    await scene.sql('LOCK TABLES migration WRITE, user WRITE');
    const started = startProgram(args.split(' '), { cwd: migrationFolder(SLOW), environment });
    while (!(await isWaiting())) await sleep(10);
    started.interrupt();
    const ended = await started.ended;
    await scene.sql('UNLOCK TABLES');

    expect(ended).toEqual({
      code: 130,
      stdout: args.endsWith('--json') ? expect.stringMatching(/^\{"kind":"error",.*"code":"stopped"/) : '',
      stderr: expect.stringMatching(/aurora-migrations: stopped, and nothing was changed \[stopped\]\n$/) as string,
    });
  });

  it('a dump of a folder leaves nothing behind', async () => {
    const slow = { 'migrations/0001_slow.sql': '-- migrate:up\nDO SLEEP(60);\n-- migrate:irreversible\n' };
    const started = startProgram(['dump'], { cwd: migrationFolder(slow), environment: throwawaysLike(server) });
    while (!/starting a throwaway/.test(started.written())) await sleep(10);
    await sleep(1_000);
    started.interrupt();
    expect(await started.ended).toMatchObject({
      code: 130,
      stdout: '',
      stderr: expect.stringMatching(
        /: stopped\. The throwaway server is ended, and nothing was written \[stopped\]\n$/,
      ) as string,
    });
  });

  it('one that died is said to be dead, and the next one puts it in order', async () => {
    const cwd = migrationFolder(SLOW);
    const run = (args: string): Promise<Run> => startProgram(args.split(' '), { cwd, environment }).ended;
    await scene.sql('LOCK TABLES user READ');
    const started = startProgram(['up', '--yes'], { cwd, environment });
    while (!(await isWaiting())) await sleep(10);
    started.interrupt('SIGKILL');
    await started.ended;
    await scene.sql('UNLOCK TABLES');
    await scene.unlocked();

    expect(await run('status')).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(
        /up  0002_slow  died *\n.*\n\n.*\nThe newest run died: it has not ended, and nobody is at work\./s,
      ) as string,
    });
    const newest = async (): Promise<unknown> => {
      const { stdout } = await run('status --json');
      return (JSON.parse(stdout) as { readonly deployments: readonly unknown[] }).deployments[0];
    };
    expect(await newest()).toMatchObject({ type: 'up', status: 'running', hasDied: true });
    expect(await run('verify')).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(
        /deployment-unfinished\n.*not applied\. Nobody is at work: apply\s+again, by "npx aurora-migrations up"/s,
      ) as string,
    });
    expect(await run('watch')).toMatchObject({
      code: 1,
      stdout:
        'up of 0002_slow: died in 0002_slow, step 2 of 3 (line 3); nobody is at work\n  See "npx aurora-migrations verify" for what to do.\n',
    });
    expect(await run('up --yes')).toMatchObject({ code: 0 });
    expect(await run('status')).toMatchObject({ code: 0, stdout: expect.stringMatching(/ died *\n/) as string });
    expect(await newest()).toMatchObject({ type: 'up', status: 'applied', hasDied: false });
    expect(await run('verify')).toMatchObject({ code: 0 });
    expect(await tables()).toEqual(['table a', 'table b']);
  });

  it.each([
    ['of all that is said', '2>&1 | head -n 1'],
    ['of the progress', '2>&1 >result | head -n 1'],
    ['of the result', '| true'],
  ])('a reader %s who goes away ends nothing in its midst', async (_, reader) => {
    const cwd = migrationFolder(SLOW);
    const line = `{ "${process.execPath}" "${PROGRAM}" up --yes; echo $? >code; } ${reader}; cat code`;
    const shell = spawn('sh', ['-c', line], { cwd, env: { ...process.env, ...environment } });
    let said = '';
    shell.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await new Promise((resolve) => shell.on('close', resolve));

    expect(said).toMatch(/(^|\n)0\n$/);
    expect(await scene.deployments()).toEqual(['up applied', 'up applied']);
    expect(await tables()).toEqual(['table a', 'table b']);
  });
});
