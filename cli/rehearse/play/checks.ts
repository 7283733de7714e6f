import type { DATA_KEYS } from '../../../lambda/contract';
import { withoutExtension } from '../../../lambda/manifest/name';
import { hasWholeName } from '../../../lambda/schema/whole-name';
import type { StackStatus } from '../../../rehearsal/stack/stack-types';
import { FOLLOWS } from '../../../rehearsal/servers/schema-dump';
import type { Check, SchemaChange } from '../report/rehearsal-report';
import { type DatabaseDumps, schemaChanges } from './database-dumps';
import type { Waiting } from './waiting-code';
import type { Recording } from './recording';

/** The stack's status at the end. */
export function endsAs(expected: StackStatus, { result }: Recording): Check {
  const what = `the stack ends as ${expected}`;
  if (result.status === expected) return { kind: 'held', what, details: [] };
  return {
    kind: 'broken',
    what,
    details: [`it is ${result.status}`, ...reasonsOf(result)],
  };
}

/** Why an operation failed; and why its rollback did, which is another thing. */
function reasonsOf({ status, reason, events }: Recording['result']): readonly string[] {
  const first = reason === undefined ? [] : [reason];
  if (!status.endsWith('_FAILED')) return first;
  const begin = events.findIndex((event) => event.status.includes('ROLLBACK_IN_PROGRESS'));
  const later = events.slice(Math.max(begin, 0)).flatMap(({ status: of, type, logicalId, reason: why }) => {
    const isNew = why !== undefined && (reason === undefined || !why.endsWith(reason));
    return isNew && of.endsWith('_FAILED') && type.startsWith('Custom::') ? [`${logicalId}: ${why}`] : [];
  });
  return [...new Set([...first, ...later])];
}

/** A migration that a rollback keeps, since it is irreversible or comes before one that is. */
export interface Kept {
  readonly database: string;
  readonly name: string;
  readonly isIrreversible: boolean;
  /** What it runs; null where that is code. */
  readonly sql: string | null;
}

/**
 * Whether two looks at the databases see the same.
 *
 * @param kept what may differ: what these migrations name, and they themselves in the journal
 */
export function sameSchema(
  what: string,
  before: DatabaseDumps,
  after: DatabaseDumps,
  kept: readonly Kept[] = [],
): Check {
  const wrong: string[] = [];
  const excused: string[] = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const own = kept.filter(({ database }) => database === name);
    for (const change of schemaChanges(name, before.get(name), after.get(name))) {
      const { object, kind, lines } = change;
      const details = own.some(({ sql }) => sql === null || touches(sql, change)) ? excused : wrong;
      details.push(
        `${kind === 'new' ? 'left over' : kind === 'gone' ? 'missing' : 'changed'}: ${object}${object.startsWith('database ') ? '' : ` of ${name}`}`,
      );
      if (kind === 'changed') details.push(...lines);
    }
    const ownNames = new Set(own.map((each) => each.name));
    const isLike = historyText(before, name, ownNames) === historyText(after, name, ownNames);
    const [was, is] = [before, after].map((dumps) => historyText(dumps, name));
    if (was === is) continue;
    (isLike ? excused : wrong).push(`the journal of ${name} has ${is || 'nothing'}, and had ${was || 'nothing'}`);
  }
  const irreversible = kept.filter(({ isIrreversible }) => isIrreversible).map((each) => each.name);
  const butFor = `but for what is irreversible: ${irreversible.join(', ')}`;
  if (wrong.length > 0) {
    return { kind: 'broken', what: excused.length > 0 ? `${what}, ${butFor}` : what, details: wrong };
  }
  return excused.length > 0
    ? { kind: 'noted', what: `${what}, ${butFor}`, details: excused }
    : { kind: 'held', what, details: [] };
}

/** Whether a script has to do with a change: it has the object's name, or that of the trigger behind which it fires. */
function touches(sql: string, { object, lines }: SchemaChange): boolean {
  const script = sql.toLowerCase();
  const names = (name: string): boolean => hasWholeName(script, name.toLowerCase());
  const [, kind, name = ''] = /^(package body|\w+) ([^]*)$/.exec(object) ?? [];
  if (kind === 'database') return /\b(?:database|schema)\b/.test(script);
  if (names(name)) return true;
  const changed = lines.filter((line) => /^[-+]/.test(line)).map((line) => line.slice(1));
  const behind = changed.flatMap((line) => (line.startsWith(FOLLOWS) ? [line.slice(FOLLOWS.length)] : []));
  return behind.length > 0 && behind.length === changed.length && behind.some(names);
}

/** Migrations with their states, in alphabetical order: a retry may have applied them in another one. */
function historyText(dumps: DatabaseDumps, name: string, without: ReadonlySet<string> = new Set()): string {
  const rows = dumps.get(name)?.history ?? [];
  return rows
    .filter((row) => !without.has(withoutExtension(row.name)))
    .map((row) => `${row.name} ${row.state} ${row.steps}`)
    .sort()
    .join(', ');
}

/**
 * Whether live code lacked no migration of its release, and met no later one that contracts.
 *
 * @param waiting what of the releases waits for the migrations
 */
export function codeHadItsSchema({ codeViolations, looks }: Recording, waiting: Waiting): Check {
  const what = 'live code lacked no migration of its release, and met no later one that contracts';
  if (codeViolations.length > 0) {
    const isContracted = codeViolations.some((violation) => violation.endsWith(' has contracted'));
    return { kind: 'broken', what, details: isContracted ? [...codeViolations, CONTRACTED] : [...codeViolations] };
  }
  if (looks > 0) return { kind: 'held', what: `${what}, at each of ${looks} changes of code or schema`, details: [] };
  return {
    kind: 'noted',
    what: 'no live code was seen',
    details: [UNSEEN[waiting]],
  };
}

const UNSEEN: Readonly<Record<Waiting, string>> = {
  seen: 'In this play none came to be: what waits for the migrations is made after them.',
  conditional:
    'In this play none came to be: what waits for the migrations is under a condition, and is made after them where that holds.',
  elsewhere:
    'What waits for the migrations is no function or ECS service of this stack itself: it was not looked at, see what was not played.',
  nothing: 'No function or ECS service waits for the migrations: give yours to executeBefore.',
};

const CONTRACTED =
  'To do: what contracts is reverted before the old code is there only where its down can lose no row. Let it wait for the release after this one, when no rollback goes back to that code any more; or write a down that can lose none.';

/** What the function itself has found when it compared the schema, in answers that say SUCCESS all the same. */
export function noDrift({ calls }: Recording): readonly Check[] {
  const drifts = calls.flatMap(({ event, outcome }) => {
    const drift = outcome.kind === 'success' ? outcome.data[DRIFT] : undefined;
    return typeof drift === 'string' && drift !== '' ? [`${event.LogicalResourceId}: ${drift}`] : [];
  });
  if (drifts.length === 0) return [];
  const what = 'the function finds the schema as it was before, and answers without Drift (SchemaMismatch)';
  return [{ kind: 'broken', what, details: [...new Set(drifts)] }];
}

const DRIFT: (typeof DATA_KEYS)[number] = 'Drift';

/** Whether the function answered as CloudFormation wants it, and kept its secrets. */
export function answersAreRight({ protocolViolations }: Recording): readonly Check[] {
  if (protocolViolations.length === 0) return [];
  return [
    {
      kind: 'broken',
      what: 'each request has one answer, in the form that CloudFormation takes',
      details: protocolViolations,
    },
  ];
}
