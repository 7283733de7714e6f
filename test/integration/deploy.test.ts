import type { FinalAnswer } from '../../lambda/answer';
import { servers } from '../servers';
import { PHYSICAL_ID, release, Scene } from './scene';

const USER = `-- migrate:up
CREATE TABLE user (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE);
-- migrate:down
DROP TABLE user;`;

const NAME = `-- migrate:up
ALTER TABLE user ADD COLUMN name VARCHAR(100) NULL;
INSERT INTO user (email, name) VALUES ('a@example.com', 'Åsa');
-- migrate:down
DELETE FROM user WHERE email = 'a@example.com';
ALTER TABLE user DROP COLUMN name;`;

const ORDERS = `-- migrate:up
CREATE TABLE orders (id BIGINT PRIMARY KEY, user BIGINT, FOREIGN KEY (user) REFERENCES user (id));
-- migrate:down
DROP TABLE orders;`;

const FIRST = release({ '0001_user': USER });
const SECOND = release({ '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS });

describe.each(servers())('a deployment on $name', (server) => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.start(server);
  });
  afterEach(() => scene.end());

  const run = async (...args: Parameters<Scene['run']>): Promise<FinalAnswer> => {
    const answer = await scene.run(...args);
    if (answer.kind !== 'answer') throw new Error(`no answer: ${JSON.stringify(answer)}`);
    return answer;
  };

  it('applies what is pending and answers with one constant physical id', async () => {
    const created = await run(scene.create(FIRST), FIRST);
    const updated = await run(scene.update(FIRST, SECOND), SECOND);

    expect(created).toMatchObject({ status: 'SUCCESS', physicalId: PHYSICAL_ID, data: { Applied: '0001_user' } });
    expect(updated).toMatchObject({ status: 'SUCCESS', physicalId: PHYSICAL_ID, data: { Applied: '0002_name, 0003_orders', Version: '0003_orders' } });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders applied']);
    expect(await scene.sql(`SELECT name FROM ${scene.name}.user`)).toEqual([{ name: 'Åsa' }]);
  });

  it.each([
    ['the old code', FIRST],
    ['the new code', SECOND],
  ])('is rolled back by %s to exactly the schema before', async (_name, code) => {
    await run(scene.create(FIRST), FIRST);
    const before = await scene.schema();
    await run(scene.update(FIRST, SECOND), SECOND);

    const answer = await run(scene.update(SECOND, FIRST), code);

    expect(answer).toMatchObject({ status: 'SUCCESS', physicalId: PHYSICAL_ID, data: { Reverted: '0003_orders, 0002_name', Drift: '' } });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied']);
    expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted']);
  });
});
