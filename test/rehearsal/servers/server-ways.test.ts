import { makeCertificates } from '../../../rehearsal/servers/certificates';
import { connectTo } from '../../../rehearsal/servers/connect';
import type { Database } from '../../../rehearsal/servers/database-types';
import { type DebianMachine, startDebianServer } from '../../../rehearsal/servers/debian-server';
import { startMemoryServer } from '../../../rehearsal/servers/memory-server';
import { startThrowawayServer } from '../../../rehearsal/servers/throwaway-server';
import { servers } from '../../servers';

jest.setTimeout(120_000);

describe('on Debian', () => {
  const started = { kind: 'started', database: {} as Database } as const;
  function machine(change: Partial<DebianMachine> = {}, failures = 0) {
    const commands: string[] = [];
    const runAptGet = (args: readonly string[]): Promise<void> => {
      commands.push(args[0]!);
      const fails = args[0] === 'install' && commands.filter((command) => command === 'install').length <= failures;
      return fails ? Promise.reject(new Error('Unable to locate package')) : Promise.resolve();
    };
    return { commands, debian: { isLinux: true, isRoot: true, runAptGet, ...change } };
  }

  test.each([
    { failures: 0, commands: ['install'], found: { kind: 'started' } },
    { failures: 1, commands: ['install', 'update', 'install'], found: { kind: 'started' } },
    {
      failures: 2,
      commands: ['install', 'update', 'install'],
      found: { kind: 'unavailable', reason: 'Unable to locate package' },
    },
  ])(
    'the server is installed, where that fails $failures times by $commands',
    async ({ failures, commands, found }) => {
      const { commands: ran, debian } = machine({}, failures);
      expect(await startDebianServer({}, debian, () => Promise.resolve(started))).toMatchObject(found);
      expect(ran).toEqual(commands);
    },
  );

  test.each([
    { change: { isRoot: false }, reason: 'only as root' },
    { change: { isLinux: false }, reason: 'only on Debian and Ubuntu' },
    {
      change: { runAptGet: () => Promise.reject(Object.assign(new Error('spawn'), { code: 'ENOENT' })) },
      reason: 'there is no apt-get',
    },
  ])('the server is not installed: $reason', async ({ change, reason }) => {
    const { debian } = machine(change);
    expect(await startDebianServer({}, debian)).toEqual({ kind: 'unavailable', reason });
  });
});

describe('mysql-memory-server', () => {
  test('is no way where it is not installed, or fails', async () => {
    expect(await startMemoryServer({}, () => undefined)).toEqual({ kind: 'unavailable', reason: 'not installed' });
    const broken = { createDB: () => Promise.reject(new Error('no internet')) };
    expect(await startMemoryServer({}, () => broken)).toEqual({ kind: 'unavailable', reason: 'no internet' });
  });

  const mysql = servers().find(({ kind, program }) => kind === 'mysql' && program !== undefined)?.program;
  (mysql === undefined ? test.skip : test)('gets our certificate and a user of ours', async () => {
    // Its own: no other test could connect while its certificate is another one.
    const real = await startThrowawayServer(mysql!, { fast: true });
    const admin = await connectTo(real);
    await admin.query("CREATE USER 'passwordless'@'%'");
    await admin.query("GRANT ALL PRIVILEGES ON *.* TO 'passwordless'@'%' WITH GRANT OPTION");
    let stopped = false;
    try {
      const certificates = await makeCertificates();
      const memory = await startMemoryServer({ certificates, password: 'own' }, () => ({
        createDB: () =>
          Promise.resolve({
            port: real.port,
            username: 'passwordless',
            stop: () => {
              stopped = true;
              return Promise.resolve();
            },
          }),
      }));
      expect(memory).toMatchObject({
        kind: 'started',
        database: { kind: 'mysql', user: 'rehearsal', password: 'own' },
      });
      if (memory.kind !== 'started') return;
      const connection = await connectTo(memory.database);
      expect(await connection.query('SELECT @@event_scheduler AS scheduler')).toMatchObject([
        [{ scheduler: 'OFF' }],
        {},
      ]);
      await connection.end();
      await memory.database.stop();
      expect(stopped).toBe(true);
    } finally {
      await admin.end();
      await real.stop();
    }
  });
});
