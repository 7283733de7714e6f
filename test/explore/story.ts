import { isOwed } from '../../lambda/plan/history';
import type { Resource } from '../../lambda/plan/intent';
import type { Run } from './delivery';
import { movesOf } from './moves';
import { nameOf } from '../paper/stack';
import type { World } from './world';

/** A way once more, told for a person: what happens, what is answered, and what is in the database then. */
export function tell(start: World, trace: readonly string[], run: Run): readonly string[] {
  const lines: string[] = [];
  let world = start;
  let state = stateOf(world);
  for (const label of trace) {
    const move = movesOf(world, run).find((each) => each.label === label);
    if (move === undefined) return [...lines, `  ${label}: that does not come any more`];
    world = move.world;
    const now = stateOf(world);
    lines.push(`  ${label}`);
    if (move.failure !== null && move.failure !== undefined) lines.push(`      "${move.failure.message}"`);
    if (now !== state) lines.push(`      ${now}`);
    if (move.problem !== null) lines.push(`      !! ${move.problem}`);
    state = now;
  }
  return lines;
}

/** What is in the database, and in its journal. */
function stateOf(world: World): string {
  const { schema, migrations, deployments, releases } = world.journal;
  const of = (construct: Resource | null): string => (construct === null ? 'nobody' : nameOf(construct));
  const made = schema.map(({ name, isHalf }) => `${Number(name)}${isHalf ? '~' : ''}`);
  const rows = migrations.map(
    ({ name, state, deployment, removedBy, owner }) =>
      `${Number(name)} ${state} by ${of(owner)} ${deployment}${removedBy === null ? '' : `, leaving by ${removedBy}`}`,
  );
  const open = deployments.filter((row) => isOwed(row) || (row.status !== 'applied' && row.status !== 'reverted'));
  const unended = open.map((row) => `${row.id} ${isOwed(row) ? 'owed' : row.status}`);
  const standing = releases.filter(({ endedAt }) => endedAt === null).map((row) => `${of(row.of)} ${row.logicalId}`);
  const parts = { schema: made, journal: rows, open: unended, standing };
  return Object.entries(parts)
    .filter(([, list]) => list.length > 0)
    .map(([what, list]) => `${what}: ${list.join(what === 'schema' ? ' ' : '; ')}`)
    .join(' | ');
}
