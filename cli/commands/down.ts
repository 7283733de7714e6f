import { type Command, Option } from 'commander';
import type { HowFar } from '../change/how-far';
import {
  addAllowHost,
  addFolder,
  addTargetOptions,
  fromOneUp,
  TARGET_HELP,
  type TargetOptions,
  withFolder,
} from './target-options';

interface DownOptions extends TargetOptions {
  readonly to?: string;
  readonly steps?: number;
  readonly all?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Adds `down`. */
export function addDown(program: Command): void {
  const command = addFolder(program.command('down'))
    .summary('revert what was applied last, outside of a deployment')
    .description(
      'Reverts what was applied last, newest first, by the scripts that the database keeps, as far as the release or the folder has the same migrations. Nothing is run where an irreversible migration is in the way, or one whose file is gone. Asks first.',
    )
    .addOption(
      new Option('--to <name>', 'revert what was applied after this migration: its name, number or file').conflicts([
        'steps',
        'all',
      ]),
    )
    .addOption(new Option('--steps <number>', 'revert that many migrations').argParser(fromOneUp).conflicts('all'))
    .option('--all', 'revert all that is applied')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the result as JSON');
  addAllowHost(addTargetOptions(command))
    .addHelpText(
      'after',
      `${TARGET_HELP}

On a server (--url) only one of this machine is changed.
What was reverted is pending again.

Exit code: 0 reverted and the schema is as before, 2
refused, not confirmed, or the schema differs, 1 it failed.

Examples:
  $ npx aurora-migrations down --stack Shop --to 0003_orders
  $ npx aurora-migrations down --url mysql://root@127.0.0.1/shop --steps 1`,
    )
    .action(async (directory: string | undefined, flags: DownOptions) => {
      const options = withFolder(command, directory, flags);
      const howFar = howFarOf(options);
      if (howFar === null) return command.error('error: say how far with --to <name>, --steps <number> or --all');
      const [{ runOnTarget }, { runDown }] = await Promise.all([
        import('../run-on-target.js'),
        import('../change/run-down.js'),
      ]);
      const wanted = { howFar, yes: options.yes === true, json: options.json === true };
      process.exitCode = await runOnTarget(options, (on) => runDown(on, wanted));
    });
}

function howFarOf({ to, steps, all }: DownOptions): HowFar | null {
  if (all === true) return { kind: 'all' };
  if (to !== undefined) return { kind: 'name', name: to };
  return steps === undefined ? null : { kind: 'steps', steps };
}
