import { spawn } from 'node:child_process';
import { Scene } from '../../integration/scene';
import { migrationFolder } from '../../lib/source/migration-folder';
import { describeEach, stackServers } from '../../servers';
import { urlOf } from '../adopt/adopt-url';
import { PROGRAM } from '../run-program';
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

  it.each<readonly [string, readonly NodeJS.Signals[]]>([
    ['Ctrl-C', ['SIGINT']],
    ['SIGTERM', ['SIGTERM']],
    ['a terminal that is closed, of which shell and system tell,', ['SIGHUP', 'SIGHUP']],
  ])('%s stops at the next step, and what was done is taken back', async (_, signals) => {
    await scene.sql('LOCK TABLES user READ');
    const started = startProgram(['up', '--yes'], { cwd: migrationFolder(SLOW), environment });
    while (!(await isWaiting()));
    for (const signal of signals) started.interrupt(signal);
    await scene.sql('UNLOCK TABLES');

    const { code, stdout } = await started.ended;
    expect([code, stdout]).toEqual([130, expect.stringMatching(/^Stopped: .*0002_slow/)]);
    expect(stdout).not.toMatch(/longer timeout/);
    expect(await tables()).toEqual([]);
    expect(await scene.deployments()).toEqual(['up applied', 'up reverted']);
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
