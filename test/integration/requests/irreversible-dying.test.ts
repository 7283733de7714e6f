import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { FIRST, NAME, release, Scene, USER } from '../scene';

describe.each(servers())(
  'a rollback of an irreversible migration in which the process died after it was done, on $name',
  (server) => {
    const scene = Scene.ofEachTest(server);

    const irreversible = (up: string) =>
      release({
        '0001_user': USER,
        '0002_name': NAME,
        '0003_one_way': `-- migrate:up\n${up}\n-- migrate:irreversible`,
      });
    const [first, second] = ['CREATE TABLE one_way (id INT)', 'CREATE TABLE other_way (id INT)'];

    it.each(['before', 'after'] as const)(
      'keeps it with all below it, also where it dies %s it has noted that',
      async (when) => {
        const oneWay = irreversible(`${first};`);
        await scene.run(scene.create(FIRST), FIRST);
        await expect(scene.run(scene.update(FIRST, oneWay), oneWay, dyingAt(scene, first, 'after'))).rejects.toThrow(
          ProcessDied,
        );
        await scene.unlocked();
        const back = scene.update(oneWay, FIRST);
        await expect(scene.run(back, FIRST, dyingAt(scene, /SET stepsDone = /, when))).rejects.toThrow(ProcessDied);
        await scene.unlocked();
        expect(await scene.run(back, FIRST)).toMatchObject({
          status: 'SUCCESS',
          data: { Reverted: '', Kept: '0003_one_way, 0002_name' },
        });
        expect(await scene.history()).toEqual(['0001_user applied', '0002_name kept', '0003_one_way kept']);
        expect(await scene.run(scene.update(FIRST, oneWay), oneWay)).toMatchObject({
          status: 'SUCCESS',
          data: { Applied: '' },
        });
      },
    );

    it.each([
      `${first}; INSERT INTO one_way VALUES (1); SET foo_bar = 1;`,
      `${first}; SET @known = (SELECT id FROM missing);`,
      `${first}; INSERT INTO one_way VALUES (1); USE missing;`,
    ])(
      'asks a person where what sets the session at its end is refused, in the run itself and later: %s',
      async (up) => {
        const steps = up.split(';').length - 1;
        const oneWay = irreversible(up);
        await scene.run(scene.create(FIRST), FIRST);
        const said = new RegExp(
          `^0003_one_way.* applied up to step ${steps - 1} of ${steps} .*it is irreversible.*\\[needs-repair\\]$`,
        );
        const answer = await scene.answer(scene.update(FIRST, oneWay), oneWay);
        expect(answer.reason).toMatch(
          new RegExp(`0003_one_way\\.sql failed at step ${steps} of ${steps} .*\\[needs-repair\\]`),
        );
        expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_one_way applying']);
        expect((await scene.answer(scene.update(oneWay, FIRST), FIRST)).reason).toMatch(said);
      },
    );

    it('asks a person where steps of it are left, and says how far it came', async () => {
      const oneWay = irreversible(`${first};\n${second};`);
      await scene.run(scene.create(FIRST), FIRST);
      await expect(scene.run(scene.update(FIRST, oneWay), oneWay, dyingAt(scene, first, 'after'))).rejects.toThrow(
        ProcessDied,
      );
      await scene.unlocked();
      expect((await scene.updated(oneWay, FIRST)).reason).toMatch(
        /^0003_one_way was applied up to step 1 of 2 .*it is irreversible.*\[needs-repair\]$/,
      );
    });
  },
);
