import type { AdoptResult, Shown } from '../../lambda/commands/adopt';
import type { StatusAnswer } from '../../lambda/commands/status';
import type { Refused } from '../../lambda/words/failure';
import { asCommandLine } from '../advice';
import { confirmed } from '../change/confirm';
import type { CommandEvent, CommandRunner } from '../command-runner';
import type { TargetOptions } from '../commands/target-options';
import { counted } from '../counted';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import { migrationsFolder } from '../migrations-folder';
import { type OnTarget, runOnTarget } from '../run-on-target';
import { readSettings } from '../settings';
import type { Terminal } from '../terminal/terminal';
import { wrappedText } from '../terminal/wrapped-text';
import { answerOfKind, wholeAnswer } from '../whole-answer';
import { wholeNameOf } from '../whole-name';
import { editedSince } from './flyway-checksum';
import { foundText } from './found-text';

/** Flags of `adopt` and `baseline`. */
export interface AdoptOptions extends TargetOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * Shows what would count as applied, and has it recorded once somebody says so. Gives the exit code.
 *
 * @param event the command of the function, without what is to be recorded
 */
export async function runAdopt(event: CommandEvent, options: AdoptOptions): Promise<number> {
  return runOnTarget(options, (on) => adopt(event, options, on));
}

async function adopt(event: CommandEvent, options: AdoptOptions, on: OnTarget): Promise<number> {
  const { runner, terminal, signal } = on;
  const whole = await byWholeName(event, runner, signal);
  const found = await asked(whole, on);
  if (found.kind === 'refused') return tellRefused(found, options, terminal);
  const edited = editedIn(found, options, on);
  const json = (answer: Shown): string => JSON.stringify({ ...answer, edited });
  if (!options.json) terminal.print(foundText(found, edited, terminal));
  if (found.record.length === 0) {
    terminal.print(options.json ? json(found) : 'Nothing is left to be recorded.');
    return EXIT_CODE.fine;
  }

  runner.requireChangeable(event.command);
  const isInteractive = terminal.isInteractive && !options.json;
  const isMeant =
    !signal.aborted && (options.yes ?? (await confirmed(question(found, runner), { isInteractive }, signal)));
  if (isMeant !== true) {
    if (options.json) terminal.print(json(found));
    terminal.note(wrappedText(`Nothing was recorded.${isMeant === null ? ' With --yes it is.' : ''}`, terminal.width));
    return signal.aborted ? EXIT_CODE.stopped : EXIT_CODE.found;
  }
  const record = found.record.map(({ name }) => name);
  const recorded = await asked({ ...whole, record }, on);
  if (recorded.kind === 'refused') return tellRefused(recorded, options, terminal);
  const said = `Recorded ${counted(record.length, 'migration')} as applied; none of them was run.`;
  terminal.print(options.json ? json(recorded) : wrappedText(said, terminal.width));
  return EXIT_CODE.fine;
}

/** Texts that are not those that the other tool ran, where they are here. */
function editedIn({ record }: Shown, { directory }: AdoptOptions, { target }: OnTarget): readonly string[] {
  if (target.kind !== 'url') return [];
  const root = process.cwd();
  return editedSince(record, migrationsFolder(root, directory, readSettings(root)).path);
}

/** The function knows migrations by their names; people also say numbers and files. */
async function byWholeName(event: CommandEvent, runner: CommandRunner, signal: AbortSignal): Promise<CommandEvent> {
  const { to } = event;
  if (typeof to !== 'string' || /^\d+_[^./\\]+$/.test(to)) return event;
  const status = await runner.run({ command: 'status' }, signal);
  const { migrations, pending } = wholeAnswer<StatusAnswer>(status, ['migrations', 'pending']);
  const names = new Set<string>([...migrations.map(({ name }) => name), ...pending]);
  const until = wholeNameOf(to, [...names]);
  if (until.kind === 'unclear') {
    throw new ExpectedFailure('bad-request', `${until.why}; nothing was recorded`, EXIT_CODE.found);
  }
  return { ...event, to: until.name };
}

async function asked(event: CommandEvent, { runner, signal }: OnTarget): Promise<AdoptResult> {
  return answerOfKind<AdoptResult>(await runner.run(event, signal), ['found', 'recorded', 'refused']);
}

/** Says what is refused, also since a person has stopped it. Gives the exit code, or throws it with the text. */
function tellRefused(answer: Refused, { json }: AdoptOptions, terminal: Terminal): number {
  const { code, message } = answer.failure;
  const exitCode = code === 'stopped' ? EXIT_CODE.stopped : EXIT_CODE.found;
  if (!json) throw new ExpectedFailure(code, asCommandLine(message), exitCode);
  terminal.print(JSON.stringify(answer));
  return exitCode;
}

function question({ record }: Shown, { where }: CommandRunner): string {
  return `Record ${counted(record.length, 'migration')} as applied in ${where}?`;
}
