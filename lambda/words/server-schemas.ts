/** The server's own schemas, in small letters. */
export const SERVER_SCHEMAS: readonly string[] = ['mysql', 'information_schema', 'performance_schema', 'sys'];
