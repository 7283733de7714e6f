import type { Command } from 'commander';
import { addFolder, addTargetOptions, TARGET_HELP, type TargetOptions, withFolder } from './target-options';

interface StatusOptions extends TargetOptions {
  readonly diff?: true;
  readonly json?: true;
}

/** Adds `status`. */
export function addStatus(program: Command): void {
  const command = addFolder(program.command('status'))
    .summary('say what is applied and pending, what is not as it should be, and how deployments ended')
    .description(
      'Looks into a deployed database through the function of its stack, or into a server: what is applied, pending, edited, missing or in doubt, and the newest deployments with release, time and outcome. Changes nothing.',
    )
    .option('--diff', 'also how the schema differs from what the last run left')
    .option('--json', 'print the answer as JSON');
  addTargetOptions(command)
    .addHelpText(
      'after',
      `${TARGET_HELP}

Exit code: 0 nothing pending and all as released, 2
something is pending or not as it should be (where Prisma
has 1), 1 it could not be looked at.

Examples:
  $ npx aurora-migrations status --stack Shop
  $ npx aurora-migrations status --stack Shop --diff
  $ npx aurora-migrations status --url mysql://root@127.0.0.1/shop`,
    )
    .action(async (directory: string | undefined, flags: StatusOptions) => {
      const options = withFolder(command, directory, flags);
      const [{ runOnTarget }, { runStatus }] = await Promise.all([
        import('../run-on-target.js'),
        import('../look/run-status.js'),
      ]);
      const wanted = { diff: options.diff === true, json: options.json === true };
      process.exitCode = await runOnTarget(options, (on) => runStatus(on, wanted));
    });
}
