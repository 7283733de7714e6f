import type { Command } from 'commander';
import type { AdoptOptions } from '../adopt/run-adopt';
import { addAllowHost, addFolder, addTargetOptions, TARGET_HELP, withFolder } from './target-options';

/** Adds `baseline`. */
export function addBaseline(program: Command): void {
  const command = addFolder(program.command('baseline'))
    .summary('record all migrations up to one as applied, without running them')
    .description(
      'Records all migrations of the folder up to one as applied: for a database that has their schema, and no history that "adopt" reads. None of them is run, and none of them can be reverted by AuroraMigrations. What would be recorded is shown first.',
    )
    .requiredOption(
      '--to <name>',
      'the newest one that is in the schema: its name, such as 0042_add_user_role, its number or its file',
    )
    .option('-y, --yes', 'record what is shown, without a question')
    .option('--json', 'print the result as JSON');
  addAllowHost(addTargetOptions(command))
    .addHelpText(
      'after',
      `${TARGET_HELP}

Exit code: 0 recorded, or nothing is left to be; 2 refused
or not confirmed: nothing was recorded.

Examples:
  $ npx aurora-migrations baseline --to 0042_add_user_role
  $ npx aurora-migrations baseline --to 0042_add_user_role --stack Shop`,
    )
    .action(async (directory: string | undefined, { to, ...flags }: AdoptOptions & { readonly to: string }) => {
      const options = withFolder(command, directory, flags);
      const { runAdopt } = await import('../adopt/run-adopt.js');
      process.exitCode = await runAdopt({ command: 'baseline', to }, options);
    });
}
