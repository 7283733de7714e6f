import { servers, stackServers } from '../../servers';
import { FIRST, NAME, ORDERS, release, Scene, SECOND, USER } from '../scene';

describe.each(servers())('a request on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  it('changes nothing when it comes a second time', async () => {
    const create = scene.create(SECOND);
    await scene.run(create, SECOND);
    const before = [
      await scene.schema(),
      await scene.history(),
      await scene.sql(`SELECT * FROM ${scene.name}.migration_deployment`),
    ];

    expect(await scene.run(create, SECOND)).toMatchObject({ kind: 'answer', status: 'SUCCESS' });
    expect([
      await scene.schema(),
      await scene.history(),
      await scene.sql(`SELECT * FROM ${scene.name}.migration_deployment`),
    ]).toEqual(before);
  });

  it('runs once when it is delivered twice at the same time', async () => {
    const create = scene.create(SECOND);
    const answers = await Promise.all([scene.run(create, SECOND), scene.run(create, SECOND)]);
    expect(answers).toMatchObject([{ status: 'SUCCESS' }, { status: 'SUCCESS' }]);
    expect(await scene.deployments()).toEqual(['Create applied']);
    expect(await scene.sql(`SELECT COUNT(*) AS n FROM ${scene.name}.user`)).toEqual([{ n: 1 }]);
  });

  it('is refused by name where an applied migration was edited', async () => {
    await scene.run(scene.create(FIRST), FIRST);
    const edited = release({ '0001_user': USER.replace('190', '180') });
    const answer = await scene.updated(FIRST, edited);
    expect(answer).toMatchObject({ status: 'FAILED' });
    expect(answer.reason).toMatch(
      /applied migration edited: 0001_user \(applied [0-9a-f]{12}, in the release [0-9a-f]{12}\).*\[checksum-changed\]/,
    );
  });

  it('does not take line ends and trailing blanks for an edit', async () => {
    await scene.run(scene.create(FIRST), FIRST);
    const same = release({ '0001_user': `\uFEFF${USER.replaceAll('\n', '  \r\n')}\n\n` });
    expect(await scene.run(scene.update(FIRST, same), same)).toMatchObject({ status: 'SUCCESS' });
  });

  it('keeps everything at Delete with onDelete RETAIN', async () => {
    await scene.run(scene.create(SECOND), SECOND);
    await scene.settle();
    const before = await scene.schema();
    expect(await scene.run(scene.delete(SECOND), SECOND)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toHaveLength(3);
  });

  it('reverts everything at Delete with onDelete REVERT', async () => {
    const reverting = release({ '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS }, { OnDelete: 'REVERT' });
    await scene.run(scene.create(reverting), reverting);
    await scene.settle();
    expect(await scene.run(scene.delete(reverting), reverting)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.schema()).toEqual({});
    expect(await scene.history()).toEqual([]);
  });

  it('says once for what a Delete right after a Create waits, and how long at most', async () => {
    const reverting = release({ '0001_user': USER }, { OnDelete: 'REVERT' });
    await scene.created(reverting);
    let slept = 0;
    const clock = {
      now: () => Date.now() + slept,
      remaining: () => 900_000,
      sleep: (ms: number) => Promise.resolve(void (slept += ms)),
    };
    const answer = await scene.answer(scene.delete(reverting), reverting, { clock });

    expect(answer).toMatchObject({ status: 'SUCCESS', data: { Reverted: '0001_user' } });
    expect(slept).toBeGreaterThan(20_000);
    expect(scene.logged.filter(({ message }) => /status of the stack/.test(message))).toEqual([
      {
        level: 'info',
        message: expect.stringMatching(
          /^waiting for a status of the stack, 30 s at most: .*\. Without it, onDelete REVERT decides$/,
        ) as string,
        fields: {
          atMostSeconds: 30,
          why: expect.stringMatching(/^it tells whether this Delete belongs to a rollback: /) as string,
          otherwise: 'onDelete REVERT decides',
        },
      },
    ]);
  });

  it('reverts a Create that never settled, whatever onDelete says and whatever id CloudFormation made up', async () => {
    await scene.run(scene.create(SECOND), SECOND);
    await scene.sql(`UPDATE ${scene.name}.migration_deployment SET answered = NULL, status = 'running'`);
    expect(await scene.run(scene.delete(SECOND, 'app-Migrations-1ABC'), SECOND)).toMatchObject({
      status: 'SUCCESS',
      physicalId: 'app-Migrations-1ABC',
    });
    expect(await scene.schema()).toEqual({});
  });

  it('touches nothing at a Delete with an unknown id', async () => {
    await scene.run(scene.create(SECOND), SECOND);
    await scene.settle();
    const reverting = release({ '0001_user': USER }, { OnDelete: 'REVERT' });
    expect(await scene.run(scene.delete(reverting, 'somebody-elses'), SECOND)).toMatchObject({
      status: 'SUCCESS',
      physicalId: 'somebody-elses',
    });
    expect(await scene.history()).toHaveLength(3);
  });

  it('needs no journal for a Delete where there is none, and makes none', async () => {
    expect(await scene.run(scene.delete(SECOND), SECOND)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql(`SHOW TABLES FROM ${scene.name}`)).toEqual([]);
  });

  it('adopts a table that umzug made, and leaves it usable for the code that made it', async () => {
    await scene.sql(
      `CREATE TABLE ${scene.name}.migration (createdAt DATETIME NOT NULL, updatedAt DATETIME NOT NULL, name VARCHAR(255) NOT NULL PRIMARY KEY)`,
    );
    await scene.sql(`INSERT INTO ${scene.name}.migration VALUES (NOW(), NOW(), '0001_user.js')`);
    await scene.sql(
      `CREATE TABLE ${scene.name}.user (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE)`,
    );

    expect(await scene.run(scene.create(SECOND), SECOND)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0002_name, 0003_orders' },
    });
    expect(await scene.history()).toEqual(['0001_user.js applied', '0002_name applied', '0003_orders applied']);
    await scene.sql(
      `INSERT INTO ${scene.name}.migration (createdAt, updatedAt, name) VALUES (NOW(), NOW(), '0009_other.js')`,
    );
  });

  it('is answered FAILED where the release lacks an applied migration, and names it', async () => {
    await scene.run(scene.create(SECOND), SECOND);
    await scene.settle();
    const answer = await scene.updated(SECOND, FIRST);
    expect(answer).toMatchObject({ status: 'FAILED' });
    expect(answer.reason).toContain('the release lacks applied migrations 0003_orders, 0002_name; nothing was run');
  });

  it('reverts what the release lacks where onRemoved says so', async () => {
    await scene.run(scene.create(SECOND), SECOND);
    await scene.settle();
    const without = release({ '0001_user': USER }, { OnRemoved: 'REVERT' });
    expect(await scene.run(scene.update(SECOND, without), without)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0003_orders, 0002_name' },
    });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name removed', '0003_orders removed']);
    await scene.settle();
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  it('keeps what is irreversible and all below it in a rollback, reverts the newer, and lets the old release be deployed on', async () => {
    await scene.run(scene.create(FIRST), FIRST);
    const oneWay = release({
      '0001_user': USER,
      '0002_one_way': '-- migrate:up\nCREATE TABLE one_way (id INT);\n-- migrate:irreversible',
      '0003_name': NAME,
    });
    await scene.run(scene.update(FIRST, oneWay), oneWay);
    expect(await scene.run(scene.update(oneWay, FIRST), FIRST)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0003_name', Kept: '0002_one_way' },
    });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_one_way kept']);
    expect(await scene.run(scene.update(FIRST, oneWay), oneWay)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0003_name' },
    });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_one_way applied', '0003_name applied']);
  });

  it('waits without an answer for the code of its release', async () => {
    await scene.run(scene.create(FIRST), FIRST);
    expect(await scene.run(scene.update(FIRST, SECOND), FIRST)).toMatchObject({ kind: 'try-again' });
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  it('cancels the run of an older one and kills what it runs; that one stops without an answer', async () => {
    await scene.run(scene.create(FIRST), FIRST);
    const before = await scene.schema();
    const slow = release({
      '0001_user': USER,
      '0002_slow': `-- migrate:up
CREATE TABLE slow (id INT);
CREATE TABLE slower AS SELECT SLEEP(600) AS nothing;
-- migrate:down
DROP TABLE slower;
DROP TABLE slow;`,
      '0003_orders': ORDERS,
    });
    const running = scene.run(scene.update(FIRST, slow), slow);
    await scene.until(() => scene.isRunning('CREATE TABLE slower'));

    const rollback = await scene.run(scene.update(slow, FIRST), FIRST);

    expect(await running).toMatchObject({ kind: 'silent' });
    expect(rollback).toMatchObject({ status: 'SUCCESS', data: { Reverted: '0002_slow' } });
    expect(await scene.schema()).toEqual(before);
  });

  it('goes on where a dead attempt stopped', async () => {
    await scene.run(scene.create(FIRST), FIRST);
    const intent = scene.update(FIRST, SECOND);
    const lost = scene.session();
    const dying = scene.run(intent, SECOND, {
      connect: () => Promise.resolve({ kind: 'connected', session: lost }),
      own: {
        ...scene.ownScripts(SECOND),
        text: (name) => {
          if (name === '0003_orders') lost.connection.destroy();
          return scene.ownScripts(SECOND).text(name);
        },
      },
    });
    void dying.catch(() => undefined);
    await scene.until(async () => (await scene.history()).includes('0002_name applied'));
    expect(await scene.run(intent, SECOND)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders applied']);
    expect(await scene.sql(`SELECT COUNT(*) AS n FROM ${scene.name}.user`)).toEqual([{ n: 1 }]);
  });
});

describe.each(stackServers())('a long request on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  it('applies 500 migrations', async () => {
    const many = release(
      Object.fromEntries(
        Array.from({ length: 500 }, (_, i) => [
          `${String(i + 1).padStart(4, '0')}_t`,
          `-- migrate:up\nINSERT INTO counter VALUES (${i});\n-- migrate:down\nDELETE FROM counter WHERE n = ${i};`,
        ]),
      ),
    );
    await scene.sql(`CREATE TABLE ${scene.name}.counter (n INT PRIMARY KEY)`);
    expect(await scene.run(scene.create(many), many)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql(`SELECT COUNT(*) AS n FROM ${scene.name}.counter`)).toEqual([{ n: 500 }]);
    await scene.stackIs('ROLLBACK_IN_PROGRESS');
    expect(await scene.run(scene.delete(many, 'made-up'), many)).toMatchObject({ status: 'SUCCESS' });
  });
});
