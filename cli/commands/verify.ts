import type { Command } from 'commander';
import { addFolder, addTargetOptions, TARGET_HELP, type TargetOptions, withFolder } from './target-options';

interface VerifyOptions extends TargetOptions {
  readonly json?: true;
}

/** Adds `verify`. */
export function addVerify(program: Command): void {
  const command = addFolder(program.command('verify'))
    .summary('compare history, release, stored scripts and schema, and say what to do')
    .description(
      'Compares what the database says ran with the release, the stored scripts with what was released, and the schema with what the last run left. Says what to do about each difference. Changes nothing.',
    )
    .option('--json', 'print the findings as JSON');
  addTargetOptions(command)
    .addHelpText(
      'after',
      `${TARGET_HELP}

Exit code: 0 nothing found, 2 something was, 1 it could not
be looked at.

Examples:
  $ npx aurora-migrations verify --stack Shop
  $ npx aurora-migrations verify --function Shop-Migrations --json`,
    )
    .action(async (directory: string | undefined, flags: VerifyOptions) => {
      const options = withFolder(command, directory, flags);
      const [{ runOnTarget }, { runVerify }] = await Promise.all([
        import('../run-on-target.js'),
        import('../look/run-verify.js'),
      ]);
      process.exitCode = await runOnTarget(options, (on) => runVerify(on, { json: options.json === true }));
    });
}
