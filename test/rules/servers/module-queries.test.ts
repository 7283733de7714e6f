import { ownTransaction } from '../../../lambda/journal/own-transaction';
import { NonTransactionalTables } from '../../../lambda/look/non-transactional-tables';
import { LeftInSession } from '../../../lambda/look/left-in-session';
import type { MigrationContext } from '../../../lambda/ports';
import { runModule } from '../../../lambda/steps/module';
import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';

describe.each(servers())('on $name', (server) => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.start(server);
    await scene.sql('CREATE TABLE counted (n INT)');
  });
  afterEach(() => scene.end());

  const count = async (): Promise<unknown> => (await scene.sql('SELECT COUNT(*) AS n FROM counted'))[0]?.['n'];

  const body = (up: string) =>
    release({ '0001_body': `exports.up = async ({ query }) => { ${up} };\nexports.down = async () => {};` });

  test('queries that are begun together run one after another', async () => {
    const code = body(
      `await Promise.all(['CREATE TABLE a (n INT)', 'CREATE TABLE b (n INT)', 'INSERT INTO counted VALUES (1)'].map((text) => query(text)));`,
    );
    expect(await scene.answer(scene.create(code), code)).toMatchObject({ status: 'SUCCESS' });
    expect([Object.keys(await scene.schema()), await count()]).toEqual([['table a', 'table b', 'table counted'], 1]);
  });

  test('of those, none is run after one that failed has ended the migration', async () => {
    const code = body(
      `const rows = Array.from({ length: 20 }, (_, n) => query('INSERT INTO counted VALUES (' + n + ')'));
       await Promise.all([query('INSERT INTO nowhere VALUES (1)'), query('INSERT INTO counted VALUES (1)'), ...rows]);`,
    );
    expect((await scene.answer(scene.create(code), code)).reason).toContain('0001_body.js failed at its up');
    expect([await count(), await scene.history()]).toEqual([0, []]);
  });

  test('one that is not waited for belongs to the migration', async () => {
    const code = body(
      `query('INSERT INTO counted VALUES (1)'); void query('SELECT 1').then(() => query('INSERT INTO counted VALUES (2)'));`,
    );
    expect(await scene.answer(scene.create(code), code)).toMatchObject({ status: 'SUCCESS' });
    expect(await count()).toBe(2);
  });

  test('and so does its error', async () => {
    const code = body(`query('INSERT INTO counted VALUES (1)'); query('INSERT INTO nowhere VALUES (1)');`);
    expect((await scene.answer(scene.create(code), code)).reason).toContain('ER_NO_SUCH_TABLE');
    expect([await count(), await scene.history()]).toEqual([0, []]);
  });

  test('an error that it has caught does not', async () => {
    const code = body(`await query('INSERT INTO nowhere VALUES (1)').catch(() => {});`);
    expect(await scene.answer(scene.create(code), code)).toMatchObject({ status: 'SUCCESS' });
  });

  test('after its end none is run', async () => {
    const { database } = scene.session();
    const yes = () => Promise.resolve(true);
    const journal = { note: yes, transaction: ownTransaction(database, yes) };
    let late: MigrationContext['query'] | undefined;
    const up = ({ query }: MigrationContext): Promise<void> => Promise.resolve(void (late = query));
    const nonTransactionalTables = new NonTransactionalTables(database);
    const leftInSession = new LeftInSession(database);
    await runModule({ database, nonTransactionalTables, leftInSession }, journal, up);
    await expect(late?.('INSERT INTO counted VALUES (1)')).rejects.toThrow('the migration is over');
    expect(await count()).toBe(0);
  });
});
