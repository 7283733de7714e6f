import { ReleaseStory } from '../releases/release-story';
import { Scene, type Release, type SceneServer } from '../scene';

/** Two stacks that share one database: requests are of {@link own}, but in {@link inOther}. */
export class TwoStacks extends ReleaseStory {
  readonly own: string;
  readonly other: string;

  private constructor(scene: Scene) {
    super(scene);
    scene.renew();
    this.own = scene.stackId;
    scene.renew();
    this.other = scene.stackId;
  }

  /** Each test begins in a database of its own, with requests of {@link own}. */
  static ofEachTest(server: SceneServer): TwoStacks {
    const story = new TwoStacks(Scene.ofEachTest(server));
    beforeEach(() => (story.scene.stackId = story.own));
    return story;
  }

  async inOther(run: () => Promise<unknown>): Promise<void> {
    this.scene.stackId = this.other;
    await run();
    this.scene.stackId = this.own;
  }

  /** A stack is created, and that is there to stay. */
  async createAt(at: Release): Promise<void> {
    await this.succeed(at, this.scene.create(at), this.scene.begins(at));
    await this.scene.stackIs('CREATE_COMPLETE');
  }

  async bothAt(at: Release): Promise<void> {
    await this.createAt(at);
    await this.inOther(() => this.createAt(at));
  }

  /** Kind and name of all objects, in order. */
  async tables(): Promise<readonly string[]> {
    return Object.keys(await this.scene.schema());
  }
}
