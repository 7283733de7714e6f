import { baseAndNext } from '../../rules/dying-process';
import { servers } from '../../servers';
import { Scene } from '../scene';

describe.each(servers())('half of a migration that writes to another database on $name', (server) => {
  let scene: Scene;
  let other: string;
  beforeEach(async () => {
    scene = await Scene.start(server);
    other = `${scene.name}_other`;
    for (const statement of [
      `CREATE DATABASE ${other}`,
      `CREATE TABLE ${other}.a (id INT PRIMARY KEY)`,
      'CREATE TABLE b (id INT PRIMARY KEY)',
      'CREATE TABLE is_there (id INT)',
    ])
      await scene.sql(statement);
  });
  afterEach(async () => {
    // A foreign key may lead there.
    await scene.sql('DROP TABLE IF EXISTS b');
    await scene.sql(`DROP DATABASE IF EXISTS ${other}`);
    await scene.end();
  });

  async function reasonOf(done: string, isDeleted: string): Promise<string> {
    const [old, next] = baseAndNext(
      'DO 1',
      `${done}; CREATE TABLE is_there (id INT); INSERT INTO b VALUES (100)`,
      `DELETE FROM b; ${isDeleted}`,
    );
    await scene.created(old);
    const { reason } = await scene.updated(old, next);
    expect(reason).toContain('ER_TABLE_EXISTS_ERROR (1050)');
    return reason;
  }

  it('reverts it where nothing there leads on', async () => {
    const reason = await reasonOf(`INSERT INTO ${other}.a VALUES (1)`, `DELETE FROM ${other}.a`);
    expect(reason).toContain('the schema is as it was before the deployment');
    expect(await scene.sql(`SELECT * FROM ${other}.a`)).toEqual([]);
  });

  const leading: readonly (readonly [string, (own: string, other: string) => readonly string[], string])[] = [
    [
      'a trigger',
      (own, there) => [
        `CREATE TRIGGER ${there}.g AFTER INSERT ON ${there}.a FOR EACH ROW INSERT INTO ${own}.b VALUES (NEW.id)`,
      ],
      'INSERT INTO $.a VALUES (1)',
    ],
    [
      'a trigger, after USE',
      (own, there) => [
        `CREATE TRIGGER ${there}.g AFTER INSERT ON ${there}.a FOR EACH ROW INSERT INTO ${own}.b VALUES (NEW.id)`,
      ],
      'USE $; INSERT INTO a VALUES (1); USE @',
    ],
    ['a view', (own, there) => [`CREATE VIEW ${there}.v AS SELECT id FROM ${own}.b`], 'INSERT INTO $.v VALUES (1)'],
    [
      'a function',
      (own, there) => [
        `CREATE FUNCTION ${there}.adds() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO ${own}.b VALUES (1); RETURN 1; END`,
      ],
      'DO $.adds()',
    ],
  ];
  it.each(leading)('asks a person where there is %s', async (_what, stands, done) => {
    for (const statement of stands(scene.name, other)) await scene.sql(statement);
    const reason = await reasonOf(done.replace('$', other).replace('@', scene.name), `DELETE FROM ${other}.a`);
    expect(reason).toContain('[needs-repair]');
  });

  it('asks a person where the down calls a function there', async () => {
    const latest = `CREATE FUNCTION ${other}.latest() RETURNS INT READS SQL DATA RETURN (SELECT MAX(id) FROM ${scene.name}.b)`;
    await scene.sql(latest);
    const reason = await reasonOf(
      `INSERT INTO ${other}.a VALUES (1)`,
      `DELETE FROM ${other}.a WHERE id < ${other}.latest()`,
    );
    expect(reason).toContain('[needs-repair]');
  });

  it('asks a person where a foreign key leads there', async () => {
    await scene.sql(`INSERT INTO ${other}.a VALUES (1), (2)`);
    await scene.sql('DROP TABLE b');
    await scene.sql(
      `CREATE TABLE b (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES ${other}.a (id) ON DELETE CASCADE)`,
    );
    await scene.sql('INSERT INTO b VALUES (1), (2)');
    const [old, next] = baseAndNext(
      'DO 1',
      `DELETE FROM ${other}.a WHERE id = 1; CREATE TABLE is_there (id INT); DELETE FROM b WHERE id = 2`,
      `INSERT INTO ${other}.a VALUES (1); INSERT INTO b VALUES (1), (2)`,
    );
    await scene.created(old);
    const { reason } = await scene.updated(old, next);
    expect(reason).toContain('[needs-repair]');
  });
});
