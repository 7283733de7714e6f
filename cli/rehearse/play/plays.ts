import { withoutExtension } from '../../../lambda/manifest/name';
import { behindStep, placeOf } from '../../../lambda/manifest/step-lines';
import { counted } from '../../counted';
import type { SchemaDump } from '../../../rehearsal/servers/schema-dump';
import type { Check, PlayKind, PlayReport } from '../report/rehearsal-report';
import { answersAreRight, codeHadItsSchema, endsAs, type Kept, noDrift, sameSchema } from './checks';
import type { DatabaseDumps } from './database-dumps';
import { databaseOf } from './database-reports';
import { type DeathPoint, pendingOf } from './death-point';
import type { Waiting } from './waiting-code';
import type { ReleaseContent } from './release-content';
import { type Act, SIBLING, type Stage } from './stage';
import { timelineOf } from './timeline';

/** What plays are about. */
export interface Plot {
  readonly stage: Stage;
  readonly isFirstRelease: boolean;
  readonly next: readonly ReleaseContent[];
  /** Names of the migrations of the base release, by logical id of the construct. */
  readonly base: ReadonlyMap<string, ReadonlySet<string>>;
  readonly death: DeathPoint | null;
  /** What of the releases waits for the migrations. */
  readonly waiting: Waiting;
}

/** What came of a play, and all that was seen of it. */
export interface Seen {
  readonly report: PlayReport;
  readonly act: Act;
}

/** The deployment, undisturbed. */
export async function playForward(plot: Plot): Promise<Seen> {
  await plot.stage.begin();
  const act = await plot.stage.deploy();
  const { result } = act.recording;
  // The same template: CloudFormation has nothing to do.
  const isNothing = result.events.length === 0;
  const expected = plot.isFirstRelease ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE';
  const count = plot.next.reduce((sum, content) => sum + pendingOf(content, plot.base).length, 0);
  const ends = endsAs(expected, act.recording);
  const story = isNothing
    ? 'The two releases have the same template: there is nothing to deploy.'
    : storyOfForward(plot.isFirstRelease, count, ends.kind === 'held');
  const then = ends.kind === 'held' ? [allApplied(plot, act)] : asBefore(plot, act);
  const checks = isNothing ? [] : [ends, ...then, codeHadItsSchema(act.recording, plot.waiting)];
  return { report: reportOf('forward', story, checks, act, plot), act };
}

function storyOfForward(isFirstRelease: boolean, count: number, isGood: boolean): string {
  const created = isFirstRelease ? 'created' : 'updated';
  if (!isGood) {
    return `The stack is not ${created}: the deployment of ${count === 0 ? 'a release without new migrations' : counted(count, 'new migration')} fails.`;
  }
  return `The stack is ${created}, and ${count === 0 ? 'no migration is pending' : `${count} of its migrations ${count === 1 ? 'is' : 'are'} applied`}.`;
}

/** The stack is deleted, after the deployment. */
export async function playDelete(plot: Plot): Promise<PlayReport> {
  const act = await plot.stage.destroy();
  const reverting = plot.next.filter(({ onDelete }) => onDelete === 'REVERT');
  const reverted = new Set(reverting.map((content) => databaseOf(content, act)));
  const areAll = reverting.length === plot.next.length;
  const of = (dumps: DatabaseDumps, isReverted: boolean): DatabaseDumps =>
    new Map([...dumps].filter(([name]) => areAll || reverted.has(name) === isReverted));
  const checks = [endsAs('DELETE_COMPLETE', act.recording)];
  if (reverting.length > 0) {
    const left = withoutJournals(of(act.after, true));
    const none = sameSchema('nothing of the schema is left', new Map(), left, keptIn(plot, new Map(), act));
    checks.push(none, ...(none.kind === 'broken' ? [] : noDrift(act.recording)));
  }
  if (!areAll) checks.push(sameSchema('the schema stays', of(act.before, false), of(act.after, false)));
  return reportOf('delete', storyOfDelete(reverting.length, areAll), checks, act, plot);
}

function storyOfDelete(reverting: number, areAll: boolean): string {
  if (reverting === 0) return 'The stack is deleted, and leaves the schema as it is (onDelete: RETAIN).';
  if (areAll) return 'The stack is deleted, and reverts its migrations (onDelete: REVERT).';
  return 'The stack is deleted, reverts its migrations where onDelete is REVERT, and leaves the schema where it is RETAIN.';
}

/** Something else of the stack fails when all of it is there: code and schema are rolled back. */
export async function playSiblingFails(plot: Plot): Promise<Seen> {
  await plot.stage.begin();
  const reason = 'Resource handler returned message: "made to fail by the rehearsal"';
  const act = await plot.stage.deploy({ fail: { [SIBLING]: reason } });
  const story =
    'When all of the new release is there, the application’s new code too, one more resource fails, and CloudFormation rolls everything back.';
  const checks = [...rolledBack(plot, act), codeHadItsSchema(act.recording, plot.waiting)];
  return { report: reportOf('sibling-fails', story, checks, act, plot), act };
}

/** The function dies once, and Lambda calls it again. */
export async function playDiesOnce(plot: Plot, forward: Seen): Promise<PlayReport> {
  const { death } = plot;
  if (death === null) return skipped('dies-once', WITHOUT_DEATH);
  await plot.stage.begin();
  const act = await plot.stage.deploy({
    deaths: { [death.logicalId]: [{ kind: 'after-statement', statement: death.statement }] },
  });
  const expected = plot.isFirstRelease ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE';
  const story = `The function dies ${momentOf(death)}, before it knows that the server has carried it out. Lambda calls it again, and it goes on from there.`;
  const checks = [
    died(act, 1),
    endsAs(expected, act.recording),
    sameSchema('the schema is what the undisturbed deployment has made', forward.act.after, act.after),
    codeHadItsSchema(act.recording, plot.waiting),
  ];
  return reportOf('dies-once', story, checks, act, plot);
}

/** The function dies in all its attempts. */
export async function playDiesAlways(plot: Plot): Promise<PlayReport> {
  const { death } = plot;
  if (death === null) return skipped('dies-always', WITHOUT_DEATH);
  await plot.stage.begin();
  const atStart = { kind: 'at-start' } as const;
  const act = await plot.stage.deploy({
    deaths: { [death.logicalId]: [{ kind: 'after-statement', statement: death.statement }, atStart, atStart] },
  });
  const story = `The function dies ${momentOf(death)}, and in both further attempts. Its deployment fails, and the rollback finds a migration that is half applied.`;
  return reportOf(
    'dies-always',
    story,
    [died(act, 3), ...rolledBack(plot, act), codeHadItsSchema(act.recording, plot.waiting)],
    act,
    plot,
  );
}

/** In place of plays that would only say once more that the deployment itself does not succeed. */
export function notReached(kind: PlayKind): PlayReport {
  return skipped(kind, 'The undisturbed deployment does not succeed: that first.');
}

const WITHOUT_DEATH = 'No new migration in SQL: there is no statement that the function could die at.';

function momentOf({ migration, step, steps }: DeathPoint): string {
  return `after statement ${step} of ${steps} of ${migration.file}${behindStep(placeOf(migration, 'up', step - 1))}`;
}

/** Whether the function really died: otherwise the play was another one. */
function died({ recording }: Act, times: number): Check {
  const crashed = recording.invocations.filter(({ outcome }) => outcome.kind === 'crashed').length;
  const what = times === 1 ? 'the function died once' : `the function died in all ${times} attempts`;
  if (crashed === times) return { kind: 'held', what, details: [] };
  return {
    kind: 'broken',
    what,
    details: [`it died ${crashed} times: this is a fault of the rehearsal, please report it`],
  };
}

function rolledBack(plot: Plot, act: Act): readonly Check[] {
  return [
    endsAs(plot.isFirstRelease ? 'ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE', act.recording),
    ...asBefore(plot, act),
  ];
}

function asBefore(plot: Plot, act: Act): readonly Check[] {
  const [before, after] = [withoutEmpty(act.before, act.after), withoutEmpty(act.after, act.before)];
  const same = sameSchema('the schema is what it was before', before, after, keptIn(plot, act.before, act));
  // What this look has found need not be said twice.
  return same.kind === 'broken' ? [same] : [same, ...noDrift(act.recording)];
}

/** A database that only holds an empty journal comes with the cluster, which is not there before. */
function withoutEmpty(dumps: DatabaseDumps, other: DatabaseDumps): DatabaseDumps {
  const holdsAny = ({ objects, history }: SchemaDump): boolean => objects.size > 0 || history.length > 0;
  return new Map([...dumps].filter(([name, dump]) => other.has(name) || holdsAny(dump)));
}

function withoutJournals(dumps: DatabaseDumps): DatabaseDumps {
  const bare = new Map([...dumps].map(([name, dump]) => [name, { ...dump, history: [] }]));
  return withoutEmpty(bare, new Map());
}

/**
 * What a rollback has kept: irreversible migrations, and those before them that came with the same release.
 *
 * @param before the databases whose migrations were there already
 */
function keptIn({ next }: Plot, before: DatabaseDumps, act: Act): readonly Kept[] {
  return next.flatMap((content) => {
    const database = databaseOf(content, act);
    const namesOf = (dumps: DatabaseDumps): readonly string[] =>
      (dumps.get(database)?.history ?? []).filter(isWhole).map(({ name }) => withoutExtension(name));
    const was = new Set(namesOf(before));
    const is = new Set(namesOf(act.after));
    const fresh = content.manifest.migrations.filter(({ name }) => is.has(name) && !was.has(name));
    return fresh.slice(0, fresh.findLastIndex(({ irreversible }) => irreversible) + 1).map((migration): Kept => {
      const script = content.script(migration);
      const { name, irreversible: isIrreversible } = migration;
      return { database, name, isIrreversible, sql: script.kind === 'sql' ? script.up.join('\n') : null };
    });
  });
}

/** Whether all migrations of the release are there, each in its own database. */
function allApplied({ next }: Plot, act: Act): Check {
  const what = 'all migrations of the release are applied';
  const missing = next.flatMap((content) => {
    const name = databaseOf(content, act);
    const history = act.after.get(name)?.history ?? [];
    const applied = new Set(history.filter(isWhole).map((row) => withoutExtension(row.name)));
    return content.manifest.migrations
      .filter((each) => !applied.has(each.name))
      .map((each) => (next.length === 1 ? `${each.name} is not` : `${each.name} is not, in ${name}`));
  });
  return { kind: missing.length === 0 ? 'held' : 'broken', what, details: missing };
}

function reportOf(kind: PlayKind, story: string, checks: readonly Check[], act: Act, plot: Plot): PlayReport {
  const { recording } = act;
  const all = [...checks, ...answersAreRight(recording)];
  const old = new Set([...plot.base.values()].map((names) => [...names].at(-1)));
  const newest = new Set<string>(plot.next.map(({ manifest }) => manifest.migrations.at(-1)?.name ?? ''));
  return {
    kind,
    outcome: all.some((check) => check.kind === 'broken') ? 'found' : 'held',
    story,
    checks: all,
    milliseconds: recording.milliseconds,
    timeline: timelineOf(recording, (release) => newest.has(release) && !old.has(release)),
  };
}

function skipped(kind: PlayKind, story: string): PlayReport {
  return {
    kind,
    outcome: 'skipped',
    story,
    checks: [],
    milliseconds: 0,
    timeline: { milliseconds: 0, rows: [], marks: [] },
  };
}

/** Whether a row of a journal says that its migration is there, not that it is half applied. */
function isWhole({ state }: { readonly state: string }): boolean {
  return state === 'applied' || state === 'kept';
}
