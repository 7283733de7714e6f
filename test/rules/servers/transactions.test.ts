import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../dying-process';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.sql('CREATE TABLE counted (n INT)');
  });

  const count = async (): Promise<unknown> => (await scene.sql('SELECT COUNT(*) AS n FROM counted'))[0]?.['n'];

  const hasGtids = async (): Promise<boolean> =>
    (await scene.sql("SHOW VARIABLES LIKE 'enforce_gtid_consistency'"))[0]?.['Value'] === 'ON';

  test('rule 13 (ran): LOCK TABLES, and the journal write fails with 1100', async () => {
    await scene.sql('CREATE TABLE journal (n INT)');
    await scene.sql('LOCK TABLES counted WRITE');
    await expect(scene.sql('INSERT INTO journal VALUES (1)')).rejects.toMatchObject({ errno: 1100 });
    await scene.sql('UNLOCK TABLES');
  });

  test('rule 13 (ran): a CALL that commits inside is not rolled back with its transaction', async () => {
    await scene.sql('CREATE PROCEDURE committing() BEGIN INSERT INTO counted VALUES (1); COMMIT; END');
    await scene.sql('START TRANSACTION');
    await scene.sql('CALL committing()');
    await scene.sql('ROLLBACK');
    expect(await count()).toBe(1);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('rule 13: a CALL that commits inside does not run twice: a run that died %s it', async (when, times) => {
    await scene.sql('CREATE PROCEDURE committing() BEGIN INSERT INTO counted VALUES (1); COMMIT; END');
    const code = release({ '0001_call': migration('CALL committing()', 'DELETE FROM counted') });
    const create = scene.create(code);
    await expect(scene.run(create, code, dyingAt(scene, 'CALL', when))).rejects.toThrow(ProcessDied);

    const answer = await scene.answer(create, code);

    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toContain('nothing shows whether step 1 ');
    expect(answer.reason).toContain('[needs-repair]');
    expect(await count()).toBe(times);
  });

  // So no DML of the allow-list can end the transaction that its journal write is in.
  test('rule 13: what DML calls cannot commit: functions and triggers are refused with 1422', async () => {
    const bodies = [
      'FUNCTION f() RETURNS INT DETERMINISTIC BEGIN COMMIT; RETURN 1; END',
      'FUNCTION f() RETURNS INT DETERMINISTIC BEGIN CREATE TABLE inside (id INT); RETURN 1; END',
      'TRIGGER t BEFORE INSERT ON counted FOR EACH ROW BEGIN COMMIT; END',
      'TRIGGER t BEFORE INSERT ON counted FOR EACH ROW BEGIN CREATE TABLE inside (id INT); END',
    ];
    for (const body of bodies) await expect(scene.sql(`CREATE ${body}`)).rejects.toMatchObject({ errno: 1422 });
  });

  test.each([
    'INSERT INTO counted VALUES (1)',
    'REPLACE INTO counted VALUES (1)',
    'UPDATE counted SET n = n + 1',
    'DELETE FROM counted WHERE n = 0 LIMIT 1',
  ])('rule 13: %s and its journal write are one, wherever the process dies', async (statement) => {
    await scene.sql('INSERT INTO counted VALUES (0), (0)');
    const code = release({ '0001_dml': migration(`CREATE TABLE first_step (id INT); ${statement}`) });
    const sum = async (): Promise<unknown> => (await scene.sql('SELECT COUNT(*) AS n, SUM(n) AS s FROM counted'))[0];
    const before = await sum();
    for (const [command, when] of [
      [statement, 'before'],
      [statement, 'after'],
      [/^UPDATE .*migration.*stepsDone = 2/, 'after'],
      ['COMMIT', 'before'],
    ] as const) {
      scene.renew();
      await scene.sql(`DROP TABLE IF EXISTS ${scene.name}.migration, ${scene.name}.migration_deployment, first_step`);
      const create = scene.create(code);
      await expect(scene.run(create, code, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);
      expect([command, when, await sum()]).toEqual([command, when, before]);
    }
    scene.renew();
    await scene.sql(`DROP TABLE IF EXISTS ${scene.name}.migration, ${scene.name}.migration_deployment, first_step`);
    const create = scene.create(code);
    await expect(scene.run(create, code, dyingAt(scene, 'COMMIT', 'after'))).rejects.toThrow(ProcessDied);
    const after = await sum();
    expect(after).not.toEqual(before);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await sum()).toEqual(after);
  });

  describe.each(['MyISAM', 'MEMORY'])('a table of %s', (engine) => {
    const INSERT = 'INSERT INTO counted VALUES (1)';
    const code = release({ '0001_dml': migration(`CREATE TABLE first_step (id INT); ${INSERT}`) });
    beforeEach(() => scene.sql(`ALTER TABLE counted ENGINE = ${engine}`));

    test.each([
      ['before', 0],
      ['after', 1],
    ] as const)(
      'rule 13: DML on it is no part of a transaction, and does not run twice: died %s it',
      async (when, n) => {
        const create = scene.create(code);
        await expect(scene.run(create, code, dyingAt(scene, INSERT, when))).rejects.toThrow(ProcessDied);
        const { status, reason } = await scene.answer(create, code);
        expect(status).toBe('FAILED');
        expect(reason).toContain('nothing shows whether step 2 ');
        expect(reason).toContain('[needs-repair]');
        expect(await count()).toBe(n);
      },
    );

    test('rule 13: that it ran is written down at once: died before the next step', async () => {
      const more = release({
        '0001_dml': migration(`CREATE TABLE first_step (id INT); ${INSERT}; DROP TABLE first_step`),
      });
      const create = scene.create(more);
      await expect(scene.run(create, more, dyingAt(scene, 'DROP TABLE', 'before'))).rejects.toThrow(ProcessDied);
      expect(await scene.answer(create, more)).toMatchObject({ status: 'SUCCESS' });
      expect(await count()).toBe(1);
    });

    test('rule 13: so it is of one that the migration makes', async () => {
      const made = release({
        '0001_made': migration(`INSERT INTO other VALUES (0);
          CREATE TABLE made (n INT) ENGINE = ${engine}; INSERT INTO made VALUES (1)`),
      });
      await scene.sql('CREATE TABLE other (n INT)');
      const create = scene.create(made);
      await expect(scene.run(create, made, dyingAt(scene, 'INSERT INTO made', 'after'))).rejects.toThrow(ProcessDied);
      expect((await scene.answer(create, made)).reason).toContain('nothing shows whether step 3 ');
      expect(await scene.sql('SELECT n FROM made')).toEqual([{ n: 1 }]);
    });

    test('rule 13: so it is in another database, once that is used', async () => {
      await scene.sql(`CREATE TABLE clean (n INT)`);
      const elsewhere = `${scene.name}_2`;
      await scene.sql(`CREATE DATABASE ${elsewhere}`);
      try {
        await scene.sql(`CREATE TABLE ${elsewhere}.apart (n INT) ENGINE = ${engine}`);
        const used = release({
          '0001_dml': migration(`INSERT INTO clean VALUES (1); USE ${elsewhere}; INSERT INTO apart VALUES (1)`),
        });
        const create = scene.create(used);
        await expect(scene.run(create, used, dyingAt(scene, 'INSERT INTO apart', 'after'))).rejects.toThrow(
          ProcessDied,
        );
        expect((await scene.answer(create, used)).reason).toContain('nothing shows whether step 3 ');
        expect(await scene.sql(`SELECT n FROM ${elsewhere}.apart`)).toEqual([{ n: 1 }]);
      } finally {
        await scene.sql(`DROP DATABASE ${elsewhere}`);
      }
    });

    test.each([
      ['a view', ['CREATE VIEW shown AS SELECT n FROM counted'], 'INSERT INTO shown VALUES (1)'],
      [
        'a view of a view',
        ['CREATE VIEW v AS SELECT n FROM counted', 'CREATE VIEW w AS SELECT n FROM v'],
        'INSERT INTO w VALUES (1)',
      ],
      [
        'a trigger',
        ['CREATE TRIGGER t AFTER INSERT ON clean FOR EACH ROW INSERT INTO counted VALUES (1)'],
        'INSERT INTO clean VALUES (1)',
      ],
      [
        'a function',
        [
          'CREATE FUNCTION f() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO counted VALUES (1); RETURN 1; END',
        ],
        'DO F()',
      ],
    ])('rule 13: so it is where %s leads to it', async (_, setUp, dml) => {
      // A server on which each statement has a GTID does not begin one that writes to both kinds of tables (1785): see
      // refused-dml.test.ts. There it has to be a table of the same kind.
      await scene.sql(`CREATE TABLE clean (n INT) ${(await hasGtids()) ? `ENGINE = ${engine}` : ''}`);
      for (const statement of setUp) await scene.sql(statement);
      const led = release({ '0001_dml': migration(`CREATE TABLE first_step (id INT); ${dml}`) });
      const create = scene.create(led);
      await expect(scene.run(create, led, dyingAt(scene, dml, 'after'))).rejects.toThrow(ProcessDied);
      expect((await scene.answer(create, led)).reason).toContain('nothing shows whether step 2 ');
      expect(await count()).toBe(1);
    });

    test('rule 13: DML on another is a transaction all the same, though the name is a part of its words', async () => {
      await scene.sql('CREATE TABLE clean (n INT)');
      await scene.sql(`CREATE TABLE e (n INT) ENGINE = ${engine}`);
      const dml = 'INSERT INTO clean VALUES (1)';
      const other = release({ '0001_dml': migration(`CREATE TABLE first_step (id INT); ${dml}`) });
      const create = scene.create(other);
      await expect(scene.run(create, other, dyingAt(scene, dml, 'after'))).rejects.toThrow(ProcessDied);
      await scene.unlocked();
      expect(await scene.answer(create, other)).toMatchObject({ status: 'SUCCESS' });
      expect(await scene.sql('SELECT n FROM clean')).toEqual([{ n: 1 }]);
    });

    test('rule 13: where it fails in the middle, what it did is there: it needs repair', async () => {
      await scene.sql('ALTER TABLE counted ADD UNIQUE (n)');
      const both = release({
        '0001_dml': migration('CREATE TABLE first_step (id INT); INSERT INTO counted VALUES (1), (1)'),
      });
      expect((await scene.created(both)).reason).toContain('[needs-repair]');
      expect(await count()).toBe(1);
    });

    test('rule 13: without a failure it runs once', async () => {
      expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
      expect(await count()).toBe(1);
    });
  });
});
