import { stateWithout } from '../../../lambda/session/session-state';
import { databaseOf } from '../../../lambda/edges/database/database-of';
import type { RequestPorts } from '../../../lambda/events/answer-request';
import { migration } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene } from '../scene';
import { connectTo } from '../scene-server';

const BASE = `CREATE TABLE t (id INT PRIMARY KEY, a INT);
  CREATE VIEW v AS SELECT id, a FROM t;
  CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1`;
const TABLES = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, CREATE VIEW';

describe.each(servers())('on $name, for a user who may not see the definitions of views and triggers', (server) => {
  // Before that of the scene, which closes its session.
  afterEach(() => scene.sql(`DROP USER ${user}`));
  const scene = Scene.ofEachTest(server);
  const base = { '0001_base': migration(BASE, 'DO 0') };
  const old = release(base);
  let user = '';

  const grants = async (rights: string): Promise<void> => {
    await scene.sql(`GRANT ${rights} ON ${scene.name}.* TO ${user}`);
  };

  beforeEach(async () => {
    user = `u${scene.name.slice(-8)}`;
    await scene.sql(`CREATE USER ${user} IDENTIFIED BY 'pw'`);
    await scene.created(old);
    await scene.settle();
  });

  /** The function's sessions are that user's. */
  const asUser = (): Pick<RequestPorts, 'connect'> => ({
    connect: () => {
      const connection = connectTo({ ...server, user, password: 'pw' }, scene.name);
      connection.query(stateWithout([]), () => undefined);
      scene.connections.push(connection);
      const database = databaseOf(connection, scene.name);
      return Promise.resolve({ kind: 'connected', session: { database, close: () => connection.destroy() } });
    },
  });

  const added = release({
    ...base,
    '0002_next': migration(
      'ALTER TABLE t ADD b INT; CREATE VIEW w AS SELECT 1 AS a',
      'DROP VIEW w; ALTER TABLE t DROP b',
    ),
  });

  test('an update is applied, and rolled back without drift', async () => {
    await grants(TABLES);
    const before = await scene.schema();
    expect(await scene.updated(old, added, asUser())).toMatchObject({ status: 'SUCCESS' });
    const back = await scene.updated(added, old, asUser());
    expect([back.status, back.data.Drift, await scene.schema()]).toEqual(['SUCCESS', '', before]);
  });

  test('a trigger that it may not drop is a failure of its step, and what was done is reverted', async () => {
    await grants(TABLES);
    const next = release({
      ...base,
      '0002_next': migration(
        'ALTER TABLE t ADD b INT; DROP TRIGGER g',
        'CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1; ALTER TABLE t DROP b',
      ),
    });
    const before = await scene.schema();
    const { reason } = await scene.updated(old, next, asUser());
    expect(reason).toMatch(/^0002_next\.sql failed at step 2 of 2 \(line 2\): ER_.*the schema is as it was before/);
    expect(await scene.schema()).toEqual(before);
  });

  test('rights that are lost on the way are no reason to stop a rollback, and what cannot be compared is named', async () => {
    await grants(`${TABLES}, SHOW VIEW`);
    await scene.updated(old, added, asUser());
    await scene.sql(`REVOKE SHOW VIEW ON ${scene.name}.* FROM ${user}`);
    const { status, data } = await scene.updated(added, old, asUser());
    expect([status, data.Drift]).toEqual([
      'SUCCESS',
      "view v cannot be compared, since the function's user may not see its definition now",
    ]);
  });
});
