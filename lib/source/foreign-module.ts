import type { MigrationProblem } from '../review/migration-problem';

/** Tools whose migrations are modules, by what their functions are given. */
const TOOLS: readonly (readonly [string, RegExp])[] = [
  ['Sequelize', /\bqueryInterface\b/],
  ['TypeORM', /\b(?:MigrationInterface|queryRunner)\b/],
  ['knex', /\bknex\s*(?:\.|\(|=>|[,)])/],
  ['node-pg-migrate', /\bpgm\s*\./],
  ['db-migrate', /\bdb\s*\.\s*(?:runSql|(?:create|drop|rename)Table|(?:add|remove|rename|change)Column)\b/],
];

/** A call of what our functions are given; theirs have one that is a method. */
const OURS = /(?<!\b(?:sequelize|queryInterface|queryRunner|knex|db)\s*\.\s*)\bquery\s*\(/;

/** Warns of a module that is written for another tool: it can be read, and fails only when it is deployed. */
export function foreignModule(file: string, source: string): readonly MigrationProblem[] {
  const [tool] = OURS.test(source) ? [] : (TOOLS.find(([, pattern]) => pattern.test(source)) ?? []);
  if (tool === undefined) return [];
  const problem = `it is written for ${tool}, and its up is given { query } here: it fails when it is deployed. Write "export async function up({ query }) { await query('…'); }". One that ${tool} has applied, and that is adopted, is never run`;
  return [{ code: 'foreign-module', file, problem }];
}
