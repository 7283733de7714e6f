import { manifestOf } from '../../../lambda/manifest/manifest';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { FIRST, release, type Release, Scene, USER } from '../scene';

const BROKEN = release({
  '0001_user': USER,
  '0002_team': `-- The team of a user.

-- migrate:up
CREATE TABLE team (
  id INT PRIMARY KEY
);

-- Of this one there is one already.
ALTER TABLE user
  ADD COLUMN email VARCHAR(10);
-- migrate:down
ALTER TABLE user DROP COLUMN email;
DROP TABLE team;
`,
});

/** The down drops a table that is gone in its second step, on line 9. */
const DOWN_FAILS = release({
  '0001_user': USER,
  '0002_team': `-- migrate:up
CREATE TABLE team (id INT PRIMARY KEY);
ALTER TABLE user ADD COLUMN team INT;

-- migrate:down
ALTER TABLE user
  DROP COLUMN team;
-- The last.
DROP TABLE team;
`,
});

/** The same migrations with other lines, or as older code read them: the digest is the same. */
function withLines(of: Release, stepLines?: string): Release {
  const manifest = manifestOf(
    of.manifest.migrations.map((entry) => {
      const { stepLines: own, ...others } = entry;
      return own === undefined || stepLines === undefined ? others : { ...others, stepLines };
    }),
  );
  expect(manifest.digest).toBe(of.properties.Digest);
  return { ...of, manifest };
}

describe.each(servers())('the line of a failed statement on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.created(FIRST);
  });

  it('is that of the file, though the server counts from the beginning of the statement', async () => {
    const { reason } = await scene.updated(FIRST, BROKEN);
    expect(reason).toContain('0002_team.sql failed at step 2 of 2 (line 9): ER_DUP_FIELDNAME (1060)');
  });

  it('is not named where the code was made without lines', async () => {
    const { reason } = await scene.answer(scene.update(FIRST, BROKEN), withLines(BROKEN));
    expect(reason).toContain('0002_team.sql failed at step 2 of 2: ER_DUP_FIELDNAME (1060)');
  });

  const rolledBack = async (applied: Release, code: Release): Promise<string> => {
    expect(await scene.updated(FIRST, applied)).toMatchObject({ status: 'SUCCESS' });
    await scene.sql('DROP TABLE team');
    const { status, reason } = await scene.answer(scene.update(DOWN_FAILS, FIRST), code);
    expect(status).toBe('FAILED');
    return reason;
  };

  it('of a down is known to older code, which has not the file: the journal holds it', async () => {
    expect(await rolledBack(DOWN_FAILS, FIRST)).toContain('reverting 0002_team failed at down step 2 of 2 (line 9): ');
  });

  it('of a down in a file of its own is named with that file', async () => {
    expect(await rolledBack(withLines(DOWN_FAILS, '1,2|4,7'), FIRST)).toContain(
      'reverting 0002_team failed at down step 2 of 2 (line 7 of 0002_team.down.sql): ',
    );
  });

  it('of a down is not named where older code applied the migration, and its script is run all the same', async () => {
    expect(await rolledBack(withLines(DOWN_FAILS), FIRST)).toContain(
      'reverting 0002_team failed at down step 2 of 2: ',
    );
  });

  it('is added to a journal that older code made', async () => {
    await scene.sql('ALTER TABLE migration DROP COLUMN stepLines');
    expect(await rolledBack(DOWN_FAILS, FIRST)).toContain('at down step 2 of 2 (line 9): ');
  });

  it('of a step in doubt is named by the rollback, and by all that looks', async () => {
    expect(await scene.updated(FIRST, DOWN_FAILS)).toMatchObject({ status: 'SUCCESS' });
    await scene.sql(
      "UPDATE migration SET state = 'reverting', downStepsDone = 1, downs = NULL, `before` = 'blind' WHERE name = '0002_team'",
    );
    const at = 'step 2 of its down (line 9)';
    const { reason } = await scene.updated(DOWN_FAILS, FIRST);
    expect(reason).toContain(`0002_team was applied up to step 2 of 2 (line 3) and cannot be reverted by itself: `);
    expect(reason).toContain(`nothing shows whether ${at} was done; `);
    expect(await invoke(scene, DOWN_FAILS, { command: 'status' })).toMatchObject({
      inDoubt: [{ migration: '0002_team', direction: 'down', step: 2, file: '0002_team.sql', line: 9 }],
    });
    expect(await invoke(scene, DOWN_FAILS, { command: 'watch' })).toMatchObject({
      current: { direction: 'down', step: 2, file: '0002_team.sql', line: 9 },
    });
    const { findings } = (await invoke(scene, DOWN_FAILS, { command: 'verify' })) as {
      findings: { message: string }[];
    };
    expect(findings.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`stopped in ${at}, and nothing`),
    );
  });
});
