import { type Command, Option } from 'commander';
import type { LintFormat } from '../lint/formatted';
import { addFolder, withFolder } from './target-options';

interface LintOptions {
  readonly directory?: string;
  readonly base?: string;
  readonly format?: LintFormat;
  readonly json?: true;
  readonly failOn?: string;
  readonly reviewAfter?: string;
}

const FORMATS: readonly LintFormat[] = ['text', 'json', 'markdown', 'sarif', 'github'];

/** Adds `lint`. */
export function addLint(program: Command): void {
  const command = addFolder(program.command('lint'))
    .summary('say what is wrong with the migrations of a folder, or worth a second look')
    .description(
      'Reads all migrations of a folder, as the CDK does at synth, and says what would keep them from being deployed (errors), and what is worth a second look (warnings): rows that are lost, tables that are copied or locked, downs that leave something. It needs no server, no AWS and no CDK app.',
    )
    .option('-d, --directory <folder>', 'folder with the migrations (default: of cdk.json, else the usual one)')
    .option(
      '--base <git ref>',
      'also compare with what is released there: edited and removed migrations, and new ones that sort before released ones',
    )
    .option('--fail-on <codes>', 'warnings that count as errors: codes with commas, or "all"')
    .option('--review-after <name>', 'leave out the warnings of the migrations up to this name')
    .addOption(
      new Option(
        '--format <format>',
        'text has one line a finding, file:line:column code message; without --format, a terminal gets it in lines that fit',
      ).choices(FORMATS),
    )
    .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
    .addHelpText(
      'after',
      `
Exit code: 0 without errors, 2 with some.

A warning is acknowledged in the file, with the reason:
  -- review:ignore table-copy: the table is small

Examples:
  $ npx aurora-migrations lint
  $ npx aurora-migrations lint db/migrations
  $ npx aurora-migrations lint --base origin/main
  $ npx aurora-migrations lint --fail-on table-copy
  $ npx aurora-migrations lint --format sarif > lint.sarif`,
    )
    .action(async (directory: string | undefined, flags: LintOptions) => {
      const options = withFolder(command, directory, flags);
      const { lint } = await import('../lint/lint.js');
      process.exitCode = lint({
        ...options,
        format: options.json ? 'json' : options.format,
        failOn: options.failOn?.split(','),
      });
    });
}
