import { type Command, Option } from 'commander';
import { withStopSignal } from '../terminal/stop-signal';
import { processTerminal } from '../terminal/terminal';

interface RehearseFlags {
  readonly from?: string;
  readonly app?: string;
  readonly assembly?: string;
  readonly fromAssembly?: string;
  readonly stack?: string;
  readonly context?: readonly string[];
  readonly parameters?: readonly string[];
  readonly report?: readonly string[];
  readonly json?: true;
}

function added(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Adds `rehearse`. */
export function addRehearse(program: Command): void {
  program
    .command('rehearse')
    .summary('play the deployment of your stack, disturbed and undisturbed, on a throwaway server')
    .description(
      'Plays what "cdk deploy" would do with the migrations of your CDK app: the release before is taken from git, the new one from the working tree. CloudFormation and Lambda are played on this machine, with the real function on a real server. Then it plays what may go wrong: another resource that fails, a function that dies in the middle, a deletion. It needs no AWS.',
    )
    .option(
      '--from <git ref>',
      'the release before (default: where this branch has left the main one; on that, HEAD or the commit before)',
    )
    .option('--app <command>', 'how the CDK app is run (default: as cdk.json says)')
    .addOption(new Option('--assembly <folder>', 'the new release, as "cdk synth" has made it').conflicts('app'))
    .addOption(
      new Option('--from-assembly <folder>', 'the release before, as "cdk synth" has made it').conflicts('from'),
    )
    .option('-c, --context <key=value>', 'context for the app, in both releases; may be given several times', added)
    .option(
      '--parameters <[stack:]name=value>',
      'value of a parameter of the template, in both releases, as for "cdk deploy"; may be given several times (default: as the template says, else made up)',
      added,
    )
    .option('--stack <name>', 'the stack (default: of cdk.json, else the only one with migrations)')
    .option('--report <file>', 'also write a report, FILE.html or FILE.md; may be given twice', added)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Exit code: 0 all came out as it must, 2 something did not,
1 it could not be played.

Examples:
  $ npx aurora-migrations rehearse
  $ npx aurora-migrations rehearse --from v1.4.0 --report rehearsal.html
  $ npx aurora-migrations rehearse --assembly cdk.out --stack Production/Shop
  $ npx aurora-migrations rehearse --parameters Shop:DatabaseName=shop`,
    )
    .action(async ({ context, parameters, report, json, ...options }: RehearseFlags) => {
      const { runRehearse } = await import('../rehearse/run-rehearse.js');
      const wanted = {
        ...options,
        context: context ?? [],
        parameters: parameters ?? [],
        reports: report ?? [],
        json: json === true,
      };
      process.exitCode = await withStopSignal((signal) => runRehearse(wanted, processTerminal(), signal));
    });
}
