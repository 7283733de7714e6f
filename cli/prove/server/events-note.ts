import { connectBare, sent } from '../../database/open-session';
import type { PlayedFolder } from '../played-folder';
import type { ProveServer } from '../prove-server';
import { statementsOf } from '../proved-migration';

/**
 * That events run on a server of somebody's own, where migrations make some: what such a one does in the middle of a proof is
 * laid to the migration. On a throwaway server they never do.
 */
export async function eventsNote({ server }: ProveServer, { migrations }: PlayedFolder): Promise<string | null> {
  if (server.ownServer) return null;
  const isMade = migrations.some((migration) => statementsOf(migration, 'up').some((text) => EVENT.test(text)));
  if (!isMade) return null;
  const client = await connectBare(server);
  try {
    const [row] = (await sent(client, 'SELECT @@GLOBAL.event_scheduler AS scheduler')) as readonly {
      readonly scheduler: unknown;
    }[];
    if (String(row?.scheduler) !== 'ON') return null;
    return 'note: the event scheduler of this server is on: an event that a migration makes may run while it is proved, and what it does then looks like what the migration did (SET GLOBAL event_scheduler = OFF)';
  } finally {
    client.destroy();
  }
}

const EVENT = /\bEVENT\b/i;
