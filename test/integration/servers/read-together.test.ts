import { databaseOf } from '../../../lambda/edges/database/database-of';
import { readSchema } from '../../../lambda/look/fingerprint';
import { servers } from '../../servers';
import { Scene } from '../scene';

describe.each(servers())('the definitions of a large schema, on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    for (let index = 0; index < 205; index += 1) await scene.sql(`CREATE TABLE t${index} (id INT PRIMARY KEY)`);
    await scene.sql('CREATE VIEW seen AS SELECT id FROM t0');
    await scene.sql('CREATE PROCEDURE sleeps() DO SLEEP(0)');
    await scene.sql('CREATE TRIGGER counts BEFORE INSERT ON t1 FOR EACH ROW SET NEW.id = NEW.id + 1');
  });

  const together = () => readSchema(databaseOf(scene.outside, scene.name));

  /** Behind a proxy that does not know the command which lets the server take several statements. */
  const oneByOne = async () => {
    const unknown = Object.assign(new Error('Unknown command'), { errno: 1047, code: 'ER_UNKNOWN_COM_ERROR' });
    const answers = ({ onResult }: { onResult: (error: Error) => void }): void => onResult(unknown);
    const others = { addCommand: answers, query: scene.outside.query.bind(scene.outside) };
    return readSchema(databaseOf(others as never, scene.name));
  };

  it('are the same read together as one by one, where a proxy lets nobody send many', async () => {
    const expected = await oneByOne();
    expect(expected.objects).toHaveLength(208);
    const packets = jest.spyOn(scene.outside, 'query');
    expect(await together()).toEqual(expected);
    expect(packets.mock.calls.length).toBeLessThan(8);
  });

  it('are read one by one where one of them cannot be shown', async () => {
    await scene.sql('CREATE VIEW blind AS SELECT id FROM t2');
    await scene.sql('DROP TABLE t2');
    const expected = await oneByOne();
    expect(expected.objects).toContainEqual({ kind: 'view', name: 'blind', definition: expect.any(String) as string });
    expect(await together()).toEqual(expected);
  });

  it('leave the session as it was: it takes no two statements in one', async () => {
    const database = databaseOf(scene.outside, scene.name);
    await readSchema(database);
    for (const text of ['SELECT 1; SELECT 2', 'DO 1; DO 2'])
      await expect(database.query(text)).rejects.toThrow(/syntax/);
    await expect(database.write('DO 1; DO 2')).rejects.toThrow(/syntax/);
    await readSchema(database);
    await expect(database.execute('DO ?; DO 2', [1])).rejects.toThrow(/syntax/);
  });

  it('are read together again and again, with statements between', async () => {
    const database = databaseOf(scene.outside, scene.name);
    const first = await readSchema(database);
    for (let times = 0; times < 3; times += 1) {
      await database.write(`ALTER TABLE t${times} ADD COLUMN name INT`);
      expect(await readSchema(database)).not.toEqual(first);
    }
  });
});
