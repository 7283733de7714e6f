import type { DeploymentStatusLine, MigrationStatus, StatusAnswer } from '../../lambda/commands/status';
import { isHalf } from '../../lambda/plan/history';
import { asCommandLine, commandLineOf } from '../advice';
import { atWorkLines } from './at-work';
import { counted } from '../counted';
import { nameDoubtfulStep } from '../doubtful-step';
import { hasDied, wasStopped } from './dead-run';
import { tableOf } from '../terminal/table';
import type { TextStyle } from '../terminal/terminal';
import { type Told, unknownText } from '../unknown-release';
import { wrappedLines } from '../terminal/wrapped-text';
import { driftLines } from './drift-text';

/** Applied migrations that are shown one by one: the newest. */
const MOST_APPLIED = 10;

/** What a person reads of a status. */
export function statusText(status: Told<StatusAnswer>, style: TextStyle): readonly string[] {
  const { deployments, lockedBy, drift } = status;
  const { width } = style;
  return [
    ...atWorkLines(lockedBy, width),
    ...migrationLines(status, style),
    '',
    ...(deployments.length === 0 ? ['No deployment yet.'] : deploymentLines(status, style)),
    ...(drift === undefined ? [] : ['', ...driftLines(drift, style)]),
    '',
    ...verdictOf(status).flatMap((line) => wrappedLines(asCommandLine(line), width)),
  ];
}

/** Whether something is pending, or is not as the release says that it should be; or nobody can say, since somebody is at work. */
export function isBehindOrDiverged(status: StatusAnswer): boolean {
  return problemsOf(status).length > 0 || status.pending.length > 0 || status.lockedBy !== null;
}

function migrationLines(status: Told<StatusAnswer>, style: TextStyle): readonly string[] {
  const { migrations, pending } = status;
  const there = migrations.filter(({ name, state }) => !pending.includes(name) || state !== 'removed');
  const isQuiet = (each: MigrationStatus): boolean => each.state === 'applied' && wordOf(each, status) === 'applied';
  const older = there.slice(0, Math.max(0, there.length - MOST_APPLIED)).filter(isQuiet);
  const shown = there.filter((each) => !older.includes(each));
  const rows = [
    ...shown.map((each) => [each.name, wordOf(each, status), stepsOf(each)]),
    ...pending
      .filter((name) => !shown.some((each) => each.name === name))
      .map((name) => [name, status.contract.includes(name) ? 'pending (after the application)' : 'pending', '']),
  ];
  if (rows.length === 0 && older.length === 0)
    return [`No migration is applied${status.releaseUnknown === undefined ? ', and none is pending' : ''}.`];
  const first = older.length === 0 ? [] : [`  … ${counted(older.length, 'older migration')}, applied`];
  return [...first, ...tableOf(['migration', 'state', 'steps'], rows, style)];
}

function wordOf({ name, state }: MigrationStatus, status: StatusAnswer): string {
  const { edited, missing, lockedBy } = status;
  const doubt = doubtsIn(status).find(({ migration }) => migration === name);
  if (doubt !== undefined) return `in doubt at ${nameDoubtfulStep(doubt)}`;
  switch (state) {
    case 'applied':
      if (edited.includes(name)) return 'applied, edited since';
      return missing.includes(name) ? 'applied, not in the release' : 'applied';
    case 'applying':
      return lockedBy === null ? 'half applied' : 'being applied';
    case 'reverting':
      return lockedBy === null ? 'half reverted' : 'being reverted';
    case 'kept':
      return 'kept by a rollback';
    case 'removed':
      return 'reverted, not in the release';
    default:
      return state satisfies never;
  }
}

function stepsOf({ state, stepsDone, stepsTotal }: MigrationStatus): string {
  return stepsTotal === 0 || state === 'removed' ? '' : `${stepsDone}/${stepsTotal}`;
}

/** Runs of "up" that died. */
export function deadRuns({
  deployments,
  lockedBy,
}: Pick<StatusAnswer, 'deployments' | 'lockedBy'>): readonly DeploymentStatusLine[] {
  return runsAmong(deployments).filter(({ type, endedAt }, at) =>
    hasDied({ type, hasEnded: endedAt !== null }, lockedBy === null || at > 0),
  );
}

/** Without marks of what was done by hand. */
function runsAmong(deployments: readonly DeploymentStatusLine[]): readonly DeploymentStatusLine[] {
  return deployments.filter(({ type }) => type !== 'down' && type !== 'repair');
}

function deploymentLines(status: StatusAnswer, style: TextStyle): readonly string[] {
  const { deployments } = status;
  const dead = deadRuns(status);
  const rows = deployments.map((row) => [
    row.startedAt === null ? '' : `${row.startedAt.slice(0, 19).replace('T', ' ')} UTC`,
    row.stackId === null ? row.type : `${row.type} of ${stackName(row.stackId)}${row.isContract ? ' (contract)' : ''}`,
    row.version === null || row.version === '' ? '' : row.version,
    dead.includes(row) ? 'died' : outcomeOf(row),
    row.tookMs === null || row.type === 'down' || row.type === 'repair' || dead.includes(row)
      ? ''
      : `${(row.tookMs / 1000).toFixed(1)} s`,
  ]);
  const [newest] = deployments;
  const error = newest?.error ?? null;
  const why = error === null ? [] : wrappedLines(`The newest says: ${asCommandLine(error)}`, style.width, '  ');
  return [...tableOf(['deployment', 'by', 'release', 'outcome', 'took'], rows, style), ...why];
}

function outcomeOf({ type, status, isOwed, isRefused, error }: DeploymentStatusLine): string {
  if (isOwed) return 'rolled back, its revert is owed';
  const isStopped = wasStopped(error);
  // A mark of what was done by hand counts as reverted to whatever decides.
  if (type === 'down' || type === 'repair') return isStopped ? 'stopped' : error === null ? 'done' : 'failed';
  if (isStopped) return `stopped, ${status}`;
  return isRefused ? 'refused' : status;
}

/** The last part of the name in an ARN. */
function stackName(stackId: string): string {
  return /:stack\/([^/]+)/.exec(stackId)?.[1] ?? stackId;
}

/** While somebody is at work, a step that is not known to be done is the one that is run. */
function doubtsIn({ inDoubt, lockedBy }: StatusAnswer): StatusAnswer['inDoubt'] {
  return lockedBy === null ? inDoubt : [];
}

function problemsOf(status: StatusAnswer): readonly string[] {
  const { edited, missing, owed, migrations, deployments, drift, lockedBy } = status;
  const inDoubt = doubtsIn(status);
  const isLeft = (each: MigrationStatus): boolean =>
    lockedBy === null && isHalf(each) && !inDoubt.some(({ migration }) => migration === each.name);
  const half = migrations.filter(isLeft);
  const kept = migrations.filter(({ state }) => state === 'kept');
  const [newest] = runsAmong(deployments);
  const isDead = newest !== undefined && deadRuns(status).includes(newest);
  const isOpen = newest !== undefined && newest.status !== 'applied' && newest.status !== 'reverted';
  const isAtWork = lockedBy !== null && newest?.endedAt === null;
  return [
    ...(edited.length > 0 ? [`${edited.join(', ')}: edited since applied.`] : []),
    ...(missing.length > 0 ? [`${missing.join(', ')}: applied, and the release lacks it.`] : []),
    ...(kept.length > 0 ? [`${kept.map(({ name }) => name).join(', ')}: kept by a rollback.`] : []),
    ...(half.length > 0 ? [`${half.map(({ name }) => name).join(', ')}: only half there.`] : []),
    ...inDoubt.map((doubt) => {
      const { migration, statement } = doubt;
      const text = statement === null ? '' : ` (${statement})`;
      return `${migration}: nothing shows whether ${nameDoubtfulStep(doubt)} was done${text}.`;
    }),
    ...(owed.length > 0 ? ['What a rolled back release applied waits to be reverted.'] : []),
    ...(isDead ? ['The newest run died: it has not ended, and nobody is at work.'] : []),
    ...(isOpen && !isDead && !isAtWork ? [`The newest deployment is ${newest.status}.`] : []),
    ...(drift?.kind === 'compared' && drift.differences.length > 0
      ? ['The schema is not what the last run left.']
      : []),
  ];
}

function verdictOf(status: Told<StatusAnswer>): readonly string[] {
  const problems = problemsOf(status);
  const { releaseUnknown } = status;
  const unknown = releaseUnknown === undefined ? [] : [unknownText('What is pending or edited', releaseUnknown)];
  const pending =
    status.pending.length === 0
      ? []
      : [`${counted(status.pending.length, 'migration')} pending: see "${commandLineOf({ command: 'plan' })}".`];
  if (problems.length + pending.length + unknown.length === 0)
    return [status.lockedBy === null ? 'Nothing is pending, and all is as the release says.' : 'Nothing is pending.'];
  return [
    ...problems,
    ...pending,
    ...unknown,
    ...(problems.length > 0 ? [`See "${commandLineOf({ command: 'verify' })}" for what to do.`] : []),
  ];
}
