import type { DumpResult } from '../../lambda/commands/dump';
import type { SchemaDetail, SchemaObject, SchemaSnapshot } from '../../lambda/schema/inventory';
import { ExpectedFailure } from '../expected-failure';
import { shownDefinition } from './shown-definition';
import { ended, withoutDefiner, withoutSchema } from './statement-text';
import { inViewOrder } from './view-order';

/** A schema as SQL, and what is not in it. */
export interface SchemaSql {
  readonly sql: string;
  readonly leftOut: readonly string[];
}

/** What is made of a schema: an object, or a detail that is one. */
type Made = SchemaObject | SchemaDetail;

/**
 * Writes statements that make a schema again, in an order in which each can be run, and the same for the same schema. Left
 * out is what changes by itself, or differs between servers: counters, and the accounts that have made routines and views.
 */
export function schemaSql({ database, server, schema, brokenViews }: DumpResult): SchemaSql {
  const { objects, details = [] } = schema;
  const sequences = details.filter(({ kind, definition }) => kind === 'table' && definition !== '');
  const isSequence = new Set(sequences.map(({ name }) => name));
  const isBroken = new Set(brokenViews);
  const of = (...kinds: readonly Made['kind'][]): readonly SchemaObject[] =>
    kinds.flatMap((kind) => objects.filter((object) => object.kind === kind));
  const views = inViewOrder(of('view')).filter(({ name }) => !isBroken.has(name));
  const made: readonly Made[] = [
    ...sequences,
    ...of('table').filter(({ name }) => !isSequence.has(name)),
    ...details.filter(({ kind }) => kind === 'library' || kind === 'package' || kind === 'package body'),
    ...of('function', 'procedure'),
    ...views,
    ...inFiringOrder(of('trigger'), details),
    ...of('event'),
  ];
  const properties = details.find(({ kind }) => kind === 'database')?.definition.split('\n') ?? [];
  const collation = properties.find((line) => line.startsWith('DEFAULT CHARACTER SET'));
  const collations = new Map(
    details.flatMap(({ kind, name, definition }) => {
      const [, of] = /^database collation (\w+)$/.exec(definition) ?? [];
      return of === undefined ? [] : [[`${kind} ${name}`, of] as const];
    }),
  );
  const lines = [
    `-- ${server.kind === 'mysql' ? 'MySQL' : 'MariaDB'} ${server.version}`,
    'SET NAMES utf8mb4;',
    'SET @old_sql_mode = @@sql_mode, @old_foreign_key_checks = @@foreign_key_checks;',
    "SET sql_mode = '', foreign_key_checks = 0;",
    ...(collation === undefined ? [] : [`ALTER DATABASE ${collation};`]),
    ...properties.filter((line) => line.startsWith('COMMENT ')).map((line) => `ALTER DATABASE ${line};`),
    ...statementsOf(made, database, collation, collations),
    '',
    'SET sql_mode = @old_sql_mode, foreign_key_checks = @old_foreign_key_checks;',
  ];
  return {
    sql: `${lines.join('\n')}\n`,
    leftOut: brokenViews.map((name) => `the view ${name}, since what it is made of is gone`),
  };
}

/** Each behind what it needs of the session, where that is another than before. */
function statementsOf(
  made: readonly Made[],
  schema: string,
  own: string | undefined,
  collations: ReadonlyMap<string, string>,
): readonly string[] {
  let mode = '';
  const ownCollation = / COLLATE (\w+)$/.exec(own ?? '')?.[1];
  let collation = ownCollation;
  const lines: string[] = [];
  const useCollation = (wanted: string | undefined): void => {
    if (wanted === undefined || wanted === collation) return;
    lines.push('', `ALTER DATABASE COLLATE ${wanted};`);
    collation = wanted;
  };
  for (const { kind, name, definition } of made) {
    const { text, sqlMode } = shownDefinition(definition);
    if (text === '') throw hidden(kind, name);
    useCollation(collations.get(`${kind} ${name}`));
    const wanted = sqlMode ?? '';
    lines.push('', ...(wanted === mode ? [] : [`SET sql_mode = '${wanted}';`]));
    mode = wanted;
    const statement = withoutDefiner(text);
    lines.push(
      ended(kind === 'view' ? withoutSchema(statement, schema) : statement, kind !== 'table' && kind !== 'view'),
    );
  }
  // As a whole: a server prints no collation that is the default of its character set.
  if (collation !== ownCollation && own !== undefined) lines.push('', `ALTER DATABASE ${own};`);
  return lines;
}

/** Triggers of one table and moment fire in the order in which they are made. */
function inFiringOrder(
  triggers: readonly SchemaObject[],
  details: NonNullable<SchemaSnapshot['details']>,
): readonly SchemaObject[] {
  const before = new Map(
    details.flatMap(({ kind, name, definition }) =>
      kind === 'trigger' && definition.startsWith('FOLLOWS ')
        ? [[name, definition.slice('FOLLOWS '.length)] as const]
        : [],
    ),
  );
  const depth = (name: string): number => {
    const other = before.get(name);
    return other === undefined ? 0 : depth(other) + 1;
  };
  return triggers.toSorted((a, b) => depth(a.name) - depth(b.name));
}

function hidden(kind: string, name: string): ExpectedFailure {
  return new ExpectedFailure(
    'definition-hidden',
    `the account that reads the schema may not see the definition of the ${kind} ${name}: without it the dump would not be whole, ` +
      'and nothing was written. Grant it SHOW_ROUTINE (MySQL), or SELECT on mysql.proc (MariaDB), or use the account that made it',
  );
}
