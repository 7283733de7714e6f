import { type Command, InvalidArgumentError, Option } from 'commander';
import { TOOLS, type Tool } from '../../lambda/plan/command';
import type { AdoptOptions } from '../adopt/run-adopt';
import { addAllowHost, addFolder, addTargetOptions, TARGET_HELP, withFolder } from './target-options';

/** Adds `adopt`. */
export function addAdopt(program: Command): void {
  const command = addFolder(program.command('adopt'))
    .summary('record what another tool has applied, without running it')
    .description(
      'Reads the history that another tool keeps in the database, finds its migrations in the folder, and records them as applied. None of them is run, and none of them can be reverted by AuroraMigrations. What would be recorded is shown first.',
    )
    .addOption(
      new Option('--from <tool>', 'whose history it is').choices(TOOLS).argParser(toolFrom).makeOptionMandatory(),
    )
    .option('--table <name>', "the history's table (default: the name that the tool gives it)")
    .option('-y, --yes', 'record what is shown, without a question')
    .option('--json', 'print the result as JSON');
  addAllowHost(addTargetOptions(command))
    .addHelpText(
      'after',
      `${TARGET_HELP}

Before the first deployment it goes through a tunnel, which
leads from a port of this machine to the server.

Exit code: 0 recorded, or nothing is left to be; 2 refused
or not confirmed: nothing was recorded.

Examples:
  $ npx aurora-migrations adopt db/migrations --from dbmate
  $ npx aurora-migrations adopt --from flyway --stack Shop
  $ npx aurora-migrations adopt --from knex --table done --yes
  $ npx aurora-migrations adopt --from knex \\
      --url 'mysql://admin@127.0.0.1:3307/app?ssl-mode=REQUIRED'`,
    )
    .action(async (directory: string | undefined, { from, table, ...flags }: AdoptFlags) => {
      const options = withFolder(command, directory, flags);
      const { runAdopt } = await import('../adopt/run-adopt.js');
      const event = { command: 'adopt', from, ...(table !== undefined && { table }) };
      process.exitCode = await runAdopt(event, options);
    });
}

/** For a tool that is not among them there is a way too, which the list alone would not say. */
function toolFrom(value: string): Tool {
  const tool = TOOLS.find((name) => name === value);
  if (tool !== undefined) return tool;
  throw new InvalidArgumentError(
    `Allowed choices are ${TOOLS.join(', ')}. For any other tool, "npx aurora-migrations baseline --to NAME" records all up to a migration.`,
  );
}

interface AdoptFlags extends AdoptOptions {
  readonly from: Tool;
  readonly table?: string;
}
