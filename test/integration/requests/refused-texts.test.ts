import { baseAndNext, dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene, type Release } from '../scene';

const BASE = 'CREATE TABLE a (id INT)';
const ALTER = 'ALTER TABLE a ADD COLUMN x INT';
const DROPS = 'ALTER TABLE a DROP COLUMN x';

describe.each(servers())('whatever a migration says is answered, on $name', (server) => {
  let scene: Scene;
  let other: string;
  let user: string;
  beforeEach(async () => {
    scene = await Scene.start(server);
    other = `${scene.name}_other`;
    user = `u_${scene.name}`;
    await scene.sql(`CREATE DATABASE ${other}`);
    await scene.sql(`CREATE TABLE ${other}.t (id INT)`);
    await scene.sql(`CREATE USER ${user}@'%' IDENTIFIED BY 'Secret-123'`);
    await scene.sql(`GRANT ALL ON ${scene.name}.* TO ${user}@'%'`);
  });
  afterEach(async () => {
    await scene.sql(`DROP USER ${user}@'%'`);
    await scene.sql(`DROP ROLE IF EXISTS r_${scene.name}`);
    await scene.sql(`DROP DATABASE ${other}`);
    await scene.end();
  });

  const here = (text: string): string => text.replaceAll('{other}', other).replaceAll('{role}', `r_${scene.name}`);

  /** The function, whose user has no right outside of its own database. */
  const limited = () =>
    Object.create(scene, { server: { value: { ...server, user, password: 'Secret-123' } } }) as Scene;
  const asUser = () => ({
    connect: () => Promise.resolve({ kind: 'connected' as const, session: limited().session() }),
  });

  const updated = async ([A, B]: readonly [Release, Release]) => {
    await scene.created(A, asUser());
    return scene.updated(A, B, asUser());
  };

  test.each([
    ['a table of a database that the user may not use', 'ALTER TABLE {other}.t ADD COLUMN x INT'],
    ['a table to be made there', 'CREATE TABLE {other}.n (id INT)'],
    ['such a database', 'ALTER DATABASE {other} COLLATE utf8mb4_bin'],
    ['a database that nobody has', 'DROP TABLE {other}_no.t'],
  ])('%s: it fails at its step, and is reverted', async (_what, step) => {
    const answer = await updated(baseAndNext(BASE, here(`${ALTER}; ${step}`), DROPS));
    expect([answer.status, answer.data.Drift]).toEqual(['FAILED', '']);
    expect(answer.reason).toMatch(/failed at step 2 of 2 \(line 2\): .* as it was before .*\[migration-failed\]/);
  });

  test('a table that the user has lost sight of when its step was in doubt: a person is asked', async () => {
    await scene.sql(`GRANT ALL ON ${other}.t TO ${user}@'%'`);
    const drop = here('DROP TABLE {other}.t');
    const [A, B] = baseAndNext(BASE, drop, 'DO 0');
    await scene.created(A, asUser());
    const update = scene.update(A, B);
    await expect(scene.run(update, B, dyingAt(limited(), drop, 'after'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    await scene.sql(`REVOKE ALL ON ${other}.t FROM ${user}@'%'`);
    const answer = await scene.answer(update, B, asUser());
    expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
  });

  test('a role of the session that is dropped', async () => {
    await scene.sql(here('CREATE ROLE {role}'));
    await scene.sql(here(`GRANT {role} TO ${user}@'%'`));
    const preposition = server.kind === 'mysql' ? 'TO' : 'FOR';
    await scene.sql(here(`SET DEFAULT ROLE {role} ${preposition} ${user}@'%'`));
    await scene.sql(`GRANT CREATE USER ON *.* TO ${user}@'%'`);
    const releases = baseAndNext(BASE, here(`SET ROLE NONE; ${ALTER}; DROP ROLE {role}`), DROPS);
    expect(await updated(releases)).toMatchObject({ status: 'SUCCESS' });
  });

  test.each([
    ['XA', ['COMMIT', "XA START 'x'", 'INSERT INTO a VALUES (1)']],
    ['a read-only session', ['COMMIT', 'SET SESSION TRANSACTION READ ONLY']],
    ['a read-only transaction', ['COMMIT', 'START TRANSACTION READ ONLY']],
  ])('%s in JavaScript, in which nothing can be journalled: a person is asked', async (_what, statements) => {
    const up = `exports.up = async ({ query }) => { for (const text of ${JSON.stringify(statements)}) await query(text); };
      exports.down = async () => undefined;`;
    const first = { '0001_base': migration(BASE, 'DO 0') };
    const [A, B] = [release(first), release({ ...first, '0002_next': up })];
    const answer = await updated([A, B]);
    expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
  });
});
