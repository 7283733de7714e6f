import { compareNames } from '../manifest/name';
import type { Manifest, ManifestEntry } from '../manifest/types';
import type { Confirmed } from '../plan/command';
import { stands, type DeploymentRow, type History, type HistoryRow } from '../plan/history';
import { listNames } from '../words/explain';
import { refuse, type Refused } from '../words/failure';
import { numberOf } from './by-number';
import type { ToolReading, ToolRecord } from './tool-history';

/** What would count as applied without being run, and what goes with it. */
export interface AdoptPlan {
  readonly kind: 'adopt';
  /** To be written, in the order of the release. */
  readonly record: readonly Recorded[];
  /** Written before. */
  readonly already: readonly string[];
  /** In the other tool's history and not in the release. */
  readonly unknown: readonly string[];
  /** In the release and not in the other tool's history, so that the next deployment applies them. */
  readonly pending: readonly string[];
  /** Of these, the ones that sort before one that is applied. */
  readonly late: readonly string[];
  readonly notes: readonly string[];
}

/** A migration that is to count as applied. */
export interface Recorded extends ToolRecord {
  readonly entry: ManifestEntry;
}

/** What of another tool's history is to be recorded in this database; or why nothing may be. */
export function planAdopt(reading: ToolReading, table: string, code: Manifest, history: History): AdoptPlan | Refused {
  if (reading.kind === 'unfit') return cannotAdopt(reading.problem);
  const { records, notes } = reading;
  if (records.length === 0) {
    return cannotAdopt(`${table} holds no migration that is applied, so that there is nothing to adopt: deploy`);
  }
  const byName = new Map(records.flatMap((record) => (record.name === null ? [] : [[record.name, record] as const])));
  const unknown = records.flatMap(({ theirs, name }) => (name === null ? [theirs] : []));
  if (byName.size === 0) return cannotAdopt(noneMatches(unknown, table, code));
  const plan = planRecords(byName, unknown, notes, code, history);
  if (plan.kind === 'refused' || unknown.length === 0) return plan;
  const doubtful = plan.pending.filter((name) => plan.late.includes(name) || unknown.some(isAtOrAbove(name)));
  return doubtful.length === 0 ? plan : cannotAdopt(mayBeSame(unknown, table, doubtful));
}

/** Whether what has no name in the release has a number from that of this name on. */
function isAtOrAbove(name: string): (theirs: string) => boolean {
  return (theirs) => numberOf(theirs.replace(/^\D+/, '')) >= numberOf(name);
}

/** Records all migrations up to one. */
export function planBaseline(to: string, code: Manifest, history: History): AdoptPlan | Refused {
  const names = code.migrations.map(({ name }) => name);
  const last = names.findIndex((name) => name === to);
  if (last === -1) {
    const there = names.length === 0 ? 'no migration at all' : `${names.at(0)} to ${names.at(-1)}`;
    return refuse('bad-request', `the release has no ${to}; it has ${there}; nothing was written`);
  }
  const records = names.slice(0, last + 1).map((name) => [name, { theirs: '', name }] as const);
  return planRecords(new Map(records), [], [], code, history);
}

/** Whether what somebody was shown is still what would be written. */
export function checkConfirmed(record: Exclude<Confirmed, null>, plan: AdoptPlan): Refused | null {
  const wanted = plan.record.map(({ entry }) => entry.name as string);
  const missing = wanted.filter((name) => !record.includes(name));
  const others = record.filter((name) => !wanted.includes(name));
  if (missing.length === 0 && others.length === 0) return null;
  const differences = [
    ...(missing.length > 0 ? [`${listNames(missing)} would be recorded besides`] : []),
    ...(others.length > 0 ? [`${listNames(others)} would not be recorded`] : []),
  ];
  return cannotAdopt(`it is not what is confirmed: ${differences.join(', and ')}. Look again`);
}

function planRecords(
  byName: ReadonlyMap<string, ToolRecord>,
  unknown: readonly string[],
  notes: readonly string[],
  code: Manifest,
  history: History,
): AdoptPlan | Refused {
  const stored = new Set(history.migrations.map(({ name }) => name));
  const wanted = code.migrations.flatMap((entry) => {
    const record = byName.get(entry.name);
    return record === undefined ? [] : [{ ...record, entry }];
  });
  const record = wanted.filter(({ entry }) => !stored.has(entry.name));
  const strange = history.migrations.filter(
    ({ name, state, deployment }) => state !== 'applied' || deployment !== null || !byName.has(name),
  );
  if (strange.length > 0) return cannotAdopt(describeStrange(strange));
  const standing = history.deployments.find(stands);
  if (record.length > 0 && standing !== undefined) return cannotAdopt(describeStanding(standing));
  const pending = code.migrations.map(({ name }) => name as string).filter((name) => !byName.has(name));
  const newest = wanted.at(-1)?.entry.name ?? '';
  return {
    kind: 'adopt',
    record,
    already: wanted.map(({ entry }) => entry.name as string).filter((name) => stored.has(name)),
    unknown,
    pending,
    late: pending.filter((name) => compareNames(name, newest) < 0),
    notes,
  };
}

function describeStrange(rows: readonly HistoryRow[]): string {
  const names = listNames(rows.map(({ name, state }) => `${name} (${state})`));
  return (
    `the journal has a history of its own: ${names}. Only a database that has not been migrated by AuroraMigrations can be ` +
    `adopted. What another tool applied since has to be reverted with that, and deployed`
  );
}

function describeStanding({ id, type, status }: DeploymentRow): string {
  return (
    `deployment ${id} (${type}, ${status}) was made to this database by AuroraMigrations. Only a database that has not been ` +
    `migrated by it can be adopted; a deployment that failed has to be rolled back first`
  );
}

function noneMatches(unknown: readonly string[], table: string, code: Manifest): string {
  const ours = code.migrations.map(({ name }) => name as string);
  return (
    `of what ${table} holds (${listNames(unknown)}), the release has nothing; it has ${ours.length === 0 ? 'no migration' : listNames(ours)}. ` +
    `Give its files the names or numbers that are in that history; or say up to which one they are applied, with {"command":"baseline","to":"NAME"}`
  );
}

function mayBeSame(unknown: readonly string[], table: string, doubtful: readonly string[]): string {
  return (
    `${table} holds ${listNames(unknown)}, which the release lacks, and of the release ${listNames(doubtful)} would run before what is ` +
    `applied: they may be the same under other names. Give the files the names or numbers of that history, and what is not applied yet ` +
    `a number behind all of it; or say up to which one they are applied, with {"command":"baseline","to":"NAME"}`
  );
}

function cannotAdopt(message: string): Refused {
  return refuse('cannot-adopt', `${message}; nothing was written`);
}
