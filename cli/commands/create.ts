import { type Command, Option } from 'commander';

interface CreateOptions {
  readonly directory?: string;
  readonly pair?: true;
  readonly ts?: true;
}

/** Adds `create`. */
export function addCreate(program: Command): void {
  program
    .command('create')
    .summary('make the files of a new migration')
    .description(
      'Makes the files of a new migration, with a place for its up and its down. It follows the form and the numbering that the folder has; in a new folder the name begins with the time in UTC. It never overwrites a file.',
    )
    .argument('<name>', 'what it does, such as add_user_role')
    .option(
      '-d, --directory <folder>',
      'folder with the migrations (default: of cdk.json, else the usual one, else migrations)',
    )
    .addOption(new Option('--pair', 'two files, .up.sql and .down.sql').conflicts('ts'))
    .addOption(new Option('--ts', 'a TypeScript module'))
    .addHelpText(
      'after',
      `
Prints the path of each file that it made.

Examples:
  $ npx aurora-migrations create add_user_role
  $ npx aurora-migrations create "add user role" --pair
  $ npx aurora-migrations create fill_slugs --ts -d db`,
    )
    .action(async (name: string, { directory, pair, ts }: CreateOptions) => {
      const { create } = await import('../create/create.js');
      create(name, { directory, form: pair ? 'pair' : ts ? 'ts' : undefined });
    });
}
