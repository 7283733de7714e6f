import { servers } from '../../servers';
import { A, B_LOSSLESS, B_PLAIN, digestOf, ReleaseStory, second } from './release-story';
import { invoke } from '../by-hand';
import { Scene } from '../scene';

/** What code from before there were resources of releases has asked of the journal. */
const OLDER = {
  deployments: `SELECT type, status FROM migration_deployment
    WHERE stackId = ? AND COALESCE(contractOf, logicalId) = 'Migrations' ORDER BY id DESC LIMIT 100`,
  newest: `SELECT type, status FROM migration_deployment WHERE status <> 'reverted' AND type <> 'up' ORDER BY id DESC LIMIT 1`,
  newestOfEach: 'SELECT MAX(id) AS id FROM migration_deployment WHERE rootStackId = ? GROUP BY stackId, logicalId',
  unsettled: `SELECT id FROM migration_deployment WHERE status = 'applied' AND settledAt IS NULL AND rootStackId = ?`,
};

/** The least that each of the tables has had. */
const OF_FIRST_RELEASE = 'name checksum deployment state stepsDone id stackId logicalId newDigest status'.split(' ');

async function columns(scene: Scene): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = ['migration', 'migration_deployment'].map(async (table) => {
    const rows = await scene.sql(`SHOW COLUMNS FROM ${table}`);
    return [table, rows.map((column) => String(column['Field'])).toSorted()] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
}

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);

  const older = async (): Promise<unknown> =>
    Promise.all(Object.values(OLDER).map((query) => scene.sql(query.replace('?', `'${scene.stackId}'`))));

  it('older code reads the same whether releases are noted or not', async () => {
    await story.succeed(A, scene.create(A));
    const created = await older();
    await story.succeed(A, scene.begins(A));
    expect(await older()).toEqual(created);
    await story.succeed(B_PLAIN, scene.update(A, B_PLAIN));
    const updated = await older();
    await story.succeed(B_PLAIN, scene.begins(B_PLAIN));
    expect(await older()).toEqual(updated);
    // A deployment that is owed still stands for it.
    await story.succeed(A, scene.update(B_PLAIN, A));
    expect(await older()).toEqual(updated);
    await scene.stackIs('UPDATE_IN_PROGRESS');
    const stray = `SELECT 1 FROM migration_deployment WHERE type = 'Release' AND (stackStatus IS NOT NULL OR settledAt IS NOT NULL)`;
    expect(await scene.sql(stray)).toEqual([]);
  });

  it.each(['begins', 'ends'] as const)(
    'a journal that older code made is brought up to date when a release %s',
    async (what) => {
      await story.succeed(A, scene.create(A));
      await scene.sql(
        'ALTER TABLE migration_deployment DROP COLUMN owedAt, DROP COLUMN owedUnder, DROP COLUMN releaseOf',
      );
      await story.succeed(A, scene[what](A));
      expect(await story.owed()).toEqual([]);
      expect(await story.standing()).toEqual(what === 'begins' ? [digestOf(A)] : []);
    },
  );

  it('a journal that older code made stays as it is where a newer request was there before', async () => {
    await story.succeed(A, scene.create(A));
    const late = scene.update(A, B_PLAIN);
    await story.succeed(A, scene.update(B_PLAIN, A));
    await scene.sql('ALTER TABLE migration_deployment DROP COLUMN owedAt, DROP COLUMN releaseOf');
    expect(await scene.run(late, B_PLAIN)).toMatchObject({ kind: 'silent' });
    const columns = await scene.sql('SHOW COLUMNS FROM migration_deployment');
    expect(columns.map((column) => column['Field'])).not.toContain('owedAt');
  });

  it('a journal with the columns of the first release alone is read, and gets the others where something is written', async () => {
    await story.succeed(A, scene.create(A));
    const all = await columns(scene);
    for (const [table, names] of Object.entries(all)) {
      const others = names.filter((name) => !OF_FIRST_RELEASE.includes(name)).map((name) => `DROP COLUMN \`${name}\``);
      await scene.sql(`ALTER TABLE ${table} ${others.join(', ')}`);
    }
    const first = await columns(scene);
    // Without its script nothing can be reverted.
    expect(await invoke(scene, A, { command: 'down', steps: 1 })).toMatchObject({ kind: 'refused' });
    expect(await columns(scene)).toEqual(first);
    expect(await invoke(scene, A, { command: 'up' })).toMatchObject({ kind: 'applied', applied: [] });
    expect(await columns(scene)).toEqual(all);
  });

  it('a stack from before there were resources of releases rolls back at once, and so does the next that has them', async () => {
    await story.succeed(A, scene.create(A), scene.create(second(A)));
    await scene.stackIs('CREATE_COMPLETE');
    const schema = await scene.schema();
    await scene.sql(
      'ALTER TABLE migration_deployment DROP COLUMN owedAt, DROP COLUMN owedUnder, DROP COLUMN releaseOf',
    );
    await story.succeed(B_PLAIN, scene.update(A, B_PLAIN), scene.begins(B_PLAIN));
    expect(await scene.updated(B_PLAIN, A)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0002_orders', Drift: '' },
    });
    await story.succeed(A, scene.ends(B_PLAIN));
    expect([await scene.schema(), await story.owed(), await story.standing()]).toEqual([schema, [], []]);
    // The function of a newer version of the package, with the migrations as they were.
    await story.succeed(A, scene.begins(A));
    await story.update(A, B_LOSSLESS);
    await story.succeed(A, scene.update(B_LOSSLESS, A));
    expect(await story.owed()).toHaveLength(2);
    await story.succeed(A, story.contract(B_LOSSLESS, A), scene.ends(B_LOSSLESS));
    expect([await scene.schema(), await story.owed()]).toEqual([schema, []]);
  });
});
