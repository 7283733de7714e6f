/** What a statement can name in a database. `rows` stands for a table's content, apart from its structure. */
export type ObjectKind =
  | 'database'
  | 'table'
  | 'view'
  | 'procedure'
  | 'function'
  | 'trigger'
  | 'event'
  | 'column'
  | 'index'
  | 'constraint'
  | 'partition'
  | 'rows';

/** An object as a statement names it. */
export interface DbObject {
  readonly kind: ObjectKind;
  /** Absent where the statement leaves it to the default database. */
  readonly schema?: string;
  /** Of a column, index, constraint or partition; of a trigger only where the statement says it. */
  readonly table?: string;
  /** Of rows: the table's name. The empty string where the server makes the name up, and for the default database. The primary key is `PRIMARY`. */
  readonly name: string;
}

/** What a statement does to one object. */
export type Effect =
  | {
      readonly action: 'create';
      readonly object: DbObject;
      readonly ifNotExists?: boolean;
      readonly orReplace?: boolean;
    }
  | {
      readonly action: 'drop';
      readonly object: DbObject;
      readonly ifExists?: boolean;
      /** Of a partition whose rows go to others. */
      readonly keepsRows?: boolean;
    }
  | {
      readonly action: 'alter';
      readonly object: DbObject;
      /** Of a table: its columns get another character set, and are not named. */
      readonly convertsColumns?: boolean;
    }
  | {
      readonly action: 'rename';
      readonly object: DbObject;
      readonly to: DbObject;
      /** It is defined anew as well. */
      readonly alters?: boolean;
      readonly ifExists?: boolean;
    }
  | {
      readonly action: 'data';
      readonly object: DbObject;
      readonly write: 'insert' | 'update' | 'delete' | 'replace';
      /** The columns that an UPDATE sets. */
      readonly columns?: readonly string[];
    };

/** An effect of one action, or of some. */
export type Of<Action extends Effect['action']> = Extract<Effect, { readonly action: Action }>;

/** Whether it changes what a database gives to the tables that are made in it. */
export function altersDatabase({ action, object }: Effect): boolean {
  return action === 'alter' && object.kind === 'database';
}

/**
 * Key under which two names of one object are the same string, and two objects never are.
 *
 * Names of tables, views, triggers and databases count as written, as on a server with lower_case_table_names = 0; those
 * of columns, indexes, constraints, routines and events in any case. Tables and views share their names, and so their keys.
 */
export function keyOf(object: DbObject, defaultSchema?: string): string {
  const { kind, schema, table, name } = object;
  const prefix = schema === undefined || schema === defaultSchema ? '' : `${quoted(schema)} `;
  switch (kind) {
    case 'database':
      return `database ${quoted(name)}`;
    case 'table':
    case 'view':
      return `${prefix}table ${quoted(name)}`;
    case 'trigger':
    case 'rows':
      return `${prefix}${kind} ${quoted(name)}`;
    case 'procedure':
    case 'function':
    case 'event':
      return `${prefix}${kind} ${quoted(name.toLowerCase())}`;
    case 'column':
    case 'index':
    case 'constraint':
    case 'partition':
      return `${prefix}${kind} ${quoted(table ?? '')}.${quoted(name.toLowerCase())}`;
  }
}

/** The object by the name under which a server with lower_case_table_names = 1 keeps it. */
export function inSmallLetters(object: DbObject): DbObject {
  const { kind, schema, table, name } = object;
  const ofItself = ['database', 'table', 'view', 'trigger', 'rows'].includes(kind) ? { name: name.toLowerCase() } : {};
  return {
    ...object,
    ...ofItself,
    ...(schema !== undefined && { schema: schema.toLowerCase() }),
    ...(table !== undefined && { table: table.toLowerCase() }),
  };
}

/** The table that an object is a part of, or whose rows it stands for; undefined for an object that stands by itself. */
export function tableOf(object: DbObject): DbObject | undefined {
  const { kind, schema, table, name } = object;
  if (kind === 'rows') return { kind: 'table', schema, name };
  return PARTS.some((part) => part === kind) && table !== undefined
    ? { kind: 'table', schema, name: table }
    : undefined;
}

/** The table that an object is a part of, or that takes it along when it is dropped: a trigger's, too. */
export function parentOf(object: DbObject): DbObject | undefined {
  const { kind, schema, table } = object;
  return kind === 'trigger' && table !== undefined ? { kind: 'table', schema, name: table } : tableOf(object);
}

/** How the keys of a table's parts begin, so that they can follow when it is dropped or renamed. */
export function partPrefixOf(kind: PartKind, table: DbObject, defaultSchema?: string): string {
  const key = keyOf({ kind, schema: table.schema, table: table.name, name: '' }, defaultSchema);
  return key.slice(0, key.length - quoted('').length);
}

/** What a table has. */
export const PARTS = ['column', 'index', 'constraint', 'partition'] as const satisfies readonly ObjectKind[];

export type PartKind = (typeof PARTS)[number];

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
