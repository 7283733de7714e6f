import type { Command } from 'commander';
import { addFolder, addTargetOptions, TARGET_HELP, type TargetOptions, withFolder } from './target-options';

interface PlanOptions extends TargetOptions {
  readonly json?: true;
}

/** Adds `plan`. */
export function addPlan(program: Command): void {
  const command = addFolder(program.command('plan'))
    .summary('show the SQL that would be run, and what is worth a second look in it')
    .description(
      'Shows what "up" would apply, or, of a deployed function that is asked about a folder, what the deployment of that folder would: the exact statements in order, the size of each table that they touch as the server estimates it, and what the review says of them. Changes nothing.',
    )
    .option('--json', 'print the plan as JSON');
  addTargetOptions(command, 'folder with the migrations (default with --url: of cdk.json, else the usual one)')
    .addHelpText(
      'after',
      `${TARGET_HELP}

Exit code: 0 nothing is pending, 2 something is, 1 it could
not be looked at.

Examples:
  $ npx aurora-migrations plan --stack Shop
  $ npx aurora-migrations plan migrations --stack Shop
  $ npx aurora-migrations plan --url mysql://root@127.0.0.1/shop`,
    )
    .action(async (directory: string | undefined, flags: PlanOptions) => {
      const options = withFolder(command, directory, flags);
      const [{ runOnTarget }, { runPlan }] = await Promise.all([
        import('../run-on-target.js'),
        import('../look/run-plan.js'),
      ]);
      const wanted = { json: options.json === true, directory: options.directory };
      process.exitCode = await runOnTarget(options, (on) => runPlan(on, wanted), { takesFolder: true });
    });
}
