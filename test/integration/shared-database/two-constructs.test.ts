import type { Intent } from '../../../lambda/plan/intent';
import { servers } from '../../servers';
import { A, A_REVERTING, B_NOTES, B_PLAIN, ReleaseStory } from '../releases/release-story';
import { Scene, type Release } from '../scene';

/** The same request, of a second construct of the stack. */
function ofSecond(intent: Intent): Intent {
  const { request } = intent;
  const its = { ...intent, request: { ...request, resource: { ...request.resource, logicalId: 'Second' } } };
  return its.kind === 'update' || its.kind === 'delete'
    ? { ...its, physicalId: its.physicalId.replace('/Migrations:', '/Second:') }
    : its;
}

const onDelete = ({ properties, ...rest }: Release): Release => ({
  ...rest,
  properties: { ...properties, OnDelete: 'REVERT' },
});

describe.each(servers())('two constructs of one stack on one database on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);
  const tables = async (): Promise<readonly string[]> => Object.keys(await scene.schema());

  /** The stack is created, with both. */
  async function bothAt(at: Release): Promise<void> {
    await story.succeed(at, scene.create(at), ofSecond(scene.create(at)));
    await story.succeed(at, scene.begins(at), ofSecond(scene.begins(at)));
    await scene.stackIs('CREATE_COMPLETE');
  }

  it('a rollback leaves what live code of the other needs to the end of its release, which reverts it', async () => {
    await bothAt(A);
    await story.succeed(B_PLAIN, scene.update(A, B_PLAIN), ofSecond(scene.update(A, B_PLAIN)));
    // The application of the second one is updated, and before that of the first one something fails.
    await story.succeed(B_PLAIN, ofSecond(scene.begins(B_PLAIN)));
    await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    await story.succeed(A, scene.update(B_PLAIN, A));
    expect(await tables()).toEqual(['table orders', 'table user']);
    await story.succeed(A, ofSecond(scene.update(B_PLAIN, A)));
    await scene.stackIs('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await story.succeed(A, ofSecond(scene.ends(B_PLAIN)));
    expect(await tables()).toEqual(['table user']);
  });

  it('a rollback of both reverts with the first release that ends, and none of the two fails', async () => {
    await bothAt(A);
    await story.succeed(B_NOTES, scene.update(A, B_NOTES), ofSecond(scene.update(A, B_NOTES)));
    await story.succeed(B_NOTES, scene.begins(B_NOTES), ofSecond(scene.begins(B_NOTES)));
    await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    await story.succeed(A, scene.update(B_NOTES, A), ofSecond(scene.update(B_NOTES, A)));
    expect(await tables()).toEqual(['table notes', 'table orders', 'table user']);
    await scene.stackIs('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await story.succeed(A, scene.ends(B_NOTES));
    expect(await tables()).toEqual(['table user']);
    await story.succeed(A, ofSecond(scene.ends(B_NOTES)));
    expect(await tables()).toEqual(['table user']);
  });

  it('the stack is deleted after such a rollback: no release that ends takes away what another may still need', async () => {
    await bothAt(A);
    await story.succeed(B_PLAIN, scene.update(A, B_PLAIN), ofSecond(scene.update(A, B_PLAIN)));
    await story.succeed(B_PLAIN, scene.begins(B_PLAIN), ofSecond(scene.begins(B_PLAIN)));
    await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    await story.succeed(A, scene.update(B_PLAIN, A));
    // The rollback of the second one fails: its application is at the new release still.
    await scene.stackIs('DELETE_IN_PROGRESS', Date.now() + 2000);
    await story.succeed(A, ofSecond(scene.ends(B_PLAIN)));
    expect(await tables()).toEqual(['table orders', 'table user']);
    await story.succeed(A, scene.ends(B_PLAIN));
    expect(await tables()).toEqual(['table orders', 'table user']);
  });

  it.each([
    ['the first one', (intent: Intent) => intent, ofSecond],
    ['the second one', ofSecond, (intent: Intent) => intent],
  ])('with onDelete REVERT %s leaves what the other has, and the last one reverts it', async (_which, one, other) => {
    const at = onDelete(B_PLAIN);
    await bothAt(at);
    await story.succeed(at, one(scene.ends(at)));
    await story.succeed(at, one(scene.delete(at)));
    expect(await tables()).toEqual(['table orders', 'table user']);
    await scene.settle();
    await story.succeed(at, other(scene.ends(at)), other(scene.delete(at)));
    expect(await tables()).toEqual([]);
  });

  it('under another id a construct goes back, and on, as before', async () => {
    const at = onDelete(A);
    await story.succeed(at, scene.create(at), scene.begins(at));
    await scene.stackIs('CREATE_COMPLETE');
    // The update that brings the new id fails, and so does not take the old one away.
    const to = onDelete(B_PLAIN);
    await story.succeed(to, ofSecond(scene.create(to)), ofSecond(scene.begins(to)));
    await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    await scene.stackIs('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', Date.now() + 2000);
    await story.succeed(to, ofSecond(scene.ends(to)), ofSecond(scene.delete(to)));
    expect(await tables()).toEqual(['table user']);
    await scene.stackIs('UPDATE_ROLLBACK_COMPLETE', Date.now() + 3000);
    await story.succeed(to, ofSecond(scene.create(to)), ofSecond(scene.begins(to)));
    await scene.stackIs('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', Date.now() + 4000);
    await story.succeed(to, scene.ends(at), scene.delete(at));
    await scene.stackIs('UPDATE_COMPLETE', Date.now() + 5000);
    expect(await tables()).toEqual(['table orders', 'table user']);
  });

  it('with onRemoved REVERT what the other has is named', async () => {
    await bothAt(B_PLAIN);
    expect(await scene.answer(scene.update(B_PLAIN, A_REVERTING), A_REVERTING)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(
        `lacks 0002_orders, which Second of stack ${scene.stackId} may use; .* Or, where that construct is gone, `,
      ) as string,
    });
  });
});
