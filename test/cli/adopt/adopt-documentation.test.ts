import { MAKERS, UPS } from '../../integration/adopt/made-histories';
import { RECORDED } from '../../integration/adopt/recorded-histories';
import { Scene } from '../../integration/scene';
import { stackServers, type TestServer } from '../../servers';
import { urlOf } from './adopt-url';
import { expectPlayed } from '../played-document';

const SCHEMA = 'bookshop';

/** Each run starts a process, of which others keep the machine busy. */
jest.setTimeout(600_000);

/** Makes the schema anew, as a tool has left it. */
async function makeHistory(server: TestServer, history: string): Promise<void> {
  const scene = await Scene.start(server, SCHEMA);
  try {
    if (history in MAKERS) {
      await MAKERS[history as keyof typeof MAKERS](scene);
      return;
    }
    const statements = history === 'none' ? [] : RECORDED[history as keyof typeof RECORDED];
    for (const statement of [...Object.values(UPS), ...statements]) await scene.sql(statement);
  } finally {
    scene.outside.destroy();
  }
}

test.each(stackServers())('docs/from-other-tools.md shows what its commands print on $name', async (server) => {
  try {
    await expectPlayed('from-other-tools.md', {
      environment: { DATABASE_URL: urlOf({ server, name: SCHEMA }) },
      preparations: { history: (history) => makeHistory(server, history) },
    });
  } finally {
    const scene = await Scene.start(server, SCHEMA);
    await scene.end();
  }
});
