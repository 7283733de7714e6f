import type { RequestPorts } from '../../../lambda/events/answer-request';
import type { Intent } from '../../../lambda/plan/intent';
import { servers } from '../../servers';
import { FIRST, release, type Release, Scene, SECOND } from '../scene';

const SOURCE = '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;\n';
const PLAIN = release({ '0001_user': SOURCE });
const COMMENTED = release({ '0001_user': `-- a comment\n${SOURCE}` });

describe.each(servers())('a database that is at the release already, on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  it('is asked four times, and its migrations are not read', async () => {
    await scene.created(SECOND);

    // A lock that is not free at once would be asked for twice.
    await scene.unlocked();

    const { answer, statements } = await observed(scene, scene.update(SECOND, again(SECOND)), SECOND);

    expect(answer).toMatchObject({ status: 'SUCCESS', data: { Applied: '' } });
    expect(statements).toHaveLength(4);
    expect(statements.filter((statement) => statement.includes('LEFT JOIN'))).toEqual([]);
    expect(await scene.deployments()).toEqual(['Create applied', 'Update applied']);
  });

  it('is not taken for it where a row is missing, half-applied or kept', async () => {
    await scene.created(SECOND);
    await scene.sql(`DROP TABLE ${scene.name}.orders`);
    await scene.sql(`DELETE FROM ${scene.name}.migration WHERE name = '0003_orders'`);
    expect(await scene.answer(scene.update(SECOND, again(SECOND)), SECOND)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('[journal-incomplete]') as string,
    });
    // That it was on purpose.
    await scene.sql(`UPDATE ${scene.name}.migration_deployment SET holds = NULL`);
    expect(await scene.answer(scene.update(SECOND, again(SECOND)), SECOND)).toMatchObject({
      data: { Applied: '0003_orders' },
    });
    await scene.sql(`UPDATE ${scene.name}.migration SET state = 'kept' WHERE name = '0003_orders'`);
    await scene.answer(scene.update(again(SECOND), again(SECOND)), SECOND);
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders applied']);
  });

  it('is not taken for it where a comment was edited', async () => {
    await scene.created(PLAIN);
    expect(COMMENTED.manifest.digest).toBe(PLAIN.manifest.digest);

    const answer = await scene.answer(scene.update(PLAIN, again(COMMENTED)), COMMENTED);

    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('checksum-changed') as string });
  });

  it('is read where the newest deployment was reverted', async () => {
    await scene.created(FIRST);
    await scene.updated(FIRST, SECOND);
    await scene.answer(scene.update(SECOND, FIRST), SECOND);

    const answer = await scene.updated(FIRST, SECOND);

    expect(answer).toMatchObject({ data: { Applied: '0002_name, 0003_orders' } });
  });

  it('is rolled back like any other where only an option had changed', async () => {
    await scene.created(FIRST);
    await scene.updated(FIRST, SECOND);
    const option = again(SECOND);
    await scene.answer(scene.update(SECOND, option), SECOND);

    expect(await scene.updated(option, SECOND)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.answer(scene.update(SECOND, FIRST), SECOND)).toMatchObject({
      data: { Reverted: '0003_orders, 0002_name' },
    });
    expect(await scene.history()).toEqual(['0001_user applied']);
  });
});

let nonce = 0;

/** The same release with another nonce, as each synth makes it where every update is to call the function. */
function again({ manifest, scripts, properties }: Release): Release {
  nonce += 1;
  return { manifest, scripts, properties: { ...properties, Nonce: String(nonce) } };
}

/** Runs a request and notes what its session sends. */
async function observed(
  scene: Scene,
  intent: Intent,
  code: Release,
): Promise<{ readonly answer: unknown; readonly statements: readonly string[] }> {
  const statements: string[] = [];
  const session = scene.session();
  const { database } = session;
  const noting = {
    ...database,
    query: (sql: string) => (statements.push(sql), database.query(sql)),
    write: (sql: string) => (statements.push(sql), database.write(sql)),
  };
  const connect: RequestPorts['connect'] = () =>
    Promise.resolve({ kind: 'connected', session: { database: noting, close: () => session.close() } });
  return { answer: await scene.answer(intent, code, { connect }), statements };
}
