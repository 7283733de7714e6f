import { spawn } from 'node:child_process';
import { Scene } from '../../integration/scene';
import { migrationFolder } from '../../lib/source/migration-folder';
import { describeEach, stackServers } from '../../servers';
import { urlOf } from '../adopt/adopt-url';
import { PROGRAM, type Run } from '../run-program';
import { startProgram } from './remote-program';

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
  let scene: Scene;
  let environment: NodeJS.ProcessEnv;
  beforeEach(async () => {
    scene = await Scene.start(server);
    environment = { DATABASE_URL: urlOf(scene) };
    await startProgram(['up', '--yes'], { cwd: migrationFolder(FILES), environment }).ended;
  });
  afterEach(() => scene.end());

  const isWaiting = async (): Promise<boolean> => {
    const rows = await scene.sql(
      `SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = '${scene.name}' AND STATE LIKE '%metadata lock%'`,
    );
    return rows.length > 0;
  };
  const tables = async (): Promise<readonly string[]> =>
    Object.keys(await scene.schema()).filter((label) => /^table .$/.test(label));

  it.each<readonly [string, readonly NodeJS.Signals[], string, RegExp]>([
    ['Ctrl-C', ['SIGINT'], 'up --yes', /^Stopped: .*0002_slow/],
    [
      'Ctrl-C, for a program,',
      ['SIGINT'],
      'up --yes --json',
      /^{"kind":"failed","reason":".*0002_slow.*"isStopped":true}\n$/,
    ],
    ['SIGTERM', ['SIGTERM'], 'up --yes', /^Stopped: /],
    ['a terminal that is closed, of which shell and system tell,', ['SIGHUP', 'SIGHUP'], 'up --yes', /^Stopped: /],
  ])('%s stops at the next step, and what was done is taken back', async (_, signals, args, said) => {
    await scene.sql('LOCK TABLES user READ');
    const started = startProgram(args.split(' '), { cwd: migrationFolder(SLOW), environment });
    while (!(await isWaiting()));
    for (const signal of signals) started.interrupt(signal);
    await scene.sql('UNLOCK TABLES');

    const { code, stdout } = await started.ended;
    expect([code, stdout]).toEqual([130, expect.stringMatching(said)]);
    expect(stdout).not.toMatch(/longer timeout/);
    expect(await tables()).toEqual([]);
    expect(await scene.deployments()).toEqual(['up applied', 'up reverted']);
  });

  it('one that died is said to be dead, and the next one puts it in order', async () => {
    const cwd = migrationFolder(SLOW);
    const run = (args: string): Promise<Run> => startProgram(args.split(' '), { cwd, environment }).ended;
    await scene.sql('LOCK TABLES user READ');
    const started = startProgram(['up', '--yes'], { cwd, environment });
    while (!(await isWaiting()));
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
    expect(await run('verify')).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(
        /deployment-unfinished\n.*not applied\. Nobody is at work: apply\s+again, by "npx aurora-migrations up"/s,
      ) as string,
    });
    expect(await run('watch')).toMatchObject({
      code: 1,
      stdout:
        'up of 0002_slow: died in 0002_slow, step 2 of 3 (line 3); nobody is at work\n  See "verify" for what to do.\n',
    });
    expect(await run('up --yes')).toMatchObject({ code: 0 });
    expect(await run('status')).toMatchObject({ code: 0, stdout: expect.stringMatching(/ died *\n/) as string });
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
