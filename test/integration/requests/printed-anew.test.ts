import { databaseOf } from '../../../lambda/edges/database/database-of';
import { readSchema } from '../../../lambda/look/fingerprint';
import { stateWithout } from '../../../lambda/session/session-state';
import { baseAndNext } from '../../rules/dying-process';
import { servers } from '../../servers';
import { Scene } from '../scene';
import { connectTo } from '../scene-server';

/** A server may print otherwise what is the same. */
const RENAMED = [
  ['a trigger', 'CREATE TRIGGER g BEFORE INSERT ON t\n FOR EACH ROW SET NEW.a = 1'],
  ['a trigger of a table with its database', 'CREATE TRIGGER g BEFORE INSERT ON {db}.t FOR EACH ROW SET NEW.a = 1'],
  ['a foreign key without a name', 'CREATE TABLE u (t INT, FOREIGN KEY (t) REFERENCES t (id))'],
  ['a foreign key of its own without a name', 'ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t (id)'],
  ['a check without a name', 'ALTER TABLE t ADD CHECK (a > 0)'],
  ['a view', 'CREATE VIEW v AS SELECT id FROM t'],
  ['partitions', 'ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2'],
] as const;

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  test.each(RENAMED)('a table with %s that is renamed and gets its name again is no drift', async (_what, more) => {
    const base = `CREATE TABLE t (id INT PRIMARY KEY, a INT); ${more.replace('{db}', scene.name)}`;
    const [old, next] = baseAndNext(base, 'RENAME TABLE t TO n', 'ALTER TABLE n RENAME t');
    await scene.created(old);
    await scene.settle();
    await scene.updated(old, next);
    const { status, data } = await scene.updated(next, old);
    expect([status, data.Drift]).toEqual(['SUCCESS', '']);
  });

  test('a view is printed as before though the server buffers results by now', async () => {
    await scene.sql('CREATE TABLE t (id INT)');
    await scene.sql('CREATE VIEW v AS SELECT id FROM t');
    const session = connectTo(server, scene.name);
    session.query('SET SESSION sql_buffer_result = 1');
    session.query(stateWithout([]));
    const { objects } = await readSchema(databaseOf(session, scene.name));
    session.destroy();
    expect(objects.map(({ definition }) => definition)).toEqual(Object.values(await scene.schema()));
  });
});
