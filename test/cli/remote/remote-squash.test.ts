import { stackServers } from '../../servers';
import type { Run } from '../run-program';
import { RemoteSchema } from './remote-schema';

jest.setTimeout(120_000);

const USER = '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;\n';
const NAME =
  '-- migrate:up\nALTER TABLE user ADD COLUMN name INT;\n-- migrate:down\nALTER TABLE user DROP COLUMN name;\n';
const OLD = { 'migrations/0001_user.sql': USER, 'migrations/0002_name.sql': NAME };
const BASELINE = {
  'migrations/0002_baseline.sql':
    '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY, name INT);\n-- migrate:irreversible\n',
};

/** As docs/operation.md says. */
test.each(stackServers())('on $name one migration is put in the place of many, and none is run', async (server) => {
  const remote = await RemoteSchema.make(server);
  const run = (args: string, files: Readonly<Record<string, string>>): Promise<Run> => remote.run(args, {}, files);
  try {
    expect(await run('up --yes', OLD)).toMatchObject({ code: 0 });
    await remote.outside.query('INSERT INTO user VALUES (1, 2)');
    expect(await run('plan', BASELINE)).toMatchObject({ code: 2, stdout: expect.stringContaining('lacks') as string });

    for (const name of ['0001_user', '0002_name']) {
      expect(await run(`repair ${name} --is reverted --yes`, OLD)).toMatchObject({ code: 0 });
    }
    expect(await run('repair 0002_baseline --is applied --yes', BASELINE)).toMatchObject({ code: 0 });

    expect(await run('up --yes', BASELINE)).toMatchObject({ code: 0, stdout: 'Nothing was pending.\n' });
    expect((await remote.outside.query('SELECT * FROM user'))[0]).toEqual([{ id: 1, name: 2 }]);
  } finally {
    await remote.end();
  }
});
