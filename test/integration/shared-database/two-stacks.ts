import { ReleaseStory } from '../releases/release-story';
import { Scene, type Release, type SceneServer } from '../scene';

/** Two stacks that share one database: requests are of {@link own}, but in {@link inOther}. */
export class TwoStacks extends ReleaseStory {
  readonly own: string;
  readonly other: string;

  private constructor(scene: Scene) {
    super(scene);
    this.own = scene.stackId;
    scene.renew();
    this.other = scene.stackId;
    scene.stackId = this.own;
  }

  static async start(server: SceneServer): Promise<TwoStacks> {
    return new TwoStacks(await Scene.start(server));
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
