/** A statement in one line, of which so many characters are shown. */
export function shortened(sql: string, most: number): string {
  const text = sql.replace(/\s+/g, ' ').trim();
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
