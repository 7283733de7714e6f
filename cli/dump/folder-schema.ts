import { dump, type DumpResult } from '../../lambda/commands/dump';
import { quoted } from '../advice';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import { emptyFolder, type MigrationsFolder } from '../migrations-folder';
import { readMigrationFolder } from '../prove/migration-folder';
import { releaseOf } from '../prove/played-release';
import { findServer } from '../prove/prove-server';
import { Stage } from '../prove/stage';
import { describe } from '../../lib/review/migration-problem';
import type { Terminal } from '../terminal/terminal';

/** Name of the schema in which the folder is played. */
const SCHEMA = 'dump';

/** What the migrations of a folder make of an empty schema, on a throwaway server. */
export async function folderSchema(
  folder: MigrationsFolder,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<DumpResult> {
  const reading = readMigrationFolder(folder.path, SCHEMA);
  if (reading.kind === 'unreadable') {
    if (reading.problems.some(({ code }) => code === 'directory-empty')) throw emptyFolder(folder, reading.nested);
    throw new ExpectedFailure(
      'folder-unusable',
      `the migrations in ${folder.name} cannot be used; nothing was run. See "npx aurora-migrations lint ${quoted(folder.name)}":` +
        reading.problems.map((problem) => `\n  ${describe(problem)}`).join(''),
    );
  }
  terminal.note(`starting a throwaway server for ${folder.name}`);
  const { server } = await findServer(null, SCHEMA);
  try {
    const stage = await Stage.open(server, SCHEMA, signal);
    const release = releaseOf(reading.folder, reading.folder.migrations.length);
    const played = await stage.startAt(release);
    if (played.kind !== 'done') {
      throw new ExpectedFailure('migration-failed', `${played.reason}. Nothing was dumped`, EXIT_CODE.found);
    }
    return await dump(await stage.database());
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ExpectedFailure(
      'stopped',
      'stopped. The throwaway server is ended, and nothing was written',
      EXIT_CODE.stopped,
    );
  } finally {
    await server.stop();
  }
}
