/** What to do about a schema that is another one than it should be. */
export const ADVISE_DRIFT = 'Make the change a migration, or change the schema back by hand';

/** What to do about what a rollback has kept. */
export const ADVISE_KEPT =
  'The next deployment that has it takes it over; or revert what it did by hand, and say so with {"command":"repair"}';

/** Says how the function is told what became of a step of which nothing shows it. */
export function adviseStep(migration: string, step: number): string {
  const command = repairCommand({ migration, step, is: 'done' });
  return `look whether it was done, and invoke the function with ${command} (or "is":"not-done"); then try again`;
}

/** Says how the function is told that a migration was reverted by hand. */
export function adviseReverted(migration: string): string {
  return `revert what it did by hand and invoke the function with ${repairCommand({ migration, is: 'reverted' })}; then try again`;
}

/** Says how the function is told that a migration was applied by hand. */
export function adviseApplied(migration: string): string {
  return `do what it does by hand and invoke the function with ${repairCommand({ migration, is: 'applied' })}; then try again`;
}

/** Says how the function is told what a person made of a migration that is half-applied. */
export function adviseHalf(migration: string): string {
  const command = repairCommand({ migration, is: 'reverted' });
  return (
    `revert what it did by hand and invoke the function with ${command}, or finish it by hand and say "is":"applied"; ` +
    `then try again`
  );
}

/** Says how an edited text is made what counts as applied. */
export function adviseChecksum(migration: string, checksum: string): string {
  const command = repairCommand({ migration, checksum });
  return `where it comes to the same in the database, invoke the function with ${command} and try again`;
}

function repairCommand(fields: Readonly<Record<string, string | number>>): string {
  return JSON.stringify({ command: 'repair', ...fields });
}
