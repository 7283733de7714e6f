import type { SchemaSnapshot } from '../../../lambda/schema/inventory';
import type { Difference } from '../../../lambda/schema/schema-drift';
import { identifier } from '../../../lambda/sql-text';
import { refusedSqlMode } from '../../../lib/source/sql-mode-refusal';
import { withoutDefiner } from '../../dump/statement-text';
import { alteredDatabase } from './altered-database';
import { alteredTable } from './altered-table';
import { differInTimesOnly, withoutTimeOfProof } from './event-times';
import { nameIn } from './restoring-order';
import { modeSet, setsMode } from './restoring-script';
import { shownDefinition, type ShownDefinition } from '../../dump/shown-definition';
import { firingWith, triggersToMake } from './trigger-order';

/** Two looks at a schema, and how they differ. */
export interface Compared {
  readonly before: SchemaSnapshot;
  readonly now: SchemaSnapshot;
  readonly differences: readonly Difference[];
  /** The sql_mode that a session has by itself: a down need not set that one. */
  readonly ownMode: string | null;
}

/**
 * The statements that would make of what a down has left what was there before: what is to be added to it. Null where they
 * cannot be told.
 */
export function restoringStatements(difference: Difference, compared: Compared): readonly string[] | null {
  const { label, before, now } = difference;
  const { kind, name } = nameIn(label);
  if (kind === 'database') return before === null || now === null ? null : alteredDatabase(before, now);
  if (kind === 'table' && isSequence(before ?? now)) return restoredSequence(name, before, now);
  if (kind === 'table' && before !== null && now !== null) return alteredTable(name, before, now);
  const drop = DROPPED[kind];
  if (drop === undefined) return null;
  if (before === null) return [`DROP ${drop} ${name}`];
  if (!before.startsWith('CREATE ') || differInTimesOnly(before, now)) return null;
  if (kind === 'trigger') return restoredTriggers(difference, compared);
  const shown = shownDefinition(before);
  return readable([...(now === null ? [] : [`DROP ${drop} ${name}`]), ...made(shown, shown.text, compared, now)]);
}

const DROPPED: Readonly<Record<string, string>> = {
  table: 'TABLE',
  view: 'VIEW',
  procedure: 'PROCEDURE',
  function: 'FUNCTION',
  trigger: 'TRIGGER',
  event: 'EVENT',
  package: 'PACKAGE',
  'package body': 'PACKAGE BODY',
  library: 'LIBRARY',
};

const SEQUENCE = /(?:^|\n)CREATE (SEQUENCE [^\n]*)$/;

function isSequence(definition: string | null): boolean {
  return definition !== null && SEQUENCE.test(definition);
}

function restoredSequence(name: string, before: string | null, now: string | null): readonly string[] | null {
  if (before === null) return [`DROP SEQUENCE ${name}`];
  const definition = SEQUENCE.exec(before)?.[1];
  if (definition === undefined) return null;
  // How far it has counted is to stay.
  return [now === null ? `CREATE ${definition}` : `ALTER ${definition.replace(/ ENGINE=\w+$/, '')}`];
}

/** Null where a migration may not have them: packages are made in the mode ORACLE alone, in which SQL is read otherwise. */
function readable(statements: readonly string[]): readonly string[] | null {
  return statements.some((text) => setsMode(text) && refusedSqlMode(text) !== undefined) ? null : statements;
}

/** What makes a program in its own sql_mode, where it would get another one, and in its own collation of the database. */
function made(
  { sqlMode, collation }: ShownDefinition,
  text: string,
  { before, ownMode }: Compared,
  now: string | null,
): readonly string[] {
  const mode = now === null ? null : shownDefinition(now).sqlMode;
  const getsMode = sqlMode === null || (sqlMode === ownMode && (mode === null || mode === sqlMode));
  const own = collationIn(before);
  const getsCollation = collation === null || own === null || own.endsWith(` COLLATE ${collation}`);
  return [
    ...(getsMode ? [] : [modeSet(sqlMode)]),
    ...(getsCollation ? [] : [`ALTER DATABASE COLLATE ${collation}`]),
    plain(text),
    ...(getsCollation ? [] : [`ALTER DATABASE ${own}`]),
  ];
}

/** As it is put behind ALTER DATABASE. */
function collationIn({ details = [] }: SchemaSnapshot): string | null {
  const properties = details.find(({ kind }) => kind === 'database')?.definition.split('\n') ?? [];
  return properties.find((line) => line.startsWith('DEFAULT CHARACTER SET ')) ?? null;
}

/** Whoever the throwaway server's user is, is of no interest elsewhere. */
function plain(definition: string): string {
  return withoutTimeOfProof(withoutDefiner(definition)).replace(/^(CREATE )ALGORITHM=UNDEFINED /, '$1');
}

/** Where several of one table and moment differ, the first of them has what restores their order. */
function restoredTriggers({ label }: Difference, compared: Compared): readonly string[] | null {
  const { before, now, differences } = compared;
  const name = label.slice('trigger '.length);
  const wanted = firingWith(name, before);
  const differing = (one: string): Difference | undefined =>
    differences.find((other) => other.label === `trigger ${one}`);
  if (wanted.find((one) => differing(one) !== undefined) !== name) return [];
  const isKept = (one: string): boolean => {
    const difference = differing(one);
    return difference === undefined || isSameButPlace(difference);
  };
  const definitions = new Map(before.objects.flatMap((each) => (each.kind === 'trigger' ? [[each.name, each]] : [])));
  const current = new Map(now.objects.flatMap((each) => (each.kind === 'trigger' ? [[each.name, each]] : [])));
  const statements = triggersToMake(wanted, now, isKept).flatMap(({ name: one, isThere, place }) => {
    const shown = shownDefinition(differing(one)?.before ?? definitions.get(one)?.definition ?? '');
    const clause = place === '' ? '' : `${place} `;
    return [
      ...(isThere ? [`DROP TRIGGER ${identifier(one).text}`] : []),
      ...made(
        shown,
        shown.text.replace(/ FOR EACH ROW\s+/i, (words) => words + clause),
        compared,
        current.get(one)?.definition ?? null,
      ),
    ];
  });
  return readable(statements);
}

function isSameButPlace({ before, now }: Difference): boolean {
  const [was, is] = [before, now].map((definition) => (definition === null ? null : shownDefinition(definition)));
  return JSON.stringify({ ...was, follows: null }) === JSON.stringify({ ...is, follows: null });
}
