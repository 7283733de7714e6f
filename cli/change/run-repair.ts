import type { RepairResult } from '../../lambda/commands/repair';
import type { StatusAnswer } from '../../lambda/commands/status';
import type { Verification } from '../../lambda/commands/verify';
import { commandLineOf } from '../advice';
import { atWorkLines } from '../look/at-work';
import type { CommandEvent } from '../command-runner';
import { counted } from '../counted';
import { EXIT_CODE } from '../exit-code';
import type { OnTarget } from '../run-on-target';
import { lookedCode, requireRelease, type Told, unknownText } from '../unknown-release';
import { answerOfKind, wholeAnswer } from '../whole-answer';
import { wrappedLines, wrappedText } from '../terminal/wrapped-text';
import { asker } from './confirm';
import { foreseenRepair } from './foreseen-repair';
import { permitted } from './permitted';
import { type RepairQuestion, repairQuestions } from './repair-questions';
import { sayNothingDone, sayRefused } from './say';

/** Keys of the answer that are not in those of older functions. */
const KEYS = ['edited', 'inDoubt', 'migrations'] as const;

/** Writes down what the command line says of a migration. */
export async function runRepair(
  on: OnTarget,
  event: CommandEvent,
  { json, yes }: { readonly json: boolean; readonly yes: boolean },
): Promise<number> {
  const { runner, terminal, signal } = on;
  const status = wholeAnswer<Told<StatusAnswer>>(await runner.run({ command: 'status' }, signal), KEYS);
  requireRelease(status);
  const foreseen = foreseenRepair(event, status);
  if (foreseen.kind === 'refused') {
    if (json) terminal.print(JSON.stringify(foreseen));
    return json ? EXIT_CODE.found : sayRefused(on, foreseen.failure);
  }
  const what = [
    ...atWorkLines(status.lockedBy, terminal.width),
    `This would be written into the journal: "${commandLineOf(foreseen.event)}"`,
  ];
  return (await permitted(on, 'repair', what, yes)) ? write(on, foreseen.event, json) : sayNothingDone(on, json);
}

/** Finds what only a person can say, and asks it; without a terminal, prints the questions and how each is answered. */
export async function askRepairs(on: OnTarget, { json }: { readonly json: boolean }): Promise<number> {
  const { runner, terminal, signal } = on;
  const status = wholeAnswer<Told<StatusAnswer>>(await runner.run({ command: 'status' }, signal), KEYS);
  const verification = wholeAnswer<Verification>(await runner.run({ command: 'verify' }, signal), ['findings']);
  const questions = repairQuestions(status, verification);
  if (json) {
    const { releaseUnknown } = status;
    terminal.print(JSON.stringify({ questions, ...(releaseUnknown !== undefined && { releaseUnknown }) }));
    return lookedCode(status, questions.length > 0);
  }
  if (status.releaseUnknown !== undefined) {
    terminal.print(wrappedText(unknownText('What is edited', status.releaseUnknown), terminal.width));
  }
  if (questions.length === 0) {
    const busy = status.lockedBy === null ? '' : ` But ${status.lockedBy} is at work: look again when that has ended.`;
    const beside = status.releaseUnknown === undefined ? '' : ' else';
    terminal.print(wrappedText(`${runner.where}: nothing${beside} needs a person.${busy}`, terminal.width));
    return lookedCode(status, false);
  }
  terminal.print(`${runner.where}: ${counted(questions.length, 'question')} that only a person can answer`);
  return askEach(questions, on);
}

async function askEach(questions: readonly RepairQuestion[], on: OnTarget): Promise<number> {
  const { runner, terminal, signal } = on;
  const person = asker(terminal, signal);
  if (person !== null) runner.requireChangeable('repair');
  let code: number = EXIT_CODE.fine;
  try {
    for (const question of questions) {
      for (const line of questionLines(question, on, person === null)) terminal.print(line);
      const answers = question.ways.map(({ answer }) => answer).join(', ');
      const answer = person === null ? null : await person.ask(`Your answer (${answers}; anything else leaves it):`);
      const way = question.ways.find((each) => each.answer === answer);
      const came = way === undefined ? EXIT_CODE.found : await write(on, way.event, false);
      code = Math.max(code, came);
      if (way === undefined && person !== null) terminal.print('Left as it is.');
    }
  } finally {
    person?.end();
  }
  return signal.aborted ? EXIT_CODE.stopped : code;
}

function questionLines(
  { migration, what, statement, ways }: RepairQuestion,
  { terminal: { width, colors } }: OnTarget,
  saysHow: boolean,
): readonly string[] {
  return [
    '',
    colors.bold(migration),
    ...wrappedLines(what, width, '  '),
    ...(statement === null ? [] : statement.split('\n').map((line) => `    ${line}`)),
    ...ways.flatMap(({ answer, means, event }) => [
      ...wrappedLines(`${answer}: ${means}`, width, '  '),
      ...(saysHow ? [`    ${commandLineOf(event)} --yes`] : []),
    ]),
  ];
}

async function write({ runner, terminal, signal }: OnTarget, event: CommandEvent, json: boolean): Promise<number> {
  const result = answerOfKind<RepairResult>(await runner.run(event, signal), ['repaired', 'refused']);
  if (json) terminal.print(JSON.stringify(result));
  if (result.kind === 'refused') return json ? EXIT_CODE.found : sayRefused({ terminal }, result.failure);
  if (!json) {
    const { migration, state, stepsDone, stepsTotal } = result;
    const now =
      state === null ? 'is no longer in the history' : `is ${state}, ${stepsDone} of ${stepsTotal} steps done`;
    // By a URL there is no stack whose rollback could be continued.
    const command = state === 'reverting' ? 'down' : 'up';
    const then = runner.isShared ? 'Continue the rollback, or deploy.' : `Go on with "${commandLineOf({ command })}".`;
    terminal.print(wrappedText(`Written: ${migration} ${now}. Nothing of it was run. ${then}`, terminal.width));
  }
  return EXIT_CODE.fine;
}
