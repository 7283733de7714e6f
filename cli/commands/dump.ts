import type { Command } from 'commander';
import type { TargetFlags } from '../target';
import { withStopSignal } from '../terminal/stop-signal';
import { processTerminal } from '../terminal/terminal';
import { addFolder, addTarget, TARGET_HELP, withFolder } from './target-options';

interface DumpFlags extends TargetFlags {
  readonly directory?: string;
  readonly output?: string;
}

/** Adds `dump`. */
export function addDump(program: Command): void {
  const command = addFolder(program.command('dump'))
    .summary('write the schema as SQL, for the repository')
    .description(
      'Writes the statements that make the schema: of a database, or of what a folder makes of an empty one on a throwaway server. The same schema gives the same text; counters, the accounts that made routines and views, rows and the two tables of the journal are left out.',
    )
    .option('-d, --directory <folder>', 'folder with migrations, in place of a database')
    .option('-o, --output <file>', 'write there, and not to stdout');
  addTarget(command)
    .addHelpText(
      'after',
      `${TARGET_HELP}
Without any of them, the folder that is in cdk.json, or has a
usual name.

Exit code: 0 it was written; 2 the migrations cannot be used
or failed; 1 it could not be done; 64 wrong usage.

Examples:
  $ npx aurora-migrations dump db/migrations --output schema.sql
  $ npx aurora-migrations dump --stack Shop > shop.sql`,
    )
    .action(async (directory: string | undefined, flags: DumpFlags) => {
      const options = withFolder(command, directory, flags);
      const { runDump } = await import('../dump/run-dump.js');
      await withStopSignal((signal) => runDump(options, processTerminal(), signal));
    });
}
