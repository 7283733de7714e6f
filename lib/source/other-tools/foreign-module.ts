import type { MigrationProblem } from '../../review/migration-problem';

/** Tools whose migrations are modules, by what they import or what their functions are given. */
const TOOLS: readonly (readonly [string, RegExp])[] = [
  ['MikroORM', /['"]@mikro-orm\/migrations(?:-\w+)?['"]/],
  ['Kysely', /\b(?:from\s*|require\s*\(\s*)['"]kysely['"]|:\s*Kysely\s*</],
  ['Sequelize', /\bqueryInterface\b/],
  ['TypeORM', /\b(?:MigrationInterface|queryRunner)\b/],
  ['knex', /\bknex\s*(?:\.|\(|=>|[,)])|:\s*Knex\b/],
  ['node-pg-migrate', /\bpgm\s*\.|:\s*MigrationBuilder\b/],
  ['db-migrate', /\bdb\s*\.\s*(?:runSql|(?:create|drop|rename)Table|(?:add|remove|rename|change)Column)\b/],
];

/** A call of what our functions are given; theirs have one that is a method. */
const OURS = /(?<!\b(?:sequelize|queryInterface|queryRunner|knex|db)\s*\.\s*)\bquery\s*\(/;

/** Of these tools a migration is a class, with up and down as its methods. */
const CLASS =
  /\bclass\s+\w*\s*(?:implements\s+MigrationInterface|extends\s+Migration)\b|\b(?:exports\s*=|export\s+default)\s*class\b/;

const INSTEAD = `Write "export async function up({ query }) { await query('…'); }"`;

/** Warns of a module that is written for another tool: it can be read, and fails only when it is deployed. */
export function foreignModule(file: string, source: string): readonly MigrationProblem[] {
  const tool = toolOf(source);
  if (tool === undefined) return [];
  const problem = `it is written for ${tool}, and its up is given { query } here: it fails when it is deployed. ${INSTEAD}. One that ${tool} has applied, and that is adopted, is never run`;
  return [{ code: 'foreign-module', file, problem }];
}

/** Refuses a module that is a class of another tool: nothing in it is called here. */
export function foreignClass(file: string, source: string): MigrationProblem | undefined {
  const tool = toolOf(source);
  if (tool === undefined || !CLASS.test(source)) return undefined;
  const problem = `it is a class of ${tool}, and its methods are not called here. ${INSTEAD}, and a down beside it; docs/from-other-tools.md has more`;
  return { code: 'foreign-module', file, problem };
}

/** The tool that a module is written for; undefined where it is one of ours. */
function toolOf(source: string): string | undefined {
  return OURS.test(source) ? undefined : TOOLS.find(([, pattern]) => pattern.test(source))?.[0];
}
