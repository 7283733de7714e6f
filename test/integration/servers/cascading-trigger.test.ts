import { databaseOf } from '../../../lambda/edges/database/database-of';
import { NonTransactionalTables } from '../../../lambda/look/non-transactional-tables';
import { stepOf } from '../../../lambda/sql/step';
import { servers } from '../../servers';
import { Scene } from '../scene';

describe.each(servers())('a foreign key whose table has a trigger, on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.sql('CREATE TABLE log (id INT) ENGINE=MyISAM');
    await scene.sql('CREATE TABLE parent (id INT PRIMARY KEY)');
  });

  const madeBy = async (rule: string): Promise<void> => {
    await scene.sql(
      `CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id) ${rule})`,
    );
    await scene.sql('CREATE TRIGGER gone BEFORE DELETE ON child FOR EACH ROW INSERT INTO log VALUES (OLD.id)');
  };
  const natureOf = (text: string): Promise<string> =>
    new NonTransactionalTables(databaseOf(scene.outside, scene.name)).natureOf(stepOf(text));

  it('may write where no rollback reaches, since MySQL 9.7', async () => {
    await madeBy('ON DELETE CASCADE');
    const [row] = await scene.sql("SHOW VARIABLES LIKE 'enable_cascade_triggers'");

    expect(await natureOf('DELETE FROM parent')).toBe(row === undefined ? 'dml' : 'blind');
    expect(await natureOf('DELETE FROM child')).toBe('blind');
    expect(await natureOf('DELETE FROM other')).toBe('dml');
  });

  it('writes nothing where it only refuses', async () => {
    await madeBy('');

    expect(await natureOf('DELETE FROM parent')).toBe('dml');
  });
});
