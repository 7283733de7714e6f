import type { StackStatus } from '../../../rehearsal/stack/stack-types';
import type { Check } from '../report/rehearsal-report';
import { type DatabaseDumps, schemaChanges } from './database-dumps';
import type { Recording } from './recording';

/** The stack's status at the end. */
export function endsAs(expected: StackStatus, { result }: Recording): Check {
  const what = `the stack ends as ${expected}`;
  if (result.status === expected) return { kind: 'held', what, details: [] };
  return {
    kind: 'broken',
    what,
    details: [`it is ${result.status}`, ...(result.reason === undefined ? [] : [result.reason])],
  };
}

/**
 * Whether two looks at the databases see the same.
 *
 * @param kept names of migrations that say themselves that nothing reverts them
 */
export function sameSchema(
  what: string,
  before: DatabaseDumps,
  after: DatabaseDumps,
  kept: readonly string[] = [],
): Check {
  const details: string[] = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    for (const { object, kind, lines } of schemaChanges(before.get(name), after.get(name))) {
      details.push(`${kind === 'new' ? 'left over' : kind === 'gone' ? 'missing' : 'changed'}: ${object} of ${name}`);
      if (kind === 'changed') details.push(...lines);
    }
    const [was, is] = [before, after].map((dumps) => historyText(dumps, name));
    if (was !== is) details.push(`the journal of ${name} has ${is || 'nothing'}, and had ${was || 'nothing'}`);
  }
  if (details.length === 0) return { kind: 'held', what, details };
  if (kept.length === 0) return { kind: 'broken', what, details };
  return { kind: 'noted', what: `${what}, but for what is irreversible: ${kept.join(', ')}`, details };
}

/** Migrations with their states, in alphabetical order: a retry may have applied them in another one. */
function historyText(dumps: DatabaseDumps, name: string): string {
  const rows = dumps.get(name)?.history ?? [];
  return rows
    .map((row) => `${row.name} ${row.state} ${row.steps}`)
    .sort()
    .join(', ');
}

/**
 * Whether all live code had the schema that it was written for.
 *
 * @param isThere whether a release has code that waits for the migrations
 */
export function codeHadItsSchema({ codeViolations, looks }: Recording, isThere: boolean): Check {
  const what = 'all live code had the schema that it was written for';
  if (codeViolations.length > 0) {
    const isContracted = codeViolations.some((violation) => violation.endsWith(' has contracted'));
    return { kind: 'broken', what, details: isContracted ? [...codeViolations, CONTRACTED] : [...codeViolations] };
  }
  if (looks > 0) return { kind: 'held', what: `${what}, at each of ${looks} changes of either`, details: [] };
  return {
    kind: 'noted',
    what: 'no live code was seen',
    details: [
      isThere
        ? 'In this play none came to be: what waits for the migrations is made after them.'
        : 'No function or ECS service waits for the migrations: give yours to executeBefore.',
    ],
  };
}

const CONTRACTED =
  'To do: what contracts is reverted before the old code is there only where its down can lose no row. Let it wait for the release after this one, when no rollback goes back to that code any more; or write a down that can lose none.';

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
