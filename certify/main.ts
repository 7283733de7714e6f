import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command, CommanderError } from 'commander';
import { EXIT_CODE } from '../cli/exit-code';
import { ExpectedFailure } from '../cli/expected-failure';
import { withStopSignal } from '../cli/terminal/stop-signal';
import { processTerminal, type Terminal } from '../cli/terminal/terminal';
import { packageRoot } from '../lib/package-root';
import { AwsTarget } from './aws/aws-target';
import { type Certificate, certify, isWhole, verdictLines } from './certify';
import { RehearsalTarget } from './rehearsed/rehearsal-target';
import type { CertifyTarget } from './target/target';

interface Flags {
  readonly rehearsal?: boolean;
  readonly yes?: boolean;
  readonly output: string;
}

const program = new Command('certify')
  .description(
    'Plays on AWS what this project assumes of CloudFormation, Lambda and Aurora, and writes down what was seen. ' +
      'Deploys two stacks, CertifyBase and Certify, and deletes them at the end.',
  )
  .exitOverride()
  .option('--rehearsal', 'play it on this machine, without an account')
  .option('--yes', 'deploy without being asked')
  .option('--output <folder>', 'where certify.json and certify.md go', 'certify-evidence')
  .addHelpText(
    'after',
    '\nAccount and region are those of the AWS SDK: AWS_PROFILE, AWS_REGION and the like. What it costs and how long it\n' +
      'takes: examples/certify/README.md\n\nExit codes: 0 all held, 2 something differs, 1 not all could be played\n(what a rehearsal cannot play does not count)',
  )
  .action(run);

void program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    // What was wrong is printed already; help comes here too.
    process.exitCode = error.exitCode === 0 ? EXIT_CODE.fine : EXIT_CODE.usage;
    return;
  }
  const isExpected = error instanceof ExpectedFailure;
  process.stderr.write(
    isExpected ? `certify: ${error.message} [${error.code}]\n` : `${String((error as Error).stack)}\n`,
  );
  process.exitCode = isExpected ? error.exitCode : EXIT_CODE.failed;
});

async function run({ rehearsal, yes, output }: Flags): Promise<void> {
  const terminal = processTerminal();
  const target = rehearsal === true ? await RehearsalTarget.start() : await awsTarget(terminal, yes === true);
  process.exitCode = await withStopSignal(async (signal) => {
    signal.addEventListener('abort', () =>
      terminal.note('stopping: what is under way is waited for, then all is deleted. Ctrl-C once more leaves it there'),
    );
    try {
      const certificate = await certify(target, output, terminal, signal, known(target));
      terminal.print(verdictLines(certificate, terminal));
      return exitCodeOf(certificate, target);
    } catch (error) {
      if (!signal.aborted) throw error;
      return EXIT_CODE.stopped;
    }
  });
}

function exitCodeOf(certificate: Certificate, target: CertifyTarget): number {
  if (certificate.judged.some(({ verdict }) => verdict.kind === 'differs')) return EXIT_CODE.found;
  return isWhole(certificate, target) ? EXIT_CODE.fine : EXIT_CODE.failed;
}

/** Shows whose account it is, and what it costs; asks before anything is made there. */
async function awsTarget(terminal: Terminal, yes: boolean): Promise<AwsTarget> {
  const target = await AwsTarget.find({
    'cdk-aurora-migrations': versionOf(packageRoot()),
    'aws-cdk': versionOf(path.dirname(require.resolve('aws-cdk/package.json'))),
    'aws-cdk-lib': versionOf(path.dirname(require.resolve('aws-cdk-lib/package.json'))),
  });
  const { account, region } = target.caller;
  terminal.note(`account ${account}, region ${region}: two stacks, about two and a half hours, about 0.45 dollars`);
  await target.refuseForeignStacks();
  if (!yes && !(await isAgreed())) {
    throw new ExpectedFailure('not-agreed', 'nothing was deployed. Answer yes, or give --yes', EXIT_CODE.found);
  }
  return target;
}

async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await questions.question('Deploy them there? [y/N] ')).trim());
  } finally {
    questions.close();
  }
}

/** What the patterns cannot know. */
function known(target: CertifyTarget): readonly (readonly [string, string])[] {
  const account: (readonly [string, string])[] =
    target instanceof AwsTarget ? [['account', target.caller.account]] : [];
  return [...account, ['home', homedir()]];
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { readonly version: string }).version;
}
