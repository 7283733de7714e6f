import type { CurrentStep } from '../../lambda/commands/current-step';
import type { WatchAnswer, WatchedDeployment } from '../../lambda/commands/watch';
import { withoutSecrets } from '../../lib/review/secrets';
import { asCommandLine, commandLineOf } from '../advice';
import { counted } from '../counted';
import { hasDied, wasStopped } from '../look/dead-run';
import { lineBehind } from '../doubtful-step';
import { shortened } from '../terminal/shortened';
import type { TextStyle } from '../terminal/terminal';
import { wrappedLines } from '../terminal/wrapped-text';

/** Characters of a statement that are shown. */
const MOST_OF_STATEMENT = 60;

/** What goes on at this moment, in one line. */
export function watchLine({ deployment, current, statement, blockedBy, isLocked }: WatchAnswer): string {
  const clock =
    deployment === null || deployment.tookMs === null || deployment.hasEnded ? '' : `${elapsed(deployment.tookMs)}  `;
  if (current === null && isLocked) return `${clock}between two migrations`;
  const where = current === null ? '' : `; ${placeOf(current)} is where it stopped`;
  if (current === null || !isLocked)
    return `${clock}nobody is at work: the function waits for its next attempt, or has died${where}`;
  const { migration, direction, sql } = current;
  const doing = direction === 'up' ? '' : 'reverting ';
  const count =
    deployment === null || deployment.pending === 0
      ? ''
      : ` (${deployment.applied + 1} of ${deployment.applied + deployment.pending})`;
  const parts = [
    `${doing}${migration}${count}, ${howFar(current, statement?.isRunning === true && sql !== null)}`,
    ...(sql === null ? [] : [shortened(withoutSecrets(sql), MOST_OF_STATEMENT)]),
    ...progressOf(statement),
    ...(blockedBy === null ? [] : [`waits for ${blockedBy}`]),
  ];
  return `${clock}${parts.join('; ')}`;
}

/** What tells whether a line says something new, beside time and share. */
export function keyOf({ current, statement, blockedBy, isLocked }: WatchAnswer): string {
  const tenth = Math.floor((statement?.share ?? -1) * 10);
  return JSON.stringify([current?.migration, current?.direction, current?.step, tenth, blockedBy !== null, isLocked]);
}

/** How a deployment ended. */
export function endLines(answer: WatchAnswer, style: TextStyle): readonly string[] {
  return [...deploymentLines(answer, style), ...byHandLines(answer, style)];
}

/** The schema may be another one than the deployment has left. */
function byHandLines({ byHand = [] }: WatchAnswer, { width }: TextStyle): readonly string[] {
  const last = byHand.at(-1);
  if (last === undefined) return [];
  const what = [...new Set(byHand.map(({ type }) => type))].join(' and ');
  const error = last.error === null ? '' : ` (${last.type} failed: ${asCommandLine(last.error)})`;
  return wrappedLines(
    `Since then, by hand: ${what}${error}. See "${commandLineOf({ command: 'status' })}".`,
    width,
    '',
  );
}

function deploymentLines(answer: WatchAnswer, { width, colors }: TextStyle): readonly string[] {
  const { deployment } = answer;
  if (deployment === null) return ['Nothing was deployed to this database yet.'];
  const { status, version, applied, tookMs, error, isOwed, isContract, isRefused } = deployment;
  const type = isContract ? `${deployment.type} (contract)` : deployment.type;
  const of = version === null || version === '' ? '' : ` of ${version}`;
  if (isDead(answer)) {
    const where = answer.current === null ? '' : ` in ${placeOf(answer.current)}`;
    return [
      colors.red(`${type}${of}: died${where}; nobody is at work`),
      `  See "${commandLineOf({ command: 'verify' })}" for what to do.`,
    ];
  }
  const isStopped = status === 'reverted' && wasStopped(error);
  const took = tookMs === null || isRefused ? '' : ` in ${elapsed(tookMs)}`;
  const ended = isStopped ? 'was stopped, and reverted' : isRefused ? 'refused' : WORDS[status];
  const outcome = isOwed ? 'rolled back, and its revert is owed' : ended;
  const count = status === 'applied' ? `, ${counted(applied, 'migration')}` : '';
  const line = `${type}${of}: ${outcome}${took}${count}`;
  const paint = status === 'applied' && !isOwed ? colors.green : colors.red;
  return [paint(line), ...(error === null ? [] : wrappedLines(asCommandLine(error), width, '  '))];
}

const WORDS: Readonly<Record<WatchedDeployment['status'], string>> = {
  applied: 'applied',
  reverted: 'failed and was reverted',
  failed: 'failed, and could not be reverted',
  running: 'not ended',
  reverting: 'its revert has not ended',
};

/** Whether somebody is at work, or will be. */
export function isGoingOn(answer: WatchAnswer): boolean {
  const { isLocked, deployment } = answer;
  return isLocked || (deployment !== null && !deployment.hasEnded && !isDead(answer));
}

/** Whether the newest run died, and nobody goes on with it. */
export function isDead({ isLocked, deployment }: Pick<WatchAnswer, 'isLocked' | 'deployment'>): boolean {
  return deployment !== null && hasDied(deployment, !isLocked);
}

function placeOf(current: CurrentStep): string {
  return `${current.migration}, ${stepOf(current)}`;
}

function stepOf({ direction, step, steps, ...place }: CurrentStep): string {
  return `step ${step}${direction === 'up' ? ` of ${steps}` : ''}${lineBehind(place)}`;
}

/** `isShown`: whether the statement that is shown is the one that runs, which need not be one of a step. */
function howFar(current: CurrentStep, isShown: boolean): string {
  const { isJournalled, isSeen } = current;
  const at = stepOf(current);
  if (isJournalled) return isShown && isSeen === false ? `${at} or behind it` : at;
  return `${isSeen === true ? `${at}, ` : ''}in a transaction with its rows`;
}

function progressOf(statement: WatchAnswer['statement']): readonly string[] {
  if (statement === null || !statement.isRunning) return [];
  const { state, share } = statement;
  if (share === null) return state === null ? [] : [state];
  return [`${state === null ? '' : `${state} `}${Math.round(share * 100)} %`];
}

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
