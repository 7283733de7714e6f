import type { Command } from 'commander';
import { migrationsFolder } from '../migrations-folder';
import { readSettings } from '../settings';
import { withStopSignal } from '../terminal/stop-signal';
import { processTerminal } from '../terminal/terminal';
import { addFolder, withFolder } from './target-options';

/** Adds `prove`. */
export function addProve(program: Command): void {
  const command = addFolder(program.command('prove'))
    .summary('play each migration forward, back and forward again, on a throwaway server')
    .description(
      'Plays each migration up, down and up again with the engine of the function, and names each down that does not restore the schema or the rows. Then it plays a death at each half-way point, and the folder as a whole.',
    )
    .option('-d, --directory <folder>', 'folder with the migrations (default: of cdk.json, else the usual one)')
    .option('--changed <ref>', 'prove only what differs from a git commit; the rest is only applied')
    .option(
      '--base-schema <file>',
      'SQL that is run before the first migration, such as a dump without rows of what is deployed',
    )
    .option('--base-to <name>', 'with --base-schema: the last migration that is in it already')
    .option('--watch', 'go on, and prove a file again whenever it is saved')
    .option(
      '--url <url>',
      'a server on this machine, mysql://user:password@127.0.0.1:3306; a schema is made and dropped',
    )
    .option('--schema <name>', 'name of the schema that is made, where the migrations name it')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Exit code: 0 all proved, 2 something was found, 1 it could
not be done.

Examples:
  $ npx aurora-migrations prove
  $ npx aurora-migrations prove db/migrations --changed origin/main
  $ npx aurora-migrations prove --watch
  $ npx aurora-migrations prove --base-schema schema.sql --base-to 0197_add_team`,
    )
    .action(async (named: string | undefined, flags: ProveFlags) => {
      const { directory, ...options } = withFolder(command, named, flags);
      if (options.baseTo !== undefined && options.baseSchema === undefined) {
        command.error("error: option '--base-to <name>' says what is in the file of '--base-schema <file>': give both");
      }
      // Loaded when it is needed: a server and the engine are nothing that "--help" has to wait for.
      const { runProve } = await import('../prove/run-prove.js');
      const settings = {
        // A program is told what is wrong with a folder in the same form as what is wrong with its files.
        directory:
          options.json === true && directory !== undefined
            ? directory
            : migrationsFolder(process.cwd(), directory, readSettings(process.cwd())).name,
        url: options.url ?? null,
        schema: options.schema ?? null,
        changed: options.changed ?? null,
        baseSchema: options.baseSchema ?? null,
        baseTo: options.baseTo ?? null,
        watch: options.watch === true,
        json: options.json === true,
      };
      process.exitCode = await withStopSignal((signal) => runProve(settings, processTerminal(), signal));
    });
}

interface ProveFlags {
  readonly directory?: string;
  readonly changed?: string;
  readonly baseSchema?: string;
  readonly baseTo?: string;
  readonly watch?: boolean;
  readonly url?: string;
  readonly schema?: string;
  readonly json?: boolean;
}
