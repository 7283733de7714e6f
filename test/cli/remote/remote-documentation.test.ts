import { Scene } from '../../integration/scene';
import { stackServers } from '../../servers';
import { urlOf } from '../adopt/adopt-url';
import { expectPlayed } from '../played-document';

/** Each run starts a process, of which others keep the machine busy. */
jest.setTimeout(600_000);

test.each(stackServers())('docs/troubleshooting.md shows what its commands print on $name', async (server) => {
  const scene = await Scene.start(server);
  const alike = (printed: string): string =>
    printed
      .replaceAll(scene.name, 'shop')
      .replaceAll(`${server.host}:${server.port}`, '127.0.0.1:3306')
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, '2026-11-28 12:00:00 UTC')
      .replace(/\d+\.\d s/g, '0.1 s')
      .replace(/in \d\d:\d\d/g, 'in 00:00')
      // What one server prints in another way than the other.
      .replace(/\b(big)?int\(\d+\)/g, '$1int')
      .replace(/utf8mb4_(?:general|uca1400_ai)_ci/g, 'utf8mb4_0900_ai_ci');
  try {
    await expectPlayed('troubleshooting.md', {
      environment: { DATABASE_URL: urlOf(scene) },
      preparations: {
        sql: async (statement) => {
          await scene.sql(`USE ${scene.name}`);
          await scene.sql(statement);
        },
      },
      alike,
    });
  } finally {
    await scene.end();
  }
});
