import type { Command } from 'commander';
import {
  addAllowHost,
  addFolder,
  addTargetOptions,
  TARGET_HELP,
  type TargetOptions,
  withFolder,
} from './target-options';

interface UpOptions extends TargetOptions {
  readonly yes?: true;
  readonly json?: true;
}

/** Adds `up`. */
export function addUp(program: Command): void {
  const command = addFolder(program.command('up'))
    .summary('apply what is pending, outside of a deployment')
    .description(
      'Applies what is pending of the deployed release, through its function; or of the folder, on a server of this machine. A run that fails is reverted. Asks first.',
    )
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the result as JSON');
  addAllowHost(addTargetOptions(command))
    .addHelpText(
      'after',
      `${TARGET_HELP}

On a server (--url) only one of this machine is changed:
beside the function of a deployed stack nobody else may
write. Ctrl-C there stops at the next step and reverts what
the run has done; a function goes on to its end.

Exit code: 0 applied, 2 refused or not confirmed, 1 it
failed.

Examples:
  $ npx aurora-migrations up --stack Shop
  $ npx aurora-migrations up --url mysql://root@127.0.0.1/shop --yes`,
    )
    .action(async (directory: string | undefined, flags: UpOptions) => {
      const options = withFolder(command, directory, flags);
      const [{ runOnTarget }, { runUp }] = await Promise.all([
        import('../run-on-target.js'),
        import('../change/run-up.js'),
      ]);
      const wanted = { yes: options.yes === true, json: options.json === true };
      process.exitCode = await runOnTarget(options, (on) => runUp(on, wanted));
    });
}
