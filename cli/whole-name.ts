import path from 'node:path';

/** The whole name of a migration, or why it cannot be told. */
export type WholeName =
  | { readonly kind: 'name'; readonly name: string }
  /** `why` ends without a full stop: what was not done is added by who asks. */
  | { readonly kind: 'unclear'; readonly why: string };

/**
 * Finds the migration that people mean by its name, its file or its number, whose leading zeros do not count. What is none of
 * these is its own whole name: whoever is told it says that there is no such migration.
 *
 * @param names names of the migrations that may be meant
 */
export function wholeNameOf(said: string, names: readonly string[]): WholeName {
  const name = path.basename(said).replace(/(?:(?:\.up|\.down)?\.sql|\.c?js|\.ts)$/, '');
  const exact = names.find((each) => each === said || each === name);
  if (exact !== undefined) return { kind: 'name', name: exact };
  const numbered = /^\d+$/.test(name) ? names.filter((each) => numberOf(each) === numberOf(name)) : [];
  const [only, ...others] = numbered;
  if (others.length > 0)
    return { kind: 'unclear', why: `${said} may be each of ${numbered.join(', ')}: name one of them` };
  return { kind: 'name', name: only ?? said };
}

function numberOf(name: string): string {
  return /^0*(\d+?)(?:\D|$)/.exec(name)?.[1] ?? '';
}
