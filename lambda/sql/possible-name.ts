/**
 * Whether a server may have something of this name. Both keep names in three bytes a character: where a name has one of four, MySQL
 * makes it of a question mark, MariaDB refuses it, and both refuse to look for it.
 */
export function isPossibleName(name: string): boolean {
  return !/[\u{10000}-\u{10FFFF}]/u.test(name);
}
