import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { release, Scene } from '../scene';
import { MAKERS, UPS } from './made-histories';
import { RECORDED } from './recorded-histories';

const FOLDER = {
  '0001_create_user': `-- migrate:up\n${UPS['0001_create_user']};\n-- migrate:down\nDROP TABLE user;`,
  '0002_add_name': `-- migrate:up\n${UPS['0002_add_name']};\n-- migrate:down\nALTER TABLE user DROP COLUMN name;`,
};
const OURS = release({
  ...FOLDER,
  '0003_orders': '-- migrate:up\nCREATE TABLE orders (id BIGINT PRIMARY KEY);\n-- migrate:down\nDROP TABLE orders;',
});
const RECORD = ['0001_create_user', '0002_add_name'];

describe.each(servers())('adopting on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  /** The history of a tool, and the schema that goes with it. */
  const make = async (history: keyof typeof MAKERS | keyof typeof RECORDED): Promise<void> => {
    if (history in MAKERS) return MAKERS[history as keyof typeof MAKERS](scene);
    for (const statement of [...Object.values(UPS), ...RECORDED[history as keyof typeof RECORDED]]) {
      await scene.sql(statement);
    }
  };
  const adopt = async (from: string, record?: readonly string[]): Promise<unknown> => {
    await scene.unlocked();
    return invoke(scene, OURS, { command: 'adopt', from, ...(record !== undefined && { record }) });
  };

  it.each([
    ['knex', 'knex', ['0001_create_user.js', '0002_add_name.js']],
    ['umzug', 'umzug', ['0001_create_user.sql', '0002_add_name.sql']],
    ['sequelize', 'sequelize', ['0001_create_user.js', '0002_add_name.js']],
    ['dbmate', 'dbmate', ['0001', '0002']],
    ['golang-migrate', 'golang-migrate', ['1', '2']],
    ['goose', 'goose', ['1', '2']],
    ['flyway', 'flyway', ['V1__create_user.sql', 'V2__add_name.sql']],
    ['flyway', 'flyway, with versions of two numbers', ['V1.0__create_user.sql', 'V1.1__add_name.sql']],
    ['flyway', 'flyway, with a baseline', ['baseline 1', 'V2__add_name.sql']],
  ] as const)('--from %s: what %s has applied is never run, and what comes next is', async (from, history, theirs) => {
    await make(history);
    const before = await scene.schema();
    const isTelling = theirs.some((each) => /\D/.test(each));
    if (isTelling) {
      const said = new RegExp(
        `^\\w+ says that \\w+ has run ${RECORD.join(', ')} in this database, .*nothing was run\\. .*"command":"adopt","from":"\\w+"\\}\\. `,
      );
      const failure = { code: 'ran-elsewhere', message: expect.stringMatching(said) };
      expect(await invoke(scene, OURS, { command: 'plan' })).toMatchObject({ refused: failure });
      expect(await invoke(scene, OURS, { command: 'up' })).toEqual({ kind: 'refused', failure });
      await scene.unlocked();
      expect(await scene.answer(scene.create(OURS), OURS)).toMatchObject({
        ...{ status: 'FAILED', reason: expect.stringMatching(said) },
        physicalId: expect.stringMatching(/:nothing$/),
      });
      await scene.unlocked();
      scene.renew();
    }
    const found = await adopt(from);
    expect(found).toMatchObject({
      kind: 'found',
      record: RECORD.map((name, index) => ({ name, theirs: theirs[index] })),
      ...{ already: [], unknown: [], pending: ['0003_orders'], late: [] },
    });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.sql("SHOW TABLES LIKE 'migration%'")).toEqual([]);

    expect(await adopt(from, RECORD)).toMatchObject({ kind: 'recorded' });
    expect(await scene.schema()).toEqual(before);
    expect(await adopt(from)).toMatchObject({ kind: 'found', record: [], already: RECORD });

    expect(await scene.created(OURS)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0003_orders' },
    });
  });
});
