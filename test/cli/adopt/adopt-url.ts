import type { TestServer } from '../../servers';

/** A URL as people write it for a schema on a server of the tests. */
export function urlOf({ server, name }: { readonly server: TestServer; readonly name: string }): string {
  const { host, port, user, password, caFile } = server;
  const query = caFile === undefined ? '' : `?ssl-ca=${caFile}`;
  return `mysql://${user}:${password}@${host}:${port}/${name}${query}`;
}
