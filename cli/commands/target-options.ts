import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TargetFlags } from '../target';

/** The flags of a command that works on a deployed function, or on a server. */
export interface TargetOptions extends TargetFlags {
  readonly directory?: string;
}

/** Adds the flags that say what a command works on, and where its migrations are. */
export function addTargetOptions(
  command: Command,
  directory = 'with --url: folder with the migrations (default: of cdk.json, else the usual one)',
): Command {
  return addTarget(command).option('-d, --directory <folder>', directory);
}

/** Adds the folder as an argument, as "lint" and "prove" take it. Its value goes through {@link withFolder}. */
export function addFolder(command: Command): Command {
  return command.argument('[directory]', 'the same as --directory');
}

/** The options of a command with the folder that is named, by the flag or beside it. Ends the program where both name one. */
export function withFolder<Options extends { readonly directory?: string }>(
  command: Command,
  directory: string | undefined,
  options: Options,
): Options {
  if (directory === undefined) return options;
  if (options.directory !== undefined) {
    command.error(`error: two folders are named, ${directory} and --directory ${options.directory}: name one`);
  }
  return { ...options, directory };
}

/** Adds the flags that say what a command works on. */
export function addTarget(command: Command): Command {
  return command
    .optionsGroup('What it works on:')
    .addOption(
      new Option('--stack <name>', 'a deployed stack, whose function is invoked').conflicts(['function', 'url']),
    )
    .addOption(new Option('--function <name>', 'name or ARN of the function, in place of a stack').conflicts('url'))
    .option('--construct <id>', 'which AuroraMigrations of the stack, where it has several')
    .option('--region <region>', 'region of AWS (default: as the AWS SDK finds it)')
    .option('--profile <name>', 'profile of AWS credentials (default: as the AWS SDK finds it)')
    .option('--url <url>', 'a server, mysql://root@127.0.0.1/shop, without AWS');
}

/** Adds the flag with which a server of another machine may be changed too. */
export function addAllowHost(command: Command): Command {
  return command.option(
    '--allow-host <name>',
    "with --url: change a server of another machine too, by its name as the URL has it, such as a container's",
  );
}

/** Reads an option that counts. */
export function fromOneUp(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It is a number from 1 up.');
  return Number(text);
}

/** What the help of each such command ends with. */
export const TARGET_HELP = `
Without flags: "stack" or "url" in cdk.json's context under
"aurora-migrations", else DATABASE_URL of the environment or
.env.`;
