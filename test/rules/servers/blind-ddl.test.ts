import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../dying-process';

/** What SHOW CREATE does not show, the rows by which it can be seen after all, and the two states of those. */
const BLIND = [
  {
    what: 'EXCHANGE PARTITION',
    statement: 'ALTER TABLE sales EXCHANGE PARTITION p0 WITH TABLE spare',
    look: 'SELECT GROUP_CONCAT(id ORDER BY id) AS seen FROM sales',
    states: ['1', '2'],
  },
  {
    what: 'a swap by RENAME',
    statement: 'RENAME TABLE one TO three, two TO one, three TO two',
    look: 'SELECT GROUP_CONCAT(id) AS seen FROM one',
    states: ['1', '2'],
  },
  {
    what: 'TRUNCATE',
    statement: 'TRUNCATE TABLE one',
    look: 'SELECT COUNT(*) AS seen FROM one',
    states: ['1', '0'],
  },
  {
    what: 'TRUNCATE PARTITION',
    statement: 'ALTER TABLE sales TRUNCATE PARTITION p0',
    look: 'SELECT COUNT(*) AS seen FROM sales',
    states: ['1', '0'],
  },
  { what: 'CALL', statement: 'CALL fill()', look: 'SELECT COUNT(*) AS seen FROM one', states: ['1', '2'] },
] as const;

describe.each(servers())('on $name', (server) => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.start(server);
    await scene.sql('CREATE TABLE sales (id INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100))');
    await scene.sql('CREATE TABLE spare (id INT)');
    await scene.sql('CREATE TABLE one (id INT)');
    await scene.sql('CREATE TABLE two (id INT)');
    await scene.sql('INSERT INTO sales VALUES (1)');
    await scene.sql('INSERT INTO spare VALUES (2)');
    await scene.sql('INSERT INTO one VALUES (1)');
    await scene.sql('INSERT INTO two VALUES (2)');
    await scene.sql('CREATE PROCEDURE fill() INSERT INTO one VALUES (9)');
  });
  afterEach(async () => {
    await scene.sql(`DROP USER IF EXISTS p_${scene.name}@'%'`);
    await scene.end();
  });

  /** The scene as the function of a user without PROCESS has it, to whom no TABLE_ID is shown. */
  const withoutProcess = async (): Promise<Scene> => {
    const [user, password] = [`p_${scene.name}`, 'Secret-123'];
    await scene.sql(`CREATE USER ${user}@'%' IDENTIFIED BY '${password}'`);
    await scene.sql(`GRANT ALL ON ${scene.name}.* TO ${user}@'%'`);
    return Object.create(scene, { server: { value: { ...server, user, password } } }) as Scene;
  };

  const seen = async (look: string): Promise<string> => String((await scene.sql(look))[0]?.['seen']);

  test('rule 14 (ran): the redo of an EXCHANGE puts the old data back', async () => {
    const [{ statement, look }] = BLIND;
    const before = await scene.schema();
    await scene.sql(statement);
    expect([await seen(look), await scene.schema()]).toEqual(['2', before]);
    await scene.sql(statement);
    expect(await seen(look)).toBe('1');
  });

  test.each(BLIND)('rule 14: SHOW CREATE cannot see $what', async ({ statement, look, states }) => {
    const before = await scene.schema();
    expect(await seen(look)).toBe(states[0]);
    await scene.sql(statement);
    expect([await seen(look), await scene.schema()]).toEqual([states[1], before]);
  });

  test('rule 14: SHOW CREATE cannot see DISCARD and IMPORT TABLESPACE', async () => {
    const before = await scene.schema();
    await scene.sql('ALTER TABLE one DISCARD TABLESPACE');
    expect(await scene.schema()).toEqual(before);
  });

  describe.each(BLIND)('rule 14: $what in doubt is never run again and never taken for done', (blind) => {
    const { statement, look, states } = blind;
    const code = release({
      '0001_blind': migration(`CREATE TABLE first_step (id INT); ${statement}; CREATE TABLE last_step (id INT)`),
    });
    test.each([
      ['before', states[0]],
      ['after', states[1]],
    ] as const)('a run that died %s it is FAILED and asks for repair', async (when, state) => {
      const limited = await withoutProcess();
      const create = scene.create(code);
      await expect(scene.run(create, code, dyingAt(limited, statement, when))).rejects.toThrow(ProcessDied);

      const answer = await scene.answer(create, code, {
        connect: () => Promise.resolve({ kind: 'connected', session: limited.session() }),
      });

      expect(answer.status).toBe('FAILED');
      expect(answer.reason).toContain('nothing shows whether step 2 ');
      expect(answer.reason).toContain('[needs-repair]');
      expect(await seen(look)).toBe(state);
      const tables = Object.keys(await scene.schema());
      expect([tables.includes('table first_step'), tables.includes('table last_step')]).toEqual([true, false]);
    });
  });

  test.each([
    'OPTIMIZE TABLE one',
    'ANALYZE TABLE one',
    'CREATE OR REPLACE VIEW seen AS SELECT id FROM one',
    'CREATE TABLE IF NOT EXISTS one (id INT)',
    'DROP TABLE IF EXISTS nobody',
  ])('rule 14: a harmless repeat is run again: %s', async (statement) => {
    const code = release({ '0001_repeat': migration(`${statement}; CREATE TABLE last_step (id INT)`) });
    for (const when of ['before', 'after'] as const) {
      scene.renew();
      await scene.sql('DROP TABLE IF EXISTS migration, migration_deployment, last_step');
      const create = scene.create(code);
      await expect(scene.run(create, code, dyingAt(scene, statement, when))).rejects.toThrow(ProcessDied);
      expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
      expect(Object.keys(await scene.schema())).toContain('table last_step');
    }
  });

  test('rule 14: a harmless repeat is run again: GRANT', async () => {
    const user = `u_${scene.name}`;
    await scene.sql(`CREATE USER ${user}@localhost`);
    try {
      const code = release({ '0001_grant': migration(`GRANT SELECT ON ${scene.name}.one TO ${user}@localhost`) });
      const create = scene.create(code);
      await expect(scene.run(create, code, dyingAt(scene, 'GRANT', 'after'))).rejects.toThrow(ProcessDied);
      expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
      const grants = await scene.sql(`SHOW GRANTS FOR ${user}@localhost`);
      expect(JSON.stringify(grants)).toContain('GRANT SELECT ON');
    } finally {
      await scene.sql(`DROP USER ${user}@localhost`);
    }
  });

  test.each([
    ['EXCHANGE PARTITION', 'before'],
    ['EXCHANGE PARTITION', 'after'],
    ['TRUNCATE PARTITION', 'before'],
    ['TRUNCATE PARTITION', 'after'],
  ] as const)(
    'rule 14: the TABLE_ID of the partition tells whether %s was done: a run that died %s it',
    async (what, when) => {
      const { statement, look, states } = BLIND.find((blind) => blind.what === what)!;
      const code = release({ '0001_blind': migration(`CREATE TABLE first_step (id INT); ${statement}`) });
      const create = scene.create(code);
      await expect(scene.run(create, code, dyingAt(scene, statement, when))).rejects.toThrow(ProcessDied);
      expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
      expect(await seen(look)).toBe(states[1]);
    },
  );

  const ids = async (): Promise<readonly string[]> => {
    const view = server.kind === 'mysql' ? 'INNODB_TABLES' : 'INNODB_SYS_TABLES';
    const rows = await scene.sql(
      `SELECT TABLE_ID AS id FROM information_schema.${view}
        WHERE NAME IN ('${scene.name}/sales#P#p0', '${scene.name}/sales#p#p0', '${scene.name}/spare') ORDER BY NAME`,
    );
    return rows.map((row) => String(row['id']));
  };

  test('rule 14: EXCHANGE gives the partition and the table each other’s TABLE_ID', async () => {
    const before = await ids();
    expect(before).toHaveLength(2);
    await scene.sql(BLIND[0].statement);
    expect(await ids()).toEqual(before.toReversed());
  });

  test('rule 14: TABLE_ID is read by those only who have PROCESS', async () => {
    const limited = await withoutProcess();
    const view = server.kind === 'mysql' ? 'INNODB_TABLES' : 'INNODB_SYS_TABLES';
    const read = (): Promise<unknown> =>
      limited.session().database.query(`SELECT TABLE_ID FROM information_schema.${view} LIMIT 1`);
    await expect(read()).rejects.toMatchObject({ errno: 1227 });
    await scene.sql(`GRANT PROCESS ON *.* TO p_${scene.name}@'%'`);
    expect(await read()).toHaveLength(1);
  });
});
