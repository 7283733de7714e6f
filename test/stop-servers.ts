import type { Database } from '../rehearsal/servers/database';
import { RUNNING } from './start-servers';

/** Jest's global tear-down. */
export default async function stopServers(): Promise<void> {
  const running = (globalThis as { readonly [RUNNING]?: readonly Database[] })[RUNNING] ?? [];
  await Promise.all(running.map((server) => server.stop()));
}
