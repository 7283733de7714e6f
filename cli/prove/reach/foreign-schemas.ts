/** A file that reaches out of the schema in which it is to be played. */
export interface Reach {
  readonly file: string;
  /** What it reaches for. */
  readonly what: string;
}

/** What changes a server beyond one schema. */
const SERVER_WIDE: readonly (readonly [string, RegExp])[] = [
  ['USE', /(?:^|[;\n])\s*USE\s+[`\w]/i],
  // Without a name, as "dump" writes it, it is the one in which it is played: no database can have these words as its name.
  [
    'a database',
    /\b(?:(?:CREATE|DROP)\s+(?:OR\s+REPLACE\s+)?|ALTER\s+(?!\w+\s+(?:DEFAULT|CHARACTER|COLLATE)\b))(?:DATABASE|SCHEMA)\b/i,
  ],
  ['accounts', /\b(?:(?:CREATE|DROP|ALTER|RENAME)\s+(?:USER|ROLE)|GRANT|REVOKE|SET\s+(?:PASSWORD|DEFAULT\s+ROLE))\s/i],
  ['a global variable', /\bSET\s+(?:@@)?(?:GLOBAL|PERSIST)\b|@@(?:GLOBAL|PERSIST)/i],
  [
    'what is not of one schema',
    /\b(?:CREATE|DROP|ALTER)\s+(?:OR\s+REPLACE\s+)?(?:UNDO\s+|AGGREGATE\s+)?(?:SERVER|TABLESPACE|LOGFILE\s+GROUP|RESOURCE\s+GROUP|INSTANCE|SPATIAL\s+REFERENCE)\b|\bSONAME\b|\bSET\s+RESOURCE\s+GROUP\b/i,
  ],
  [
    'the server itself',
    /(?:^|[;\n'"`])\s*(?:SHUTDOWN|RESTART|KILL|FLUSH|RESET|PURGE|INSTALL|UNINSTALL|CLONE|BINLOG|(?:START|STOP|CHANGE)\s+(?:ALL\s+)?(?:SLAVE|REPLICA|MASTER|REPLICATION|GROUP_REPLICATION)|(?:UN)?LOCK\s+INSTANCE|IMPORT\s+TABLE)S?\b/i,
  ],
];

/**
 * Which texts reach out of a schema, on a server that others use: what is played there is also reverted there. It errs on the
 * side of caution: a comment counts as well.
 *
 * @param schemas names of those that are on the server
 */
export function reachesOut(
  texts: readonly { readonly file: string; readonly text: string }[],
  schemas: readonly string[],
): readonly Reach[] {
  return texts.flatMap(({ file, text }) => {
    const wide = SERVER_WIDE.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
    const named = schemas.filter((name) => namesSchema(text, name)).map((name) => `the schema ${name}`);
    return [...wide, ...named].map((what) => ({ file, what }));
  });
}

/** Such as `shop.user` or `` `shop` . `user` ``. */
function namesSchema(text: string, name: string): boolean {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?:^|[^\\w$.\`])(?:\`${literal}\`|${literal})\\s*\\.\\s*[\`\\w]`, 'im').test(text);
}
