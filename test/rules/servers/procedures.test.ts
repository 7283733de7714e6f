import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { migration } from '../dying-process';

/** What a procedure does is committed statement by statement, and nobody has read it. */
describe.each(servers())('a migration that calls a procedure, on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.sql('CREATE TABLE counted (n INT)');
  });

  const code = release({ '0001_call': migration('CALL fill()', 'DELETE FROM counted') });
  const procedure = (body: string): Promise<unknown> => scene.sql(`CREATE PROCEDURE fill() BEGIN ${body} END`);
  const rows = async (): Promise<unknown> => (await scene.sql('SELECT n FROM counted')).map(({ n }) => n);
  const state = async (): Promise<unknown> =>
    (await scene.sql(`SELECT state, stepsDone, \`before\` FROM ${scene.name}.migration`))[0];

  test('rule 14: one that fails half-way is in doubt, and is not run again', async () => {
    await procedure("INSERT INTO counted VALUES (1); SIGNAL SQLSTATE '45000';");
    const create = scene.create(code);
    const answer = await scene.answer(create, code);
    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('[migration-failed]') as string });
    expect(answer.reason).toContain('nothing shows whether step 1 ');
    expect(answer.physicalId).not.toContain(':nothing');
    expect((await scene.answer(create, code)).status).toBe('FAILED');
    expect(await rows()).toEqual([1]);
  });

  test('rule 17: one that meets a lock is not run again: what it did before is committed', async () => {
    await scene.sql('CREATE TABLE held (n INT PRIMARY KEY)');
    await scene.sql('INSERT INTO held VALUES (1)');
    await procedure('INSERT INTO counted VALUES (1); UPDATE held SET n = n + 1;');
    const holder = scene.session().database;
    await holder.write('START TRANSACTION');
    await holder.write('UPDATE held SET n = n + 100');
    const impatient = release({
      '0001_call': migration('SET SESSION innodb_lock_wait_timeout = 1; CALL fill()', 'DELETE FROM counted'),
    });
    const answer = await scene.created(impatient);
    await holder.write('ROLLBACK');
    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('(1205)') as string });
    expect(await rows()).toEqual([1]);
  });

  test('one that is not there did nothing', async () => {
    const answer = await scene.created(code);
    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('(1305)') as string });
    expect(answer.physicalId).toContain(':nothing');
  });

  test.each(['other', 'refill', 'fill_more'])('one that calls %s, which is not there, is in doubt', async (other) => {
    await procedure(`INSERT INTO counted VALUES (1); CALL ${other}();`);
    const answer = await scene.created(code);
    expect(answer.reason).toContain('nothing shows whether step 1 ');
    expect(await rows()).toEqual([1]);
  });

  test.each([
    ['autocommit off', 'SET autocommit = 0; INSERT INTO counted VALUES (1); COMMIT;'],
    ['a transaction open', 'START TRANSACTION; INSERT INTO counted VALUES (1);'],
  ])('rule 13: one that leaves %s does not take the journal along', async (_, body) => {
    await procedure(body);
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect(await state()).toEqual({ state: 'applied', stepsDone: 1, before: null });
    expect(await rows()).toEqual([1]);
  });
});
