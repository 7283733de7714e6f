import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../dying-process';
import { A, DUMP, FAILS, irreversible, NOTHING, SOMETHING, WITH_SIDE_EFFECTS } from '../steps-done';

const WITH_X = migration('CREATE TABLE a (id INT PRIMARY KEY, x INT); INSERT INTO a VALUES (1, 5)', 'DROP TABLE a');
/** A view on a table with a trigger, in a database without functions. */
const TRIGGERED = migration(
  'CREATE TABLE seen_by (id INT); CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1); ' +
    'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW INSERT INTO seen_by VALUES (NEW.id); CREATE VIEW through AS SELECT * FROM a',
  'DROP VIEW through; DROP TABLE a; DROP TABLE seen_by',
);

/** Another application on the server has a function, a trigger and a view by the names of what ours uses: no statement of ours is about those. */
const BESIDE = [
  'DATABASE {}',
  'TABLE {}.a (id INT PRIMARY KEY)',
  'FUNCTION {}.id() RETURNS INT NO SQL RETURN 0',
  'TRIGGER {}.beside BEFORE INSERT ON {}.a FOR EACH ROW SET @beside = 1',
  'VIEW {}.tmp AS SELECT id FROM {}.a',
];

describe.each(servers())('a migration that failed on $name', (server) => {
  let scene: Scene;
  let neighbour: string;
  beforeEach(async () => {
    scene = await Scene.start(server);
    neighbour = `${scene.name}_beside`;
    for (const made of BESIDE) await scene.sql(`CREATE ${made.replaceAll('{}', neighbour)}`);
  });
  afterEach(async () => {
    await scene.sql(`DROP DATABASE ${neighbour}`);
    await scene.end();
  });
  const rows = () => scene.sql(`SELECT id FROM ${scene.name}.a ORDER BY id`);

  describe.each([true, false])('irreversible: %s', (isIrreversible) => {
    // That is asked before its down is looked at: two show that.
    test.each(isIrreversible ? NOTHING : NOTHING.slice(-2))('rule 24: after %s it is forgotten', async (_, steps) => {
      const first = release({ '0001_a': A });
      const up = `${steps};\n${FAILS}`;
      const next = release({
        '0001_a': A,
        '0002_b': isIrreversible ? irreversible(up) : migration(up, 'DROP TABLE a /* it must not run */'),
      });
      await scene.created(first);
      const schema = await scene.schema();

      const answer = await scene.updated(first, next);

      expect(answer.status).toBe('FAILED');
      expect(answer.reason).toContain('Nothing had to be reverted; the schema is as it was before the deployment');
      expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted']);
      for (const code of [first, next]) {
        expect(await scene.answer(scene.update(next, first), code)).toMatchObject({ status: 'SUCCESS' });
      }
      expect(await scene.history()).toEqual(['0001_a applied']);
      expect([await scene.schema(), await rows()]).toEqual([schema, [{ id: 1 }]]);
    });
  });

  test.each(SOMETHING)('rule 24: after %s a person has to look', async (_, steps) => {
    const made = release({ '0001_a': WITH_SIDE_EFFECTS });
    const next = release({
      '0001_a': WITH_SIDE_EFFECTS,
      '0002_b': irreversible(`${steps.replace('{beside}', neighbour)};\n${FAILS}`),
    });
    await scene.created(made);
    const answer = await scene.updated(made, next);
    expect(answer.reason).toContain('[needs-repair]');
    expect(await scene.updated(next, made)).toMatchObject({ status: 'FAILED' });
  });

  test.each([
    ['f', 'DELETE FROM a WHERE id = 8', 'Nothing had to be reverted'],
    ['f', 'DELETE FROM a WHERE id = 8 + F()', '[needs-repair]'],
    ['f', 'DELETE FROM a WHERE id = 8 /*!50000+f()*/', '[needs-repair]'],
    ['the 8', 'DELETE FROM a WHERE id = `the 8`()', '[needs-repair]'],
    [
      'f',
      "SET sql_mode = 'NO_BACKSLASH_ESCAPES'; DELETE FROM a WHERE id = 8 AND 'x\\' <> f() AND 'y' <> 'z' /* ' */",
      '[needs-repair]',
    ],
  ])('rule 24: where there is a function %s, after %s: %s', async (name, step, expected) => {
    const first = release({ '0001_a': A });
    const next = release({ '0001_a': A, '0002_b': irreversible(`${step};\n${FAILS}`) });
    await scene.sql(`CREATE FUNCTION \`${name}\`() RETURNS INT NO SQL RETURN 0`);
    await scene.created(first);
    expect((await scene.updated(first, next)).reason).toContain(expected);
  });

  test('rule 24: a DROP that has dropped one of two before the server refused it is something done', async () => {
    const first = release({ '0001_a': A });
    const next = release({ '0001_a': A, '0002_b': irreversible('SELECT 1; DROP TABLE a, nowhere') });
    await scene.created(first);
    const answer = await scene.updated(first, next);
    // On MySQL the statement is atomic.
    const isThere = Object.keys(await scene.schema()).includes('table a');
    expect(answer.reason).toContain(isThere ? 'Nothing had to be reverted' : '[needs-repair]');
  });

  const onMariadb = server.kind === 'mariadb';
  const EMPTIED: readonly (readonly [string, string])[] = [
    ['ALTER TABLE a DROP COLUMN x, ADD COLUMN x INT', 'ALTER TABLE a DROP'],
    ...(onMariadb
      ? ([
          ['CREATE OR REPLACE TABLE a (id INT PRIMARY KEY, x INT)', 'CREATE OR REPLACE'],
          ['ANALYZE UPDATE a SET x = x + 1', 'ANALYZE UPDATE'],
        ] as const)
      : []),
  ];
  test.each(EMPTIED)(
    'rule 24: after a crash in %s, which leaves the form, a person has to look',
    async (step, begin) => {
      const first = release({ '0001_a': WITH_X });
      const next = release({ '0001_a': WITH_X, '0002_b': irreversible(`SELECT 1; ${step}; DO 0`) });
      await scene.created(first);
      const dying = dyingAt(scene, begin, 'after');
      await expect(scene.run(scene.update(first, next), next, dying)).rejects.toThrow(ProcessDied);
      await scene.unlocked();
      const answer = await scene.updated(next, first);
      expect(answer).toMatchObject({ status: 'FAILED' });
      expect(answer.reason).toContain('[needs-repair]');
    },
  );

  // MySQL's DDL is atomic, and it has no sequences.
  if (onMariadb)
    test.each([
      [
        'CREATE OR REPLACE whose SELECT fails',
        'CREATE OR REPLACE TABLE a (id INT PRIMARY KEY) AS SELECT 1 AS id UNION ALL SELECT 1',
      ],
      ['DROP DATABASE that meets a foreign key', 'DROP DATABASE {other}'],
      ['SET that moves a sequence', 'SET @x = NEXT VALUE FOR counted; CREATE TABLE b (id INT) COLLATE=nope_ci'],
    ])('rule 24: a refused %s has done something', async (_, up) => {
      const other = `${scene.name}_other`;
      await scene.sql(`CREATE DATABASE ${other}`);
      try {
        await scene.sql(`CREATE TABLE ${other}.kept (id INT PRIMARY KEY)`);
        await scene.sql(`CREATE TABLE ${other}.zero (id INT PRIMARY KEY)`);
        await scene.sql('CREATE SEQUENCE counted');
        const first = release({ '0001_a': A });
        // A temporary table has the deployment reverted in another session.
        const text = `CREATE TEMPORARY TABLE tmp (id INT); ${up.replace('{other}', other)}`;
        const next = release({ '0001_a': A, '0002_b': irreversible(text) });
        await scene.created(first);
        await scene.sql(`CREATE TABLE held (id INT, FOREIGN KEY (id) REFERENCES ${other}.kept (id))`);
        const answer = await scene.updated(first, next);
        const rollback = await scene.updated(next, first);
        for (const { status, reason } of [answer, rollback]) {
          expect(status).toBe('FAILED');
          expect(reason).toContain('[needs-repair]');
        }
      } finally {
        await scene.sql('DROP TABLE IF EXISTS held');
        await scene.sql(`DROP DATABASE IF EXISTS ${other}`);
      }
    });

  test('rule 24: an INSERT IGNORE through a view that a trigger has seen is something done', async () => {
    const first = release({ '0001_a': TRIGGERED });
    const next = release({
      '0001_a': TRIGGERED,
      '0002_b': irreversible(`INSERT IGNORE INTO through VALUES (1); ${FAILS}`),
    });
    await scene.created(first);
    const answer = await scene.updated(first, next);
    expect(answer.reason).toContain('[needs-repair]');
  });

  test('rule 24: a DROP IF EXISTS of what a migration before it in the same deployment made is something done', async () => {
    const first = release({ '0001_a': A });
    const b = migration('CREATE TABLE b (id INT)', 'DROP TABLE b');
    const next = release({ '0001_a': A, '0002_b': b, '0003_dump': irreversible(DUMP) });
    await scene.created(first);
    const answer = await scene.updated(first, next);
    expect(answer.reason).toContain('[needs-repair]');
  });

  // What has reverted itself is gone for both codes: all failures above show that.
  describe.each([
    ['the old code', 0],
    ['the old code', 1],
    ['the new code', 0],
  ] as const)('rolled back by %s after attempts that met the error: %i', (which, attempts) => {
    test.each(['before', 'after'] as const)(
      'rule 24: after a crash %s any of its statements it is forgotten',
      async (when) => {
        const first = release({ '0001_a': A });
        const up = `SELECT 1; UPDATE a SET id = 2 WHERE id = 8; ${DUMP}`;
        const next = release({ '0001_a': A, '0002_dump': irreversible(up) });
        const code = which === 'the old code' ? first : next;
        for (const command of ['SELECT 1', 'UPDATE a', 'DROP TABLE IF EXISTS b', /SET @saved/, 'CREATE TABLE b']) {
          // The server refuses that one: there is no moment after it.
          if (when === 'after' && command === 'CREATE TABLE b') continue;
          await scene.sql(`DROP DATABASE ${scene.name}`);
          await scene.sql(`CREATE DATABASE ${scene.name} CHARACTER SET utf8mb4`);
          scene.renew();
          await scene.answer(scene.create(first), first);
          const schema = await scene.schema();
          const update = scene.update(first, next);
          await expect(scene.run(update, next, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);
          await scene.unlocked();
          if (attempts > 0) expect((await scene.answer(update, next)).reason).toContain('nope_ci');

          const answer = await scene.answer(scene.update(next, first), code);
          const said = /^(Nothing had to be reverted|nothing of what is rolled back stands here)/;
          expect([command, answer]).toMatchObject([
            command,
            { status: 'SUCCESS', reason: expect.stringMatching(said) as string },
          ]);
          expect([await scene.schema(), await rows(), await scene.history()]).toEqual([
            schema,
            [{ id: 1 }],
            ['0001_a applied'],
          ]);
        }
      },
    );
  });

  test.each([
    ['DROP TABLE IF EXISTS b', true],
    ['SELECT id FROM a', true],
    ['UPDATE a SET id = 9 WHERE id = 8', true],
    ['DROP TABLE IF EXISTS a', false],
    ['TRUNCATE TABLE a', false],
    ['USE {beside}; DELETE FROM a WHERE id = 8; DROP TABLE IF EXISTS b', false],
  ])('rule 24: a JavaScript migration that failed after %s', async (statement, isNothing) => {
    const first = release({ '0001_a': A });
    const next = release({
      '0001_a': A,
      '0002_script': `exports.up = async ({ query }) => {
        for (const each of '${statement.replace('{beside}', neighbour)}'.split('; '))
          await query(each.replace('= 8', '= ?'), each.includes('= 8') ? [8] : []);
        await query('${FAILS}');
      };
      exports.down = async () => { throw new Error('not to be run'); };`,
    });
    await scene.answer(scene.create(first), first);
    const answer = await scene.answer(scene.update(first, next), next);
    expect(answer.reason).toContain('nope_ci');
    expect(answer.reason).toContain(isNothing ? 'Nothing had to be reverted' : '[needs-repair]');
    for (const code of [next, first]) {
      const rollback = await scene.answer(scene.update(next, first), code);
      expect(rollback.status).toBe(isNothing ? 'SUCCESS' : 'FAILED');
    }
  });
});
