import { migration } from '../../rules/dying-process';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { release, Scene, type Release } from '../scene';

const D =
  'CREATE TABLE d (id INT PRIMARY KEY, x INT); INSERT INTO d VALUES (1, 0); CREATE TABLE zz (id INT PRIMARY KEY, n INT)';
const FAILS = 'INSERT INTO zz VALUES (5, 5); ALTER TABLE zz DROP COLUMN missing';
const EMPTY_ZZ = 'DELETE FROM zz WHERE id = 5';

describe.each(servers())('a temporary table that is left in the session, on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const here = (text: string): string => text.replaceAll('{db}', scene.name);

  /** A release of the base and the given migrations, after one of the base alone. */
  const releases = (...migrations: readonly string[]): readonly [Release, Release] => {
    const first = { '0001_base': migration(D, 'DO 0') };
    const more = migrations.map((text, at) => [`000${at + 2}_next`, here(text)] as const);
    return [release(first), release({ ...first, ...Object.fromEntries(more) })];
  };

  const rows = () => scene.sql('SELECT id, x FROM d ORDER BY id');

  const JS = `exports.up = async ({ query }) => {
    await query('CREATE TEMPORARY TABLE d (id INT, x INT)');
    throw new Error('no more');
  };
  exports.down = async () => undefined;`;

  const PROCEDURE = 'CREATE PROCEDURE hide() CREATE TEMPORARY TABLE d AS SELECT 1 AS id, 5 AS x';

  test.each([
    [
      'its own down',
      [
        migration(
          `UPDATE d SET x = x + 1; CREATE TEMPORARY TABLE d AS SELECT 1 AS id, 5 AS x; ${FAILS}; DROP TEMPORARY TABLE d`,
          `UPDATE d SET x = x - 1; DROP TEMPORARY TABLE IF EXISTS d; ${EMPTY_ZZ}`,
        ),
      ],
    ],
    [
      'its own down, which drops none',
      [
        migration(
          `ALTER TABLE d ADD COLUMN w INT; CREATE TEMPORARY TABLE d (id INT, x INT, w INT); ${FAILS}`,
          `ALTER TABLE d DROP COLUMN w; ${EMPTY_ZZ}`,
        ),
      ],
    ],
    [
      'its own down, by the name with its database',
      [
        migration(
          `UPDATE {db}.d SET x = x + 1; CREATE TEMPORARY TABLE {db}.d AS SELECT 1 AS id, 5 AS x; ${FAILS}`,
          `UPDATE {db}.d SET x = x - 1; ${EMPTY_ZZ}`,
        ),
      ],
    ],
    [
      'the down of a migration before it',
      [
        migration('INSERT INTO d VALUES (2, 2)', 'DELETE FROM d WHERE id = 2'),
        migration(`CREATE TEMPORARY TABLE d (id INT, x INT); ${FAILS}`, EMPTY_ZZ),
      ],
    ],
    [
      'the down of a migration after it',
      [
        migration('CREATE TEMPORARY TABLE d (id INT, x INT)'),
        migration(`INSERT INTO d VALUES (2, 2); ${FAILS}`, `DELETE FROM d WHERE id = 2; ${EMPTY_ZZ}`),
      ],
    ],
    [
      'its own down, from a procedure',
      [
        migration(
          `UPDATE d SET x = x + 1; ${PROCEDURE}; CALL hide(); DROP PROCEDURE hide; ${FAILS}`,
          `UPDATE d SET x = x - 1; DROP PROCEDURE IF EXISTS hide; ${EMPTY_ZZ}`,
        ),
      ],
    ],
    [
      'its own down, from a prepared text',
      [
        migration(
          `UPDATE d SET x = x + 1; SET @s = 'CREATE TEMPORARY TABLE d AS SELECT 1 AS id, 5 AS x'; PREPARE s FROM @s; EXECUTE s; ${FAILS}`,
          `UPDATE d SET x = x - 1; ${EMPTY_ZZ}`,
        ),
      ],
    ],
    [
      'the down of a migration before one in JavaScript',
      [migration('INSERT INTO d VALUES (2, 2)', 'DELETE FROM d WHERE id = 2'), JS],
    ],
  ])('is not what %s is run on', async (_what, migrations) => {
    const [A, B] = releases(...migrations);
    await scene.created(A);
    const before = await scene.schema();
    const answer = await scene.updated(A, B);
    expect([answer.status, answer.reason, answer.data.Drift]).toEqual(['FAILED', expect.any(String), '']);
    expect(answer.reason).toContain('the schema is as it was before the deployment');
    expect(answer.reason).toContain('[migration-failed]');
    expect([await rows(), await scene.schema()]).toEqual([[{ id: 1, x: 0 }], before]);
    expect(await scene.history()).toEqual(['0001_base applied']);
    expect(await scene.updated(B, A)).toMatchObject({ status: 'SUCCESS' });
  });

  test.each([PROCEDURE, PROCEDURE.toLowerCase()])('is not what the next down changes after %s', async (procedure) => {
    await scene.sql(procedure);
    const [A, B] = releases(
      migration(`UPDATE d SET x = x + 1; CALL hide(); ${FAILS}`, `UPDATE d SET x = x - 1; ${EMPTY_ZZ}`),
    );
    await scene.created(A);
    expect(await scene.updated(A, B)).toMatchObject({ status: 'FAILED', data: { Drift: '' } });
    expect(await rows()).toEqual([{ id: 1, x: 0 }]);
  });

  test('is looked for in routines of any length', async () => {
    const long = `CREATE PROCEDURE long_one() SELECT '${'TEMPORA '.repeat(60_000)}'`;
    const [from, to] = releases(
      migration(`${long}; CREATE PROCEDURE short_one() DO 0; CALL short_one(); ${FAILS}`, 'DO 0'),
    );
    await scene.created(from);
    expect(await scene.updated(from, to)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(/^0002_next\.sql failed at step 5 of 5 .*missing/),
    });
  });

  test('is not what the next migration changes, and each is named as applied', async () => {
    const [A, B] = releases(
      migration('CREATE TEMPORARY TABLE d (id INT, x INT)'),
      migration('UPDATE d SET x = 7', 'UPDATE d SET x = 0'),
      migration('ALTER TABLE d ADD COLUMN w INT; CREATE TEMPORARY TABLE d (id INT)', 'ALTER TABLE d DROP COLUMN w'),
    );
    await scene.created(A);
    const answer = await scene.updated(A, B);
    expect([answer.status, answer.data.Applied, answer.tally.applied]).toEqual([
      'SUCCESS',
      '0002_next, 0003_next, 0004_next',
      3,
    ]);
    expect(await rows()).toEqual([{ id: 1, x: 7 }]);
    // Nor did it hide the table from the look at what the deployment has left.
    expect(await invoke(scene, B, { command: 'verify' })).toMatchObject({ ok: true });
  });

  test('is not what the next down changes, nor what the schema is compared with', async () => {
    const [A, B] = releases(
      migration('UPDATE d SET x = 7', 'UPDATE d SET x = 0'),
      migration('CREATE TABLE n (id INT)', 'CREATE TEMPORARY TABLE d (id INT, x INT); DROP TABLE n'),
      migration('ALTER TABLE d ADD COLUMN w INT', 'ALTER TABLE d DROP COLUMN w; CREATE TEMPORARY TABLE d (id INT)'),
    );
    await scene.created(A);
    await scene.updated(A, B);
    const answer = await scene.updated(B, A);
    expect([answer.status, answer.data.Drift, answer.data.Reverted]).toEqual([
      'SUCCESS',
      '',
      '0004_next, 0003_next, 0002_next',
    ]);
    expect(await rows()).toEqual([{ id: 1, x: 0 }]);
  });

  test('is not in the way of up and down by hand', async () => {
    const temporary = 'CREATE TEMPORARY TABLE d (id INT, x INT)';
    const [A, B] = releases(
      migration(temporary, `DO 0; ${temporary}`),
      migration('UPDATE d SET x = 7', `UPDATE d SET x = 0; ${temporary}`),
    );
    const [, broken] = releases(
      migration(`UPDATE d SET x = 1; ${temporary}`, 'UPDATE d SET x = 0'),
      migration(`UPDATE d SET x = x + 1; ${temporary}; ${FAILS}`, `UPDATE d SET x = x - 1; ${EMPTY_ZZ}`),
    );
    await invoke(scene, A, { command: 'up' });
    expect(await invoke(scene, broken, { command: 'up' })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('as it was before') as string,
    });
    expect([await rows(), await scene.history()]).toEqual([[{ id: 1, x: 0 }], ['0001_base applied']]);

    expect(await invoke(scene, B, { command: 'up' })).toMatchObject({ applied: ['0002_next', '0003_next'] });
    expect(await rows()).toEqual([{ id: 1, x: 7 }]);
    expect(await invoke(scene, B, { command: 'down', steps: 2 })).toMatchObject({
      kind: 'reverted',
      reverted: ['0003_next', '0002_next'],
    });
    expect([await rows(), await scene.history()]).toEqual([[{ id: 1, x: 0 }], ['0001_base applied']]);
    expect(await scene.deployments()).toEqual(['up applied', 'up reverted', 'up applied', 'down reverted']);
  });
});
