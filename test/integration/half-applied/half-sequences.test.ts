import { migration } from '../../rules/dying-process';
import { describeEach, servers } from '../../servers';
import { release, Scene } from '../scene';

const CASES = [
  ['makes', 'CREATE SEQUENCE s START WITH 5; CREATE TABLE t (id INT)', 'DROP TABLE t; DROP SEQUENCE s'],
  ['drops', 'DROP SEQUENCE r; CREATE TABLE t (id INT)', 'DROP TABLE t; CREATE SEQUENCE r INCREMENT BY 3'],
  ['makes after it fails', 'CREATE TABLE n (i INT); CREATE TABLE t (id INT); CREATE SEQUENCE s', 'DROP SEQUENCE s; DROP TABLE t; DROP TABLE n'],
] as const; // prettier-ignore

describeEach(
  servers().filter(({ kind }) => kind === 'mariadb'),
  'half of a migration on $name',
  (server) => {
    const scene = Scene.ofEachTest(server);

    test.each(CASES)('that %s a sequence is reverted', async (_what, up, down) => {
      const base = {
        '0001_base': migration('CREATE TABLE t (id INT PRIMARY KEY); CREATE SEQUENCE r INCREMENT BY 3', 'DO 0'),
      };
      const [old, next] = [release(base), release({ ...base, '0002_next': migration(up, down) })];
      await scene.created(old);
      const before = await scene.schema();
      const { status, reason, data } = await scene.updated(old, next);
      expect([status, data.Drift, reason]).toEqual(['FAILED', '', expect.stringContaining('(1050)')]);
      expect(await scene.schema()).toEqual(before);
    });
  },
);
