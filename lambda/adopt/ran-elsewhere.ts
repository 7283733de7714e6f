import { namesOf, listNames, plural } from '../words/explain';
import { refuse, type Refused } from '../words/failure';
import type { ManifestEntry } from '../manifest/types';
import type { OtherHistory } from './tool-history';
import { TOOL_FORMS } from './tools';

/**
 * Why migrations must not be applied to a database without a journal: another tool's history says that it has run some of them. To run
 * them again would plant seeds twice, and a `DROP TABLE IF EXISTS` would drop live rows. Null where none says so.
 */
export function ranElsewhere(histories: readonly OtherHistory[], pending: readonly ManifestEntry[]): Refused | null {
  for (const history of histories) {
    const { tool, table } = history;
    const reading = TOOL_FORMS[tool].read(history, namesOf(pending));
    const records = reading.kind === 'read' ? reading.records : [];
    const run = records.flatMap(({ theirs, name }) => (name !== null && isTelling(theirs) ? [name] : []));
    if (run.length === 0) continue;
    return refuse(
      'ran-elsewhere',
      `${table} says that ${tool} has run ${listNames(run)} in this database, and AuroraMigrations has run nothing yet; nothing was run. ` +
        `Record first what was run, with {"command":"adopt","from":"${tool}"}. Or, where ${table} tells of other migrations, rename the file${plural(run)}`,
    );
  }
  return null;
}

/** Not a small number, with which the migrations of any application begin. */
function isTelling(theirs: string): boolean {
  return /\D|\d{8}/.test(theirs);
}
