import { FOREIGN_STATEMENTS, NEARLY_FOREIGN_STATEMENTS } from '../../lib/source/foreign-statements';
import { servers } from '../../servers';
import { Scene } from '../scene';

const ER_PARSE_ERROR = 1064;

let scenes: readonly Scene[] = [];
beforeAll(async () => {
  scenes = await Promise.all(servers().map((server) => Scene.start(server)));
});
afterAll(() => Promise.all(scenes.map((scene) => scene.end())));

/** For each server, whether it cannot read a statement. What it says of its objects is no matter. */
function areUnread(sql: string): Promise<readonly boolean[]> {
  return Promise.all(
    scenes.map(async (scene) => {
      try {
        await scene.sql(`PREPARE s FROM '${sql.replaceAll("'", "''")}'`);
        return false;
      } catch (error) {
        return (error as { readonly errno: number }).errno === ER_PARSE_ERROR;
      }
    }),
  );
}

test('what is refused as SQL of another database is a syntax error on every server', async () => {
  const read: string[] = [];
  for (const sql of FOREIGN_STATEMENTS) if ((await areUnread(sql)).includes(false)) read.push(sql);
  expect(read).toEqual([]);
});

const hasBoth = new Set(servers().map(({ kind }) => kind)).size === 2;

(hasBoth ? test : test.skip)('what is not refused can be read by one of them', async () => {
  const unread: string[] = [];
  for (const sql of NEARLY_FOREIGN_STATEMENTS) if (!(await areUnread(sql)).includes(false)) unread.push(sql);
  expect(unread).toEqual([]);
});
