import type { Connection } from 'mysql2';
import type { Intent } from '../../../lambda/plan/intent';
import { servers } from '../../servers';
import { release, Scene, type Release } from '../scene';

const table = (name: string): string =>
  `-- migrate:up\nCREATE TABLE ${name} (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE ${name};`;

const FIRST = release({ '0001_a': table('a') });
const SECOND = release({ '0001_a': table('a'), '0002_b': table('b') });

/** Each is a round trip: from another zone than the database's, they are most of what a deployment of one migration takes. */
describe.each(servers())('the commands of a request, on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  /** What the server is sent from the lock on. Before it, connecting sets the session and looks at it. */
  async function commandsOf(intent: Intent, code: Release): Promise<readonly string[]> {
    // Of the request before: what waits for it looks around.
    await scene.unlocked();
    const session = scene.session();
    const sent = jest.spyOn(session.connection, 'query');
    const others = jest.spyOn(session.connection as unknown as { addCommand: Connection['query'] }, 'addCommand');
    const { status } = await scene.answer(intent, code, {
      connect: () => Promise.resolve({ kind: 'connected', session }),
    });
    expect(status).toBe('SUCCESS');
    const texts = sent.mock.calls.map(([{ sql }]) => sql.slice(0, 80));
    // Nothing but queries, which the driver adds as its own commands.
    expect(others).toHaveBeenCalledTimes(texts.length);
    return texts;
  }

  it('are as few on a fresh database as on one with a journal', async () => {
    expect(await commandsOf(scene.create(FIRST), FIRST)).toHaveLength(18);
    await scene.settle();
    expect(await commandsOf(scene.update(FIRST, SECOND), SECOND)).toHaveLength(18);
  });

  it('are few where the one migration of an update is reverted', async () => {
    await scene.created(FIRST);
    await scene.settle();
    await scene.updated(FIRST, SECOND);
    expect(await commandsOf(scene.update(SECOND, FIRST), SECOND)).toHaveLength(22);
    expect(await scene.history()).toEqual(['0001_a applied']);
  });
});
