import { dump, type DumpResult } from '../../lambda/commands/dump';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import { type MigrationsFolder, unusableFolder } from '../migrations-folder';
import { readPlayedFolder } from '../prove/played-folder';
import { releaseOf } from '../prove/played-release';
import { findServer } from '../prove/prove-server';
import { Stage } from '../prove/stage';
import type { Terminal } from '../terminal/terminal';

/** Name of the schema in which the folder is played. */
const SCHEMA = 'dump';

/** What the migrations of a folder make of an empty schema, on a throwaway server. */
export async function folderSchema(
  folder: MigrationsFolder,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<DumpResult> {
  const reading = readPlayedFolder(folder.path, SCHEMA);
  if (reading.kind === 'unreadable') throw unusableFolder(folder, reading);
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
