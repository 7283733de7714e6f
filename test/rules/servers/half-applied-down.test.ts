import { PHYSICAL_ID, release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../dying-process';

/** What stands there already, the statement that fails for it, and the down that would drop it. */
const STANDING = [
  {
    what: 'CREATE TABLE user fails with 1050, and the user table of production stays',
    stands: ['CREATE TABLE user (id INT PRIMARY KEY, precious TEXT)', "INSERT INTO user VALUES (1, 'keep me')"],
    up: 'CREATE TABLE user (id INT PRIMARY KEY)',
    down: 'DROP TABLE user',
  },
  {
    what: 'ADD COLUMN b fails with 1060, and the b that was there stays',
    stands: ['CREATE TABLE user (id INT PRIMARY KEY, precious TEXT)', "INSERT INTO user VALUES (1, 'keep me')"],
    up: 'ALTER TABLE user ADD COLUMN precious INT NULL',
    down: 'ALTER TABLE user DROP COLUMN precious',
  },
  {
    what: 'ADD INDEX fails with 1061, and the index that was there stays',
    stands: ['CREATE TABLE user (id INT PRIMARY KEY, email VARCHAR(100), KEY by_email (email))'],
    up: 'ALTER TABLE user ADD INDEX by_email (email, id)',
    down: 'ALTER TABLE user DROP INDEX by_email',
  },
  {
    what: 'CREATE INDEX fails with 1061, and the index that was there stays',
    stands: ['CREATE TABLE user (id INT PRIMARY KEY, email VARCHAR(100), KEY by_email (email))'],
    up: 'CREATE INDEX by_email ON user (id)',
    down: 'DROP INDEX by_email ON user',
  },
  {
    what: 'ADD CONSTRAINT fails for its name, and the constraint that was there stays',
    stands: ['CREATE TABLE user (id INT PRIMARY KEY, CONSTRAINT is_positive CHECK (id > 0))'],
    up: 'ALTER TABLE user ADD CONSTRAINT is_positive CHECK (id > 1)',
    down: 'ALTER TABLE user DROP CONSTRAINT is_positive',
  },
  {
    what: 'ADD FOREIGN KEY fails for its name, and the foreign key that was there stays',
    stands: [
      'CREATE TABLE team (id INT PRIMARY KEY)',
      'CREATE TABLE user (id INT PRIMARY KEY, team INT, CONSTRAINT of_team FOREIGN KEY (team) REFERENCES team (id))',
    ],
    up: 'ALTER TABLE user ADD CONSTRAINT of_team FOREIGN KEY (id) REFERENCES team (id)',
    down: 'ALTER TABLE user DROP FOREIGN KEY of_team',
  },
  {
    what: 'CREATE VIEW fails with 1050, and the view that was there stays',
    stands: ['CREATE VIEW report AS SELECT 1 AS precious'],
    up: 'CREATE VIEW report AS SELECT 2 AS other',
    down: 'DROP VIEW report',
  },
  {
    what: 'CREATE PROCEDURE fails with 1304, and the procedure that was there stays',
    stands: ['CREATE PROCEDURE tidy() SELECT 1'],
    up: 'CREATE PROCEDURE tidy() SELECT 2',
    down: 'DROP PROCEDURE tidy',
  },
  {
    what: 'CREATE FUNCTION fails with 1304, and the function that was there stays',
    stands: ['CREATE FUNCTION vat() RETURNS INT DETERMINISTIC RETURN 19'],
    up: 'CREATE FUNCTION vat() RETURNS INT DETERMINISTIC RETURN 7',
    down: 'DROP FUNCTION vat',
  },
  {
    what: 'CREATE TRIGGER fails with 1359, and the trigger that was there stays',
    stands: [
      'CREATE TABLE user (id INT PRIMARY KEY)',
      'CREATE TRIGGER watch BEFORE INSERT ON user FOR EACH ROW SET NEW.id = NEW.id + 1',
    ],
    up: 'CREATE TRIGGER watch BEFORE INSERT ON user FOR EACH ROW SET NEW.id = 0',
    down: 'DROP TRIGGER watch',
  },
  {
    what: 'CREATE EVENT fails with 1537, and the event that was there stays',
    stands: ['CREATE EVENT sweep ON SCHEDULE EVERY 1 DAY DO SELECT 1'],
    up: 'CREATE EVENT sweep ON SCHEDULE EVERY 2 DAY DO SELECT 2',
    down: 'DROP EVENT sweep',
  },
] as const;

const EMPTY = release({ '0001_empty': migration('DO 1') });

/** Fails, or dies, in its second step of three. */
function halfApplied(up: string, down: string) {
  return release({
    '0001_empty': migration('DO 1'),
    '0002_half': migration(
      `CREATE TABLE first_step (id INT); ${up}; CREATE TABLE never (id INT)`,
      `DROP TABLE never; ${down}; DROP TABLE first_step`,
    ),
  });
}

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.created(EMPTY);
  });

  test('rule 11: CREATE TABLE user is all of the migration and fails with 1050: nothing runs', async () => {
    scene.renew();
    await scene.sql(`DROP TABLE ${scene.name}.migration`);
    await scene.sql(`DROP TABLE ${scene.name}.migration_deployment`);
    await scene.sql(`CREATE TABLE user (id INT PRIMARY KEY, precious TEXT)`);
    await scene.sql(`INSERT INTO user VALUES (1, 'keep me')`);
    const release1 = release({ '0001_user': migration('CREATE TABLE user (id INT)', 'DROP TABLE user') });

    const answer = await scene.created(release1);

    expect(answer).toMatchObject({ status: 'FAILED', physicalId: `${PHYSICAL_ID}:nothing` });
    expect(answer.reason).toContain('0001_user.sql failed at step 1 of 1 (line 2): ER_TABLE_EXISTS_ERROR (1050)');
    expect(answer.reason).toContain('If it was made before, by hand or by another tool, record first what');
    expect(await scene.sql('SELECT precious FROM user')).toEqual([{ precious: 'keep me' }]);
    expect(await scene.answer(scene.delete(release1, answer.physicalId), release1)).toMatchObject({
      status: 'SUCCESS',
    });
    expect(await scene.sql('SELECT precious FROM user')).toEqual([{ precious: 'keep me' }]);
    // Nor does the journal that the first try has made.
    expect((await scene.created(release1)).reason).toContain('record first what');
  });

  test.each(STANDING)('rule 11: $what', async ({ stands, up, down }) => {
    for (const statement of stands) await scene.sql(statement);
    const before = await scene.schema();
    const half = halfApplied(up, down);

    const answer = await scene.updated(EMPTY, half);

    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toContain('0002_half.sql failed at step 2 of 3');
    expect(answer.reason).toContain('the schema is as it was before the deployment');
    expect(await scene.schema()).toEqual(before);
    if ('table user' in before && up.includes('precious')) {
      expect(await scene.sql('SELECT precious FROM user')).toEqual([{ precious: 'keep me' }]);
    }
    expect(await scene.history()).toEqual(['0001_empty applied']);
  });

  test.each(STANDING)('rule 11: the process dies there, then the rollback: $what', async ({ stands, up, down }) => {
    for (const statement of stands) await scene.sql(statement);
    const before = await scene.schema();
    const half = halfApplied(up, down);
    await expect(scene.run(scene.update(EMPTY, half), half, dyingAt(scene, up, 'before'))).rejects.toThrow(ProcessDied);

    const answer = await scene.updated(half, EMPTY);

    expect(answer).toMatchObject({ status: 'SUCCESS', data: { Reverted: '0002_half', Drift: '' } });
    expect(await scene.schema()).toEqual(before);
  });

  test('rule 11: what cannot be paired is left, and the answer asks for repair and names the steps done', async () => {
    await scene.sql('CREATE TABLE user (id INT PRIMARY KEY)');
    await scene.sql('CREATE PROCEDURE tidy() DROP TABLE user');
    const half = halfApplied('CREATE TABLE user (id INT)', 'CALL tidy()');

    const answer = await scene.updated(EMPTY, half);

    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toContain('[needs-repair]');
    expect(answer.reason).toContain('0002_half was applied up to step 1 of 3');
    expect(Object.keys(await scene.schema())).toEqual(['procedure tidy', 'table first_step', 'table user']);
    expect(await scene.deployments()).toEqual(['Create applied', 'Update failed']);
  });

  test('rule 11: all steps were done, and the whole down runs as written', async () => {
    await scene.sql('CREATE TABLE legacy (id INT)');
    const whole = release({
      '0001_empty': migration('DO 1'),
      '0002_whole': migration(
        'CREATE TABLE a (id INT); CREATE TABLE b (id INT)',
        'DROP TABLE b; DROP TABLE a; DROP TABLE legacy',
      ),
    });
    const dying = dyingAt(scene, 'CREATE TABLE b', 'after');
    await expect(scene.run(scene.update(EMPTY, whole), whole, dying)).rejects.toThrow(ProcessDied);

    expect(await scene.updated(whole, EMPTY)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.schema()).toEqual({});
  });

  const PARTITIONED = 'CREATE TABLE user (id INT PRIMARY KEY) PARTITION BY RANGE (id)';

  test.each([
    [
      'a partition',
      `${PARTITIONED} (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))`,
      'ADD PARTITION (PARTITION p2 VALUES LESS THAN (5))',
      'DROP PARTITION p2',
    ],
    [
      'a partition beside a single one',
      `${PARTITIONED} (PARTITION p0 VALUES LESS THAN (10))`,
      'ADD PARTITION (PARTITION p2 VALUES LESS THAN (5))',
      'DROP PARTITION p2',
    ],
    [
      'a partition of a table without any',
      'CREATE TABLE user (id INT PRIMARY KEY)',
      'ADD PARTITION (PARTITION p2 VALUES LESS THAN (5))',
      'DROP PARTITION p2',
    ],
    [
      'a constraint',
      'CREATE TABLE user (id INT PRIMARY KEY)',
      'ADD CONSTRAINT is_there CHECK (nope > 0)',
      'DROP CONSTRAINT is_there',
    ],
    ['an index', 'CREATE TABLE user (id INT PRIMARY KEY)', 'ADD INDEX by_nope (nope)', 'DROP INDEX by_nope'],
  ])('rule 11: the down does not miss what the failed step would have made: %s', async (_what, stands, up, down) => {
    await scene.sql(stands);
    const before = await scene.schema();
    const half = halfApplied(`ALTER TABLE user ${up}`, `ALTER TABLE user ${down}`);

    const answer = await scene.updated(EMPTY, half);

    expect(answer.reason).toContain('0002_half.sql failed at step 2 of 3');
    expect(answer.reason).toContain('the schema is as it was before the deployment');
    expect(await scene.schema()).toEqual(before);
  });
});
