import { stackServers } from '../../servers';
import type { Run } from '../run-program';
import type { RunOptions } from './remote-program';
import { RemoteSchema } from './remote-schema';

jest.setTimeout(120_000);

const USER = {
  'migrations/0001_user.sql': '-- migrate:up\nCREATE TABLE user (id INT);\n-- migrate:down\nDROP TABLE user;\n',
};
const FILES = {
  ...USER,
  'migrations/0002_fill.sql': '-- migrate:up\nINSERT INTO user VALUES (1);\nTRUNCATE user;\n-- migrate:irreversible\n',
};
const IN_TERMINAL = { terminal: 2000, typed: 'y\n' };

describe.each(stackServers())('what is not possible is not promised, on $name', (server) => {
  let remote: RemoteSchema;
  beforeEach(async () => {
    remote = await RemoteSchema.make(server);
    await remote.migrated(FILES);
  });
  afterEach(() => remote.end());
  const run = (args: string, options: RunOptions = {}, files: Record<string, string> = FILES): Promise<Run> =>
    remote.run(args, options, files);
  const refused = (what: RegExp): Run => ({
    code: 2,
    stdout: expect.stringMatching(what) as string,
    stderr: expect.not.stringMatching(/This would be|Do that/) as string,
  });

  it('an irreversible migration that is half-applied is not shown as one that is reverted first', async () => {
    await remote.outside.query("UPDATE migration SET state = 'applying', stepsDone = 1 WHERE name = '0002_fill'");

    const { code, stdout } = await run('plan', { terminal: 2000 });
    expect([code, stdout]).toEqual([2, expect.stringContaining('1 migration pending, in this order:')]);
    expect(stdout).not.toMatch(/Reverted first|would be applied/);
    expect(stdout).toMatch(/"up" would be refused now: 0002_fill was applied up to step 1 of 2.*\[needs-repair\]/);
    expect(await run('up', IN_TERMINAL)).toEqual(refused(/^Refused: 0002_fill .*\[needs-repair\]/));
    expect(await run('up --yes', { terminal: 2000 })).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^Failed: 0002_fill .*\[needs-repair\]/) as string,
    });
  });

  it('nor is one of which nothing shows what became of its step', async () => {
    const files = { ...FILES, 'migrations/0003_clear.sql': '-- migrate:up\nTRUNCATE user;\n-- migrate:down\nDO 1;\n' };
    await remote.migrated(files);
    await remote.outside.query(
      "UPDATE migration SET state = 'applying', stepsDone = 0, `before` = 'blind' WHERE name = '0003_clear'",
    );

    expect(await run('up', IN_TERMINAL, files)).toEqual(
      refused(/^Refused: 0003_clear .*nothing shows whether step 1 of its up \(line 2\) was done.*\[needs-repair\]/),
    );
    expect(await run('down --steps 1', { terminal: 2000, typed: 'n\n' }, files)).toMatchObject({
      stderr: expect.stringContaining('0003_clear (refused where nothing shows whether step 1 of its up') as string,
    });
  });

  it('of one that is half-applied and is no longer in the folder, the plan says so, and not that nothing is pending only', async () => {
    await remote.outside.query("UPDATE migration SET state = 'applying', stepsDone = 1 WHERE name = '0002_fill'");

    expect(await run('plan', { terminal: 2000 }, USER)).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/Nothing is pending\.\n\n"up" would be refused now: .*\[not-vouched\]/) as string,
    });
  });

  it('down says at once that an irreversible migration is in the way', async () => {
    expect(await run('down --steps 1', IN_TERMINAL)).toEqual(
      refused(/^Refused: 0002_fill cannot be reverted .*\[irreversible\]/),
    );
    expect(JSON.parse((await run('down --steps 2 --yes --json')).stdout)).toMatchObject({
      kind: 'refused',
      failure: { code: 'irreversible' },
    });
    expect(await run('down --steps 9')).toEqual(refused(/^Refused: the history has 2 migrations, not 9/));
  });

  it('down says of a migration whose file is gone what there is to do', async () => {
    const more = {
      ...FILES,
      'migrations/0003_k.sql': '-- migrate:up\nCREATE TABLE k (id INT);\n-- migrate:down\nDROP TABLE k;\n',
    };
    await remote.migrated(more);

    for (const options of [IN_TERMINAL, { terminal: 2000 }]) {
      expect(await run(`down --steps 1${options === IN_TERMINAL ? '' : ' --yes'}`, options)).toEqual(
        refused(
          /^Refused: 0003_k is not in migrations, and a script that only the database has is never run; nothing was run\. Put the file back \(git checkout.*--is reverted.*\[not-vouched\]/,
        ),
      );
    }
    expect(await run('down --steps 1 --yes', {}, more)).toMatchObject({ code: 0 });
  });

  it('beside the deployment of another release, down says so before anybody is asked', async () => {
    await remote.outside.query(
      "UPDATE migration_deployment SET type = 'Update', newDigest = REPEAT('0', 64), stackId = 'arn' ORDER BY id DESC LIMIT 1",
    );

    expect(await run('down --to 0001_user', IN_TERMINAL)).toEqual(refused(/^Refused: .*\[code-not-updated\]/));
  });

  it('a server of another machine is changed where its host is said again', async () => {
    const elsewhere = new URL(remote.url);
    elsewhere.hostname = '0.0.0.0';
    elsewhere.search = '?ssl-mode=REQUIRED';
    const there = { environment: { DATABASE_URL: elsewhere.href } };

    expect(await run('up --yes', there)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/add --allow-host 0\.0\.0\.0 \[not-loopback\]/) as string,
    });
    expect(await run('up --yes --allow-host db', there)).toMatchObject({ code: 64 });
    expect(await run('up --yes --allow-host 0.0.0.0', there)).toMatchObject({ code: 0 });
  });
});
