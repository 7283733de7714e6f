/**
 * Stands in for mysql2's helpers, which look for the package `cardinal` at each start to print code in colours. Where a layer of the
 * function had one, it would be loaded.
 */

/** Whether what is said of some types, or of all, is said of this one. */
export function typeMatch(type: number, said: unknown, types: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(said) ? said.some((name: string) => types[name] === type) : Boolean(said);
}

/** The name of a column as a key of its row; not one that an object has a property of its own by. */
export function fieldEscape(name: string): string {
  if (/^__(?:(?:define|lookup)[GS]etter|proto)__$/.test(name))
    throw new Error(`The field name (${name}) can't be the same as an object's private property.`);
  return name;
}
