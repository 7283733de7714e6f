import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { release, Scene } from '../scene';

// Real folders have these words in nearly all of their statements: only the migration before tells what was there.
const OLD = 'CREATE TABLE IF NOT EXISTS t (id INT)';
const DROP = 'DROP TABLE IF EXISTS t';
const NEXT = 'CREATE TABLE IF NOT EXISTS n (id INT)';

describe.each(servers())('half of a migration on $name, after others of one dead run', (server) => {
  const scene = Scene.ofEachTest(server);

  it('brings back what a migration before it had made, which stays', async () => {
    const first = { '0001_first': migration(OLD, DROP) };
    const up = `SELECT * FROM t; ${DROP}; ${NEXT}`;
    const code = release({ ...first, '0002_second': migration(up, `DROP TABLE IF EXISTS n; ${OLD}`) });
    await expect(invoke(scene, code, { command: 'up' }, dyingAt(scene, NEXT, 'before'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();

    // Its first step needs the table.
    expect(await invoke(scene, code, { command: 'up' })).toMatchObject({
      kind: 'applied',
      applied: ['0002_second'],
    });
  });
});
