import { RELEASE_TYPE, RESOURCE_TYPE } from '../../../lambda/contract';
import { migrationLines } from '../../../rehearsal/report/migration-lines';
import type { StackEvent } from '../../../rehearsal/stack/stack-types';
import type { Bar, Timeline, TimelineRow } from '../report/rehearsal-report';
import type { Recording } from './recording';

type RowKind = TimelineRow['kind'];

/** What was under way when. */
export function timelineOf(recording: Recording, isNew: (release: string) => boolean): Timeline {
  const { startedAt, milliseconds, invocations } = recording;
  const since = (at: Date): number => Math.min(Math.max(at.getTime() - startedAt.getTime(), 0), milliseconds);
  const deaths = invocations
    .filter(({ outcome }) => outcome.kind === 'crashed')
    .map(({ startedAt: from, durationMs, attempt }) => ({
      at: since(new Date(from.getTime() + durationMs)),
      what: `the function dies (attempt ${attempt})`,
    }));
  const rows = [
    stackRow(recording, since),
    ...codeRows(recording, since, isNew),
    ...migrationRows(recording, since),
    ...resourceRows(recording, since),
  ];
  return {
    milliseconds,
    rows: rows.filter(({ bars }) => bars.length > 0),
    marks: [...failures(recording, since), ...deaths].sort((a, b) => a.at - b.at),
  };
}

type Since = (at: Date) => number;

function failures({ result }: Recording, since: Since): Timeline['marks'] {
  const failed = result.events.filter(
    ({ kind, status, reason }) => kind === 'resource' && status.endsWith('_FAILED') && !reason?.endsWith(' cancelled'),
  );
  return failed.map(({ time, logicalId }) => ({ at: since(time), what: `${logicalId} fails` }));
}

/** The phases of the operation: forward, back, clean-up. */
function stackRow({ result, milliseconds }: Recording, since: Since): TimelineRow {
  const statuses = result.events.filter(({ kind }) => kind === 'stack');
  const bars = statuses.flatMap(({ time, status }, index): readonly Bar[] => {
    const next = statuses[index + 1];
    if (next === undefined) return [];
    const what = status.includes('CLEANUP')
      ? 'clean-up'
      : status.includes('ROLLBACK')
        ? 'rollback'
        : (status.split('_')[0] ?? '').toLowerCase();
    const kind = status.includes('ROLLBACK') || status.startsWith('DELETE') ? 'backward' : 'forward';
    return [{ from: since(time), to: Math.min(since(next.time), milliseconds), kind, what }];
  });
  return { kind: 'stack', label: result.events[0]?.stackName ?? 'stack', bars };
}

/** One row a resource of ours and of the application that waits for it; all else is one row together. */
function resourceRows({ result, resources }: Recording, since: Since): readonly TimelineRow[] {
  const rows = new Map<string, { readonly kind: RowKind; readonly label: string; readonly bars: Bar[] }>();
  const begun = new Map<string, StackEvent>();
  for (const event of result.events) {
    if (event.kind === 'stack') continue;
    const { logicalId, type, status, time } = event;
    const resource = resources.get(logicalId);
    const kind = rowKind(type, resource?.isActive ?? false, Object.keys(resource?.writtenFor ?? {}).length > 0);
    if (status.endsWith('_IN_PROGRESS')) {
      begun.set(logicalId, begun.get(logicalId) ?? event);
      continue;
    }
    const from = begun.get(logicalId) ?? event;
    begun.delete(logicalId);
    const key = kind === 'others' ? kind : logicalId;
    const row = rows.get(key) ?? {
      kind,
      label: kind === 'others' ? 'all other resources' : labelOf(logicalId),
      bars: [],
    };
    rows.set(key, row);
    const bar: Bar = {
      from: since(from.time),
      to: since(time),
      kind: kind === 'others' ? 'neutral' : barKind(event, result.events),
      what: kind === 'others' ? 'succeed at once' : status.replaceAll('_', ' ').toLowerCase(),
    };
    row.bars.push(bar);
  }
  return [...rows.values()].map((row) => (row.kind === 'others' ? { ...row, bars: merged(row.bars) } : row));
}

/** Without the hash that the CDK adds to the path of a construct. */
function labelOf(logicalId: string): string {
  return logicalId.replace(/(?<=.)[0-9A-F]{8}$/, '');
}

function rowKind(type: string, isActive: boolean, waits: boolean): RowKind {
  if (type === RESOURCE_TYPE || type === RELEASE_TYPE) return 'custom-resource';
  if (waits) return 'application';
  return isActive && type === 'AWS::Lambda::Function' ? 'function' : 'others';
}

function barKind({ status, time }: StackEvent, events: readonly StackEvent[]): Bar['kind'] {
  if (status.endsWith('_FAILED')) return 'failed';
  const turned = events.find((event) => event.kind === 'stack' && event.status.includes('ROLLBACK'));
  return status.startsWith('DELETE') || (turned !== undefined && turned.time <= time) ? 'backward' : 'forward';
}

/** Bars that touch or overlap are one. */
function merged(bars: readonly Bar[]): readonly Bar[] {
  const result: Bar[] = [];
  for (const bar of bars.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && bar.from <= last.to + TOUCHING_MS) {
      result[result.length - 1] = { ...last, to: Math.max(last.to, bar.to) };
    } else {
      result.push(bar);
    }
  }
  return result;
}

const TOUCHING_MS = 40;

/** The function says when a migration has ended, and how long it took. */
function migrationRows({ invocations }: Recording, since: Since): readonly TimelineRow[] {
  const rows = new Map<string, Bar[]>();
  for (const { time, message } of migrationLines(invocations)) {
    const [, verb, name = '', took] = /^(migrated|reverted) (\S+)(?: in (\d+) ms)?/.exec(message) ?? [];
    const bars = rows.get(name) ?? [];
    rows.set(name, bars);
    const to = since(time);
    bars.push({
      from: Math.max(0, to - Number(took ?? 0)),
      to,
      kind: verb === 'migrated' ? 'forward' : 'backward',
      what: took === undefined ? message : `${verb === 'migrated' ? 'applied' : 'reverted'} in ${took} ms`,
    });
  }
  return [...rows].map(([label, bars]) => ({ kind: 'migration', label, bars }));
}

/** Which code was live when, and of which release it was. */
function codeRows(
  { lives, milliseconds }: Recording,
  since: Since,
  isNew: (release: string) => boolean,
): readonly TimelineRow[] {
  const rows = new Map<string, Bar[]>();
  for (const { logicalId, releases, from, to } of lives) {
    const bars = rows.get(logicalId) ?? [];
    rows.set(logicalId, bars);
    const names = releases.map((each) => each.map((name) => name || 'an empty schema').join(' as for '));
    bars.push({
      from: since(from),
      to: to === undefined ? milliseconds : since(to),
      kind: releases.some((each) => each.length > 1) ? 'both' : releases.flat().some(isNew) ? 'after' : 'before',
      what: `code for ${names.join(' and ')}`,
    });
  }
  return [...rows].map(([logicalId, bars]) => ({ kind: 'code', label: labelOf(logicalId), bars }));
}
