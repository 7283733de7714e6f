import { survived } from './deliveries';
import { table } from './migrations';
import { type Play, NotPlayed, type Stage } from './stage';

const PLAIN = ['0001', '0002'];

/** Passwords, pauses, and a deployment that does not wait. */
export const NETWORKS: readonly Play[] = [
  {
    id: 'rotated',
    title: "The database's password is rotated while the function asks for its status again and again",
    needs: 'rotation',
    begins: 'with-stack',
    async run(stage) {
      const results: string[] = [];
      const ask = async (): Promise<void> => {
        const { failed, payload } = await stage.target.invoke({ command: 'status' });
        results.push(failed ? `failed: ${JSON.stringify(payload).slice(0, 300)}` : 'fine');
      };
      await ask();
      await stage.target.rotateSecret();
      await stage.waitFor(async () => {
        await ask();
        return stage.target.isRotated();
      });
      await ask();
      stage.facts['results'] = results;
    },
  },
  {
    id: 'paused',
    title: 'The database has paused, and a release is deployed',
    needs: 'pause',
    begins: 'with-stack',
    async run(stage) {
      if (!(await stage.target.awaitPause())) throw new NotPlayed('the database did not pause within half an hour');
      await stage.deploy({ name: 'paused', plain: PLAIN, more: paused(stage) }, 'UPDATE_COMPLETE');
    },
  },
  {
    id: 'express',
    title: 'A release is deployed in Express mode',
    needs: 'express',
    begins: 'with-stack',
    async run(stage) {
      const more = { ...paused(stage), '0090_express.sql': table('express') };
      await stage.deploy({ name: 'express', plain: PLAIN, more }, 'UPDATE_COMPLETE', { express: true });
    },
  },
];

function paused(stage: Stage): Readonly<Record<string, string>> {
  return { ...survived(stage), '0080_paused.sql': table('paused') };
}
