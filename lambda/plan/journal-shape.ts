/** A table, or what stands in its place. */
export interface FoundTable {
  readonly isTable: boolean;
  /** Names of its columns as they are written. */
  readonly columns: readonly string[];
}

/**
 * - `ours`: it is the journal's, though it may lack columns that newer code has
 * - `adoptable`: the table of the article, or of umzug's SequelizeStorage: names, and two times or none (its option
 *   `timestamps` is off by default: https://app.unpkg.com/umzug@3.8.2/files/lib/storage/sequelize.js)
 * - `foreign`: anything else, such as Yii's `migration (version, apply_time)`, TypeORM's `(id, timestamp, name)`, or a view
 */
export type TableKind = 'ours' | 'adoptable' | 'foreign';

/** Whose table stands where the history is to be. */
export function kindOfHistory({ isTable, columns }: FoundTable): TableKind {
  if (!isTable) return 'foreign';
  const found = new Set(columns.map((column) => column.toLowerCase()));
  if (HISTORY.every((column) => found.has(column))) return 'ours';
  return found.has('name') && [...found].every((column) => ADOPTED.has(column)) ? 'adoptable' : 'foreign';
}

/** Whose table stands where the deployments are to be. */
export function kindOfDeployments({ isTable, columns }: FoundTable): TableKind {
  const found = new Set(columns.map((column) => column.toLowerCase()));
  return isTable && DEPLOYMENTS.every((column) => found.has(column)) ? 'ours' : 'foreign';
}

/** Columns that the journal has had from its first release on. */
const HISTORY = ['name', 'checksum', 'deployment', 'state', 'stepsdone'];
const DEPLOYMENTS = ['id', 'stackid', 'logicalid', 'newdigest', 'status'];

const ADOPTED = new Set(['name', 'createdat', 'updatedat']);
