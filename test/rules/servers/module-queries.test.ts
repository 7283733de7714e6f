import { ownTransaction } from '../../../lambda/journal/own-transaction';
import { NonTransactionalTables } from '../../../lambda/look/non-transactional-tables';
import { LeftInSession } from '../../../lambda/look/left-in-session';
import type { MigrationContext } from '../../../lambda/ports';
import { runModule } from '../../../lambda/steps/module';
import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.sql('CREATE TABLE counted (n INT)');
  });

  const count = async (): Promise<unknown> => (await scene.sql('SELECT COUNT(*) AS n FROM counted'))[0]?.['n'];

  const body = (up: string) =>
    release({ '0001_body': `exports.up = async ({ query }) => { ${up} };\nexports.down = async () => {};` });

  test('queries that are begun together run one after another', async () => {
    const code = body(
      `await Promise.all(['CREATE TABLE a (n INT)', 'CREATE TABLE b (n INT)', 'INSERT INTO counted VALUES (1)'].map((text) => query(text)));`,
    );
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect([Object.keys(await scene.schema()), await count()]).toEqual([['table a', 'table b', 'table counted'], 1]);
  });

  test('of those, none is run after one that failed has ended the migration', async () => {
    const code = body(
      `const rows = Array.from({ length: 20 }, (_, n) => query('INSERT INTO counted VALUES (' + n + ')'));
       await Promise.all([query('INSERT INTO nowhere VALUES (1)'), query('INSERT INTO counted VALUES (1)'), ...rows]);`,
    );
    expect((await scene.created(code)).reason).toContain('0001_body.js failed at its up');
    expect([await count(), await scene.history()]).toEqual([0, []]);
  });

  test('one that is not waited for belongs to the migration', async () => {
    const code = body(
      `query('INSERT INTO counted VALUES (1)'); void query('SELECT 1').then(() => query('INSERT INTO counted VALUES (2)'));`,
    );
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect(await count()).toBe(2);
  });

  test('and so does its error', async () => {
    const code = body(`query('INSERT INTO counted VALUES (1)'); query('INSERT INTO nowhere VALUES (1)');`);
    expect((await scene.created(code)).reason).toContain('ER_NO_SUCH_TABLE');
    expect([await count(), await scene.history()]).toEqual([0, []]);
  });

  test('an error that it has caught does not', async () => {
    const code = body(`await query('INSERT INTO nowhere VALUES (1)').catch(() => {});`);
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
  });

  test('an integer that no number can hold is given back as it was', async () => {
    await scene.sql('CREATE TABLE big (id BIGINT UNSIGNED PRIMARY KEY, s VARCHAR(9))');
    const ids = ['9007199254740992', '9007199254740993', '18446744073709551615'];
    await scene.sql(`INSERT INTO big VALUES ${ids.map((id) => `(${id}, '${id.slice(-2)}')`).join(', ')}`);
    const code = body(
      `for (const { id, s } of await query('SELECT id, s FROM big')) await query('UPDATE big SET s = ? WHERE id = ?', [s + '!', id]);
       for (const { id } of await query('SELECT id FROM big WHERE id > ?', [1])) await query('INSERT INTO counted SELECT 1 FROM big WHERE id = ?', [id]);`,
    );
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT CAST(id AS CHAR) AS id, s FROM big ORDER BY big.id')).toEqual(
      ids.map((id) => ({ id, s: `${id.slice(-2)}!` })),
    );
    expect(await count()).toBe(3);
  });

  test('one that is run again takes values of other kinds', async () => {
    await scene.sql('CREATE TABLE mixed (id INT PRIMARY KEY, j JSON)');
    await scene.sql("INSERT INTO mixed VALUES (1, '{}'), (2, '{}'), (3, '{}'), (4, '{}')");
    const code = body(
      `for (const [id, value] of [[1, 5], [2, 'text'], [3, null], [4, 6]]) {
         await query("UPDATE mixed SET j = JSON_SET(j, '$.a', ?) WHERE id = ?", [value, id]);
         const [{ same }] = await query('SELECT ? AS same', [value]);
         if (same !== value) throw new Error(value + ' became ' + same);
       }`,
    );
    expect((await scene.created(code)).reason).toBe('1 migration applied (0001_body)');
    const stored = await scene.sql('SELECT CAST(j AS CHAR) AS j FROM mixed ORDER BY id');
    expect(stored.map(({ j }) => JSON.parse(String(j)) as unknown)).toEqual([5, 'text', null, 6].map((a) => ({ a })));
  });

  test('one that writes gives the answer of the server, with parameters and without', async () => {
    const code = body(
      `await query('CREATE TABLE made (id INT AUTO_INCREMENT PRIMARY KEY, n INT)');
       const first = await query('INSERT INTO made (n) VALUES (1), (2)');
       const next = await query('INSERT INTO made (n) VALUES (?)', [3]);
       await query('INSERT INTO counted VALUES (?), (?), (?), (?)', [first.insertId, first.affectedRows, next.insertId, next.affectedRows]);`,
    );
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect((await scene.sql('SELECT n FROM counted')).map(({ n }) => n)).toEqual([1, 2, 3, 1]);
  });

  test.each([
    ['a parameter too many', '[1, 2]', 'the statement has 1 question mark and was given 2 parameters; it was not run'],
    ['no number', '[Number("x")]', 'parameter 1 is NaN, which no column can hold; the statement was not run'],
    ['no date', '[new Date("x")]', 'parameter 1 is Invalid Date, which no column can hold; the statement was not run'],
  ])('one that is given %s fails the migration', async (_what, parameters, message) => {
    const code = body(
      `await query('INSERT INTO counted VALUES (1)'); await query('UPDATE counted SET n = ?', ${parameters});`,
    );
    expect((await scene.created(code)).reason).toContain(message);
    expect(await count()).toBe(0);
  });

  test('a question mark in a text or a comment stands for none', async () => {
    const code = body(`await query("INSERT INTO counted SELECT ? /* ? */ WHERE '?' <> \\"?\\" OR 1 -- ?", [7]);`);
    expect((await scene.created(code)).reason).toBe('1 migration applied (0001_body)');
    expect(await count()).toBe(1);
  });

  test('after its end none is run', async () => {
    const { database } = scene.session();
    const yes = () => Promise.resolve(true);
    const journal = { note: yes, transaction: ownTransaction(database, yes) };
    let late: MigrationContext['query'] | undefined;
    const up = ({ query }: MigrationContext): Promise<void> => Promise.resolve(void (late = query));
    const nonTransactionalTables = new NonTransactionalTables(database);
    const leftInSession = new LeftInSession(database);
    await runModule({ database, nonTransactionalTables, leftInSession }, journal, up, 'the up');
    await expect(late?.('INSERT INTO counted VALUES (1)')).rejects.toThrow('the migration is over');
    expect(await count()).toBe(0);
  });
});
