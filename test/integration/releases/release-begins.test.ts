import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { A, A_REVERTING, B_LOSSLESS, B_PLAIN, digestOf, inTheSecondOf, ReleaseStory, second } from './release-story';
import { Scene } from '../scene';

const ROW = `SELECT type, status, logicalId, releaseOf, contractOf, rootStackId, newHash, endedAt IS NULL AS isStanding
  FROM migration_deployment WHERE newDigest = '${digestOf(B_PLAIN)}' AND type = 'Release'`;

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);

  describe('the resource of a release that is created', () => {
    beforeEach(() => story.create(A));

    const noted = {
      type: 'Release',
      status: 'reverted',
      logicalId: `Release${digestOf(B_PLAIN).slice(3, 15)}`,
      releaseOf: 'Migrations',
      contractOf: null,
      rootStackId: null,
      newHash: null,
      isStanding: 1,
    };

    it('is noted, in a row that stands for no deployment, and is answered', async () => {
      await story.succeed(B_PLAIN, scene.update(A, B_PLAIN));
      expect(await scene.sql(ROW)).toEqual([]);
      expect(await scene.answer(scene.begins(B_PLAIN), B_PLAIN)).toMatchObject({
        status: 'SUCCESS',
        physicalId: `aurora-migrations:app/${noted.logicalId}`,
        data: { Digest: digestOf(B_PLAIN), Applied: '', Reverted: '' },
      });
      expect(await scene.sql(ROW)).toEqual([noted]);
      expect(await story.standing()).toEqual([A, B_PLAIN].map(digestOf));
    });

    it('and comes a second time is noted once', async () => {
      await story.succeed(B_PLAIN, scene.update(A, B_PLAIN));
      const begins = scene.begins(B_PLAIN);
      const answer = await scene.answer(begins, B_PLAIN);
      expect(await scene.answer(begins, B_PLAIN)).toEqual(answer);
      expect(await scene.sql(ROW)).toEqual([noted]);
    });

    it.each(['before', 'after'] as const)(
      'by a process that dies %s it is noted is noted by the next',
      async (when) => {
        await story.succeed(B_PLAIN, scene.update(A, B_PLAIN));
        const begins = scene.begins(B_PLAIN);
        await expect(scene.run(begins, B_PLAIN, dyingAt(scene, /INSERT .*'Release'/s, when))).rejects.toThrow(
          ProcessDied,
        );
        expect(await scene.sql(ROW)).toEqual(when === 'before' ? [] : [noted]);
        await story.succeed(B_PLAIN, begins);
        expect(await scene.sql(ROW)).toEqual([noted]);
      },
    );

    it('again after it had ended stands again in the row that it had', async () => {
      await story.update(A, B_PLAIN);
      await story.succeed(A, scene.update(B_PLAIN, A), story.contract(B_PLAIN, A), scene.ends(B_PLAIN));
      expect(await scene.sql(ROW)).toEqual([{ ...noted, isStanding: 0 }]);
      await story.update(A, B_PLAIN);
      expect(await scene.sql(ROW)).toEqual([noted]);
    });

    it('too late, after all was rolled back at once, is neither noted nor answered', async () => {
      await story.succeed(B_PLAIN, scene.update(A, B_PLAIN));
      const late = scene.begins(B_PLAIN);
      const back = scene.update(B_PLAIN, A);
      expect(await scene.answer(back, A)).toMatchObject({ status: 'SUCCESS', data: { Reverted: '0002_orders' } });
      expect(await scene.run(late, B_PLAIN)).toMatchObject({ kind: 'silent' });
      // Of the same second, it is not known which came first; but B is not there any more.
      expect(await scene.answer(inTheSecondOf(back, late), B_PLAIN)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringContaining('the database is at another release') as string,
      });
      expect(await story.standing()).toEqual([digestOf(A)]);
      expect(Object.keys(await scene.schema())).toEqual(['table user']);
    });

    it('a second time, after its revert was asked for, changes nothing of what is owed', async () => {
      await story.succeed(B_PLAIN, scene.update(A, B_PLAIN));
      const begins = scene.begins(B_PLAIN);
      const back = scene.update(B_PLAIN, A);
      await story.succeed(B_PLAIN, begins, back);
      const journal = await story.journal();
      expect(await scene.run(begins, B_PLAIN)).toMatchObject({ kind: 'silent' });
      expect(await scene.run(inTheSecondOf(back, begins), B_PLAIN)).toMatchObject({ kind: 'silent' });
      expect(await story.journal()).toEqual(journal);
      expect(await story.owed()).toEqual(['Update applied FAIL']);
    });
  });

  it('without a journal, nothing is made for the resource of a release', async () => {
    await story.succeed(A, scene.begins(A));
    expect(await scene.sql(`SELECT 1 FROM information_schema.tables WHERE table_schema = '${scene.name}'`)).toEqual([]);
  });

  // Its own end could not be written down: the database was not reachable then, or CloudFormation gave that up.
  describe('an older release that is deployed on purpose while it is noted as standing', () => {
    const refused = {
      status: 'FAILED',
      reason:
        'the release lacks applied migrations 0003_no_nick, 0002_orders; nothing was dropped, and the application was not updated. ' +
        'Put the files back, or set onRemoved to REVERT to have them reverted, with the rows that their downs drop [removed-migration]',
    };

    it('is refused before its application, and the newer one stays as it was', async () => {
      await story.create(A);
      await story.update(A, B_LOSSLESS);
      await scene.sql('INSERT INTO orders VALUES (1, 1)');
      const found = [await scene.schema(), await scene.sql('SELECT * FROM user'), await scene.history()];
      await story.succeed(A, scene.update(B_LOSSLESS, A));
      const again = scene.begins(A);
      expect(await scene.answer(again, A)).toMatchObject(refused);
      expect(await story.owed()).toEqual([]);
      // It may be asked twice.
      expect(await scene.answer(again, A)).toMatchObject(refused);

      expect(await scene.answer(scene.update(A, B_LOSSLESS), A)).toMatchObject({
        status: 'SUCCESS',
        data: { Applied: '0003_no_nick' },
      });
      expect([await scene.schema(), await scene.sql('SELECT * FROM user'), await scene.history()]).toEqual(found);
      expect(await scene.sql('SELECT * FROM orders')).toEqual([{ id: 1, user: 1 }]);
      // CloudFormation deletes what it could not create.
      await story.succeed(B_LOSSLESS, scene.ends(A));
      expect(await story.standing()).toEqual([digestOf(B_LOSSLESS)]);
      expect([await scene.schema(), await scene.history()]).toEqual([found[0], found[2]]);
    });

    it('in the second in which the first resource was asked, is refused as well', async () => {
      await story.create(A);
      await story.update(A, B_LOSSLESS);
      const back = scene.update(B_LOSSLESS, A);
      await story.succeed(A, back);
      expect(await scene.answer(inTheSecondOf(back, scene.begins(A)), A)).toMatchObject(refused);
      expect(await story.owed()).toEqual([]);
    });

    it('begins where removed migrations are to be reverted, which they are once the newer one has ended', async () => {
      await story.create(A_REVERTING);
      const schema = await scene.schema();
      await story.update(A_REVERTING, B_LOSSLESS);
      const users = await scene.sql('SELECT id, email, phone FROM user');
      await story.succeed(A_REVERTING, scene.update(B_LOSSLESS, A_REVERTING));
      expect(await story.owed()).toEqual(['Update applied REVERT', 'Update applied REVERT']);
      await story.succeed(A_REVERTING, scene.begins(A_REVERTING));
      expect(Object.keys(await scene.schema())).toContain('table orders');

      await story.succeed(A_REVERTING, story.contract(B_LOSSLESS, A_REVERTING), scene.ends(B_LOSSLESS));
      expect(await scene.schema()).toEqual(schema);
      expect(await scene.history()).toEqual(['0001_user applied']);
      expect(await scene.sql('SELECT id, email, phone FROM user')).toEqual(users);
      expect(await story.standing()).toEqual([digestOf(A_REVERTING)]);
      expect(await story.owed()).toEqual([]);
    });
  });

  it('a construct that gets its second resource only now begins all the same', async () => {
    await story.succeed(A, scene.create(A), scene.begins(A));
    await story.succeed(B_LOSSLESS, scene.update(A, B_LOSSLESS), scene.begins(B_LOSSLESS));
    await story.succeed(B_LOSSLESS, scene.create(second(B_LOSSLESS)), scene.ends(A));
    expect(await story.standing()).toEqual([digestOf(B_LOSSLESS)]);
  });
});
