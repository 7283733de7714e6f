import { keyOf, tableOf, type DbObject } from '../sql/db-object';
import { keepsValues } from './keeps-values';
import type { UpReplay } from './up-replay';

/**
 * Notes what the done steps have changed though their texts do not name it: an index goes on without a column that was dropped,
 * a column of the primary key is NOT NULL, a foreign key's own index is gone. Told by the lines of the definitions.
 *
 * To be called when the done steps were replayed, and before what is there now was looked at. Where nobody has noted how it was
 * before, or something was made later by another migration, only the texts count.
 */
export function noteUnnamedChanges(replay: UpReplay): void {
  const { known, snapshots } = replay;
  for (const { object, line } of snapshots.now.values()) {
    const table = tableOf(object);
    if (!table || (object.kind !== 'column' && object.kind !== 'index') || replay.isMade(object)) continue;
    const old = lineBefore(replay, object, table);
    if (old !== undefined && mayBeOther(replay, table, object, old, line) && isOther(replay, old, line))
      known.note(object, 'altered');
    if (object.kind !== 'column' || !known.is(object, 'altered')) continue;
    if (old === undefined ? !snapshots.isBeforeKnown : !keepsValues(old, replay.withOldNames(line)))
      known.note(object, 'converted');
  }
  for (const [key, found] of snapshots.before) {
    if (found === null) continue;
    const { object } = found;
    const table = tableOf(object);
    if (!table || object.kind !== 'index' || snapshots.now.has(key) || !known.is(table, 'stirred index')) continue;
    // No text says so.
    if (known.is(object, 'there')) known.note(object, 'gone');
  }
}

/** Whether done steps may be why a line is another one now: another migration may be, too. */
function mayBeOther(
  { known, hasUnknown }: UpReplay,
  table: DbObject,
  { kind }: DbObject,
  old: string,
  line: string,
): boolean {
  if (hasUnknown) return true;
  if (kind === 'index') return known.is(table, 'stirred index');
  if (known.is(table, 'keyed') && old.includes(' NOT NULL') !== line.includes(' NOT NULL')) return true;
  return known.is(table, 'converted text') && / (CHARACTER SET |CHARSET=)/.test(line);
}

function isOther(replay: UpReplay, old: string, line: string): boolean {
  return old !== line && old.toLowerCase() !== replay.withOldNames(line).toLowerCase();
}

/** The line of what has a name now, under which it may not have stood. */
function lineBefore({ known, snapshots }: UpReplay, object: DbObject, table: DbObject): string | undefined {
  const moved = /^table `(.*)`$/.exec(known.origin(table) ?? '')?.[1];
  const key = known.origin(object) ?? keyOf({ ...object, ...(moved !== undefined && { table: moved }) });
  return snapshots.isBeforeKnown ? snapshots.before.get(key)?.line : undefined;
}
