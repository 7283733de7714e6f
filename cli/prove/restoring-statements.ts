import type { Difference } from '../../lambda/schema/schema-drift';
import { dropOfKey, parseTable, type NamedLine, type TableDefinition } from './rows/table-definition';

/**
 * The statements that would make of what a down has left what was there before: what is to be added to it. Null where they
 * cannot be told.
 *
 * @param ownMode the sql_mode that a session has by itself: a down need not set that one
 */
export function restoringStatements(
  { label, before, now }: Difference,
  ownMode: string | null = null,
): readonly string[] | null {
  const space = label.indexOf(' ');
  const kind = label.slice(0, space);
  const name = quoted(label.slice(space + 1));
  if (kind === 'table' && before !== null && now !== null) return alter(name, before, now);
  const drop = DROPPED[kind];
  if (drop === undefined) return null;
  return [
    ...(now === null ? [] : [`DROP ${drop} ${name}`]),
    ...(before === null ? [] : [...modeSet(before, now, ownMode), remade(before)]),
  ];
}

/** Where the mode that a program was made with is not the one that it would get now. */
function modeSet(before: string, now: string | null, ownMode: string | null): readonly string[] {
  const [was, is] = [before, now].map((definition) => (definition === null ? undefined : MODE.exec(definition)?.[1]));
  const isGiven = was === ownMode && (is === undefined || is === was);
  return was === undefined || isGiven ? [] : [`${SET_MODE}'${was}'`];
}

const MODE = /^[^]*\n-- sql_mode (.*)/;
const SET_MODE = 'SET sql_mode = ';

/** Those of several objects as one script: what sets the mode also sets it for what comes after it. */
export function restoringScript(each: readonly (readonly string[] | null)[]): readonly string[] {
  const known = each.filter((statements) => statements !== null);
  const setsMode = (statements: readonly string[]): boolean => statements.some((text) => text.startsWith(SET_MODE));
  const all = [...known.filter((one) => !setsMode(one)), ...known.filter(setsMode)].flat();
  let mode = '';
  return all.filter((text) => {
    if (!text.startsWith(SET_MODE)) return true;
    const isOther = text !== mode;
    mode = text;
    return isOther;
  });
}

const DROPPED: Readonly<Record<string, string>> = {
  table: 'TABLE',
  view: 'VIEW',
  procedure: 'PROCEDURE',
  function: 'FUNCTION',
  trigger: 'TRIGGER',
  event: 'EVENT',
};

/** Whoever the throwaway server's user is, is of no interest elsewhere; the last lines are no SQL. */
function remade(definition: string): string {
  return definition
    .replace(/ DEFINER=`[^`]*`@`[^`]*`/, '')
    .replace(/^(CREATE )ALGORITHM=UNDEFINED /, '$1')
    .replace(/\n(?:database collation \S+|-- sql_mode .*|FOLLOWS .*)$/gm, '');
}

function alter(name: string, before: string, now: string): readonly string[] | null {
  const [old, current] = [parseTable(before), parseTable(now)];
  if (old === null || current === null || old.rest.join('\n') !== current.rest.join('\n')) return null;
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
    .map(({ name }) => `DROP COLUMN ${quoted(name)}`);
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
  return before === undefined ? ' FIRST' : ` AFTER ${quoted(before.name)}`;
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

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
