/** What Flyway, Liquibase, Prisma, knex, Rails, golang-migrate and others call it, by what it is called here. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  up: ['up', 'migrate', 'latest', 'apply', 'deploy', 'run', 'update', 'upgrade'],
  down: ['down', 'rollback', 'revert', 'undo', 'downgrade'],
  create: ['create', 'new', 'generate', 'make', 'add'],
  status: ['status', 'info', 'list', 'history', 'pending', 'current'],
  plan: ['plan', 'dry-run', 'preview', 'updatesql', 'sqlmigrate'],
  verify: ['verify', 'validate', 'check', 'diff'],
  repair: ['repair', 'resolve', 'force'],
  baseline: ['baseline', 'stamp', 'changelogsync'],
  dump: ['dump', 'schema', 'introspect'],
  prove: ['prove', 'test'],
  '--version': ['version'],
};

/** An error of the command line that names a command or an option as another tool has it: with its name here. */
export function withNameHere(error: string): string {
  const [whole, kind, written = ''] = /^error: unknown (command|option) '([^']+)'/.exec(error) ?? [];
  // As in "db:migrate", "migrate:rollback" and "migration:generate".
  const word = written.toLowerCase().replace(/^--|^(?:db|migrate|migrations?|schema)[:/]/, '');
  const here = Object.entries(WORDS).find(([, words]) => words.includes(word))?.[0];
  // Of options, those are known which are commands here: the others belong to what they stand behind.
  return whole === undefined || here === undefined || (kind === 'option' && here !== 'plan')
    ? error
    : `${whole}\n(Here it is ${here})\n`;
}
