/** What makes the properties of the database what they were before; null where that cannot be told. */
export function alteredDatabase(before: string, now: string): readonly string[] | null {
  const [wanted, there] = [before.split('\n'), now.split('\n')];
  const properties = [
    ...wanted.filter((line) => !there.includes(line)),
    ...PRINTED_WHERE_SET.filter((name) => has(there, name) && !has(wanted, name)).map((name) => UNSET[name]),
  ];
  return properties.length === 0 ? null : properties.map((property) => `ALTER DATABASE ${property}`);
}

const UNSET = { COMMENT: "COMMENT ''", 'READ ONLY': 'READ ONLY = 0' } as const;
const PRINTED_WHERE_SET = ['COMMENT', 'READ ONLY'] as const;

function has(lines: readonly string[], name: string): boolean {
  return lines.some((line) => line.startsWith(name));
}
