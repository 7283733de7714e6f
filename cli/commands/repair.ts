import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandEvent } from '../command-runner';
import { addAllowHost, addTargetOptions, fromOneUp, TARGET_HELP, type TargetOptions } from './target-options';

interface RepairOptions extends TargetOptions {
  readonly step?: number;
  readonly is?: string;
  readonly checksum?: string | true;
  readonly yes?: true;
  readonly json?: true;
}

/** Adds `repair`. */
export function addRepair(program: Command): void {
  const command = program
    .command('repair')
    .summary('say what became of a step or a migration, where only a person can know it')
    .description(
      'Asks what only a person can know (whether a step was done, where nothing shows it; what was made of a migration by hand, or that a pending one was run by hand; whether an edited text may stay), and writes the answers into the journal. Runs no statement of a migration. With a migration and an answer it asks nothing and writes just that.',
    )
    .argument('[migration]', 'the migration that the answer is about: its name, number or file')
    .addOption(new Option('--step <number>', 'the step that --is is about').argParser(fromOneUp))
    .addOption(
      new Option(
        '--is <what>',
        'done or not-done of a step; applied (also of a pending one) or reverted of a migration',
      ).choices(['done', 'not-done', 'applied', 'reverted']),
    )
    .addOption(
      new Option('--checksum [digits]', "the release's text counts as applied, or the one with this checksum")
        .argParser(digits)
        .conflicts(['is', 'step']),
    )
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the questions, or the result, as JSON');
  addAllowHost(addTargetOptions(command))
    .addHelpText(
      'after',
      `${TARGET_HELP}

Exit code: 0 nothing needs a person, or it was written; 2
questions are open, refused or not confirmed; 1 it failed.

Examples:
  $ npx aurora-migrations repair --stack Shop
  $ npx aurora-migrations repair 0002_clear --step 2 --is done --stack Shop
  $ npx aurora-migrations repair 0002_half --is reverted --stack Shop
  $ npx aurora-migrations repair 0001_user --checksum --stack Shop`,
    )
    .action(async (migration: string | undefined, options: RepairOptions) => {
      const event = migration === undefined ? null : eventOf(migration, options);
      if (
        event === undefined ||
        (event === null && (options.is ?? options.step ?? options.checksum ?? options.yes) !== undefined)
      ) {
        return command.error('error: name a migration, and say --is (with --step, of a step) or --checksum of it');
      }
      const [{ runOnTarget }, { askRepairs, runRepair }] = await Promise.all([
        import('../run-on-target.js'),
        import('../change/run-repair.js'),
      ]);
      const wanted = { yes: options.yes === true, json: options.json === true };
      process.exitCode = await runOnTarget(options, (on) =>
        event === null ? askRepairs(on, wanted) : runRepair(on, event, wanted),
      );
    });
}

/** Undefined where the flags do not say one thing. */
function eventOf(migration: string, { step, is, checksum }: RepairOptions): CommandEvent | undefined {
  if (checksum !== undefined) return { command: 'repair', migration, checksum };
  const isOfStep = is === 'done' || is === 'not-done';
  if (is === undefined || isOfStep !== (step !== undefined)) return undefined;
  return { command: 'repair', migration, ...(step !== undefined && { step }), is };
}

function digits(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('It is the 64 digits of a checksum, or left out for that of the release.');
}
