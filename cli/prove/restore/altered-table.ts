import { identifier } from '../../../lambda/sql-text';
import { dropOfKey, parseTable, type NamedLine, type TableDefinition } from '../rows/table-definition';

/** What makes of a table what it was before, statement by statement; null where that cannot be told. */
export function alteredTable(name: string, before: string, now: string): readonly string[] | null {
  const [old, current] = [parseTable(before), parseTable(now)];
  if (old === null || current === null) return null;
  const [wanted, there] = [partitionsOf(old), partitionsOf(current)];
  if (wanted === there) return alter(name, old, current);
  const isSame = sameBody(old, current);
  const altered = isSame ? [] : alter(name, old, current);
  if (altered === null) return null;
  // Every unique key has the columns by which a table is partitioned: without partitions, each may be dropped.
  const removed = there !== '' && (wanted === '' || !isSame) ? [`ALTER TABLE ${name} REMOVE PARTITIONING`] : [];
  return [...removed, ...altered, ...(wanted === '' ? [] : [`ALTER TABLE ${name} ${wanted}`])];
}

function partitionsOf({ rest }: TableDefinition): string {
  return rest.join('\n').trim();
}

function sameBody(old: TableDefinition, current: TableDefinition): boolean {
  const shown = ({ columns, keys, options }: TableDefinition): string => JSON.stringify([columns, keys, options]);
  return shown(old) === shown(current);
}

function alter(name: string, old: TableDefinition, current: TableDefinition): readonly string[] | null {
  const drops = current.keys.filter((line) => !old.keys.includes(line)).map(dropOfKey);
  if (drops.includes(null)) return null;
  const adds = old.keys.filter((line) => !current.keys.includes(line)).map((line) => `ADD ${line}`);
  const changes = [...columnChanges(old, current), ...adds];
  const options = changedOptions(old, current);
  if (drops.length === 0 && changes.length === 0 && options.length === 0) return reorderedKeys(name, old, current);
  // A foreign key of the same name can be dropped and made in two statements only, and a column without a collation of its
  // own gets the one that its table has by then.
  const isSplit = drops.some((drop) => drop?.startsWith('DROP FOREIGN KEY') === true) && adds.length > 0;
  const parts = isSplit ? [drops, options, changes] : [options, [...drops, ...changes]];
  return parts.filter((part) => part.length > 0).map((part) => `ALTER TABLE ${name} ${part.join(', ')}`);
}

/** Walks through the columns as they are to be, and moves what is not there yet. */
function columnChanges(old: TableDefinition, current: TableDefinition): readonly string[] {
  const wanted = new Map(old.columns.map((column) => [column.name, column.text]));
  const texts = new Map(current.columns.map((column) => [column.name, column.text]));
  const changes = current.columns
    .filter(({ name }) => !wanted.has(name))
    .map(({ name }) => `DROP COLUMN ${identifier(name).text}`);
  let order = current.columns.map(({ name }) => name).filter((name) => wanted.has(name));
  for (const [index, { name, text }] of old.columns.entries()) {
    const displaced = order[index];
    // It is the one before that has to move, when its turn comes.
    if (displaced !== undefined && displaced !== name && order[index + 1] === name) {
      order = order.filter((other) => other !== displaced);
    }
    if (order[index] === name) {
      if (texts.get(name) !== text) changes.push(`MODIFY COLUMN ${text}`);
      continue;
    }
    const verb = texts.has(name) ? 'MODIFY' : 'ADD';
    changes.push(`${verb} COLUMN ${text}${place(old.columns, index)}`);
    order = order.filter((other) => other !== name);
    order.splice(index, 0, name);
  }
  return changes;
}

function place(columns: readonly NamedLine[], index: number): string {
  const before = columns[index - 1];
  return before === undefined ? ' FIRST' : ` AFTER ${identifier(before.name).text}`;
}

function changedOptions(old: TableDefinition, current: TableDefinition): readonly string[] {
  if (old.options === current.options) return [];
  const engine = /^ENGINE=\S+ /;
  const isSameEngine = engine.exec(old.options)?.[0] === engine.exec(current.options)?.[0];
  const hasLostComment = / COMMENT='/.test(current.options) && !/ COMMENT='/.test(old.options);
  return [`${isSameEngine ? old.options.replace(engine, '') : old.options}${hasLostComment ? " COMMENT=''" : ''}`];
}

/** A key goes to the end when it is made again. */
function reorderedKeys(name: string, old: TableDefinition, current: TableDefinition): readonly string[] | null {
  const first = old.keys.findIndex((line, index) => current.keys[index] !== line);
  const moved = first === -1 ? [] : old.keys.slice(first);
  const drops = moved.map(dropOfKey);
  if (moved.length === 0 || drops.includes(null)) return null;
  return [
    `ALTER TABLE ${name} ${drops.join(', ')}`,
    `ALTER TABLE ${name} ${moved.map((line) => `ADD ${line}`).join(', ')}`,
  ];
}
