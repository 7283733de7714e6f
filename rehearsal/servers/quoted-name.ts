/** A name for SQL. Not by the driver: it takes a dot for the end of a name. */
export function quotedName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
