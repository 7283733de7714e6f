import type { Command } from 'commander';
import { addFolder, addTargetOptions, TARGET_HELP, type TargetOptions, withFolder } from './target-options';

interface WatchOptions extends TargetOptions {
  readonly wait?: true;
  readonly json?: true;
}

/** Adds `watch`. */
export function addWatch(program: Command): void {
  const command = addFolder(program.command('watch'))
    .summary('follow a deployment while CloudFormation shows nothing')
    .description(
      'Follows the deployment that runs: which migration and step, since when, how far the server is in an ALTER, if it tells, and who keeps it waiting. Ends with the deployment, and says how that ended. Takes no lock and changes nothing.',
    )
    .option('--wait', 'where nothing is going on, wait for a deployment to begin')
    .option('--json', 'print each look as one line of JSON');
  addTargetOptions(command)
    .addHelpText(
      'after',
      `${TARGET_HELP}

MariaDB tells how far an ALTER is; MySQL where its consumer
events_stages_current is on
(performance_schema.setup_consumers).

Exit code: 0 the newest deployment was applied, 1 it failed,
was reverted, or could not be looked at.

Examples:
  $ npx aurora-migrations watch --stack Shop
  $ npx aurora-migrations watch --stack Shop --wait`,
    )
    .action(async (directory: string | undefined, flags: WatchOptions) => {
      const options = withFolder(command, directory, flags);
      const [{ runOnTarget }, { runWatch }] = await Promise.all([
        import('../run-on-target.js'),
        import('../watch/run-watch.js'),
      ]);
      const wanted = { wait: options.wait === true, json: options.json === true };
      process.exitCode = await runOnTarget(options, (on) => runWatch(on, wanted));
    });
}
