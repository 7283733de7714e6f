import { ServerError, type Database } from '../../../lambda/ports';
import { servers } from '../../servers';
import { FIRST, release, Scene, SECOND, USER } from '../scene';

describe.each(servers())('on $name, where the server has no room,', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);

  test('a migration that fills a table is not to be corrected', async () => {
    const next = release({
      '0001_user': USER,
      '0002_filled': `-- migrate:up
CREATE TABLE filled (text CHAR(255) CHARACTER SET latin1);
INSERT INTO filled WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 999) SELECT 'x' FROM n;
SET SESSION max_heap_table_size = 16384;
ALTER TABLE filled ENGINE = MEMORY;
-- migrate:down
DROP TABLE filled;`,
    });
    const { status, reason } = await scene.updated(FIRST, next);
    expect([status, reason]).toEqual([
      'FAILED',
      expect.stringMatching(
        /ER_RECORD_FILE_FULL \(1114\).*as it was before the deployment\. The server has no room: .*\[migration-failed\]$/,
      ),
    ]);
  });

  /** Refuses what begins the first `times` migrations for lack of room. */
  function fullFor(times: number): ReturnType<Scene['connectingTo']> {
    let refusals = 0;
    const refused = (): ServerError | null =>
      refusals++ < times ? new ServerError('ER_RECORD_FILE_FULL', 1114, "The table 'migration' is full") : null;
    return () => {
      const { database, ...session } = scene.session();
      const query: Database['query'] = async (statement) => {
        const error = statement.includes('migration_deployment') ? refused() : null;
        if (error !== null) throw error;
        return database.query(statement);
      };
      return scene.connectingTo({ ...session, database }, { query })();
    };
  }

  test('for its journal, the function waits until some is made', async () => {
    expect((await scene.updated(FIRST, SECOND, { connect: fullFor(2) })).status).toBe('SUCCESS');
  });

  test('for its journal, nobody is said to hold its tables', async () => {
    const { status, reason } = await scene.updated(FIRST, SECOND, { connect: fullFor(Infinity) });
    expect([status, reason]).toEqual([
      'FAILED',
      expect.stringMatching(
        /^the server ended what .* 6 times \(The table 'migration' is full\).*rollback\. The server has no room: .*\[connection-lost\]$/,
      ),
    ]);
  });
});
