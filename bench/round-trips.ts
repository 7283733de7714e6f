import { setTimeout as sleep } from 'node:timers/promises';
import { MysqlProxy } from '../test/faults/proxy/mysql-proxy';
import type { Verdict } from '../test/faults/proxy/proxy-session';
import type { FaultServer } from '../test/faults/fault-server';

/** A way to a server that counts what goes over it, and takes its time. */
export interface RoundTrips {
  readonly port: number;
  /** Commands since the last call; what belongs to logging in is not counted. */
  readonly take: () => number;
  readonly stop: () => Promise<void>;
}

/** Starts a proxy that keeps each command for `delayMs` before it hands it on: two zones are about 1 ms apart. */
export async function startRoundTrips({ socketPath, certificates }: FaultServer, delayMs: number): Promise<RoundTrips> {
  let count = 0;
  const proxy = await MysqlProxy.start({
    socketPath,
    authority: certificates.databaseAuthority,
    watcher: {
      beforeServer: async ({ phase }): Promise<Verdict> => {
        if (phase === 'work') count += 1;
        if (delayMs > 0) await sleep(delayMs);
        return 'pass';
      },
      onSent: () => undefined,
      betweenReplies: () => 'pass',
      beforeReply: () => 'pass',
      onClientGone: () => undefined,
      onEnd: () => undefined,
    },
  });
  return {
    port: proxy.port,
    take: () => {
      const taken = count;
      count = 0;
      return taken;
    },
    stop: () => proxy.stop(),
  };
}
