import path from 'node:path';
import { openSession, type ServerLogin } from '../../cli/database/open-session';
import { releaseIn } from '../../cli/database/release-folder';
import { stoppableClock } from '../../cli/database/stoppable-clock';
import { runCommand } from '../../lambda/commands/run-command';
import { migrationFolder } from '../lib/source/migration-folder';

/** What is to be there before a program is run: all of a folder is applied as its "up" does, without the time that it takes to start. */
export async function migrate(
  server: ServerLogin,
  schema: string,
  files: Readonly<Record<string, string>>,
  folder = 'migrations',
): Promise<void> {
  const directory = { name: folder, path: path.join(migrationFolder(files), folder), isGuess: false };
  const answer = await runCommand(
    { kind: 'up' },
    {
      ...releaseIn(directory, schema),
      connect: async () => ({ kind: 'connected', session: await openSession(server, schema) }),
      rootStackId: '',
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      clock: stoppableClock(undefined, 'revert'),
    },
    'request-1',
  );
  expect(answer).toMatchObject({ kind: 'applied' });
}
