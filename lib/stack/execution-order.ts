import { Aspects, type CfnElement, CfnResource, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { type Construct, Dependable, type IConstruct } from 'constructs';
import { importersOf } from './imported-values';
import { outermostStack } from './outermost-stack';
import { stacksOf, wholeStackOf } from './stack-chain';
import { circleThrough, isWaitedFor } from './template-circle';
import { ValidationError } from '../validation-error';
import { warn } from '../warn';

/** What is put into an order. */
export interface OrderedMigrations {
  /** Custom resource that runs the migrations. */
  readonly resource: Construct;
  /** Custom resource that runs those of the phase contract, where there are any. */
  readonly contract?: Construct;
  /** Constructs that the migrations cannot do without. */
  readonly needs: readonly IConstruct[];
  /** Values that may refer to resources that the migrations cannot do without. */
  readonly values: readonly string[];
}

/** Of all constructs with migrations: two of them may wait for each other. */
const orders = new WeakMap<IConstruct, ExecutionOrder>();

/** What waits for the migrations and what they wait for; it says at synth where that cannot be, or is nothing. */
export class ExecutionOrder {
  readonly #waiting: Construct[] = [];
  readonly #awaited: IConstruct[] = [];

  constructor(
    private readonly scope: Construct,
    private readonly migrations: OrderedMigrations,
  ) {
    orders.set(scope, this);
    // Before the CDK orders the stacks, which it ends with an error of its own where they wait for each other.
    Aspects.of(scope).add({ visit: (node) => node === scope && this.#refuseStacksInCircles() });
    scope.node.addValidation({ validate: () => this.#validate() });
  }

  /** The order of a construct with migrations; undefined for every other construct. */
  static of(scope: IConstruct): ExecutionOrder | undefined {
    return orders.get(scope);
  }

  /** Notes that a construct waits for the migrations. */
  addWaiting(scope: Construct): void {
    this.#waiting.push(scope);
  }

  /** Notes that the migrations wait for a construct. */
  addAwaited(scope: IConstruct): void {
    this.#awaited.push(scope);
  }

  /** What a user has made the migrations wait for, by `executeAfter`, another's `executeBefore`, or the CDK's own means. */
  awaited(): readonly IConstruct[] {
    return [...this.#awaited, ...this.scope.node.dependencies];
  }

  #validate(): string[] {
    const { contract, resource } = this.migrations;
    // What holds no resource, such as an imported function, cannot wait.
    const isGiven = this.#waiting.some(holdsResources);
    const unordered = contract !== undefined && !isGiven;
    const circles = this.#ownCircles();
    if (circles.length === 0 && !unordered && !isGiven) this.#warnOfNothingWaiting();
    this.#warnOfAwaitedInVain();
    return [
      ...(unordered ? [`${UNORDERED[0]}${this.#givenInVain()}${UNORDERED[1]}`] : []),
      ...circles,
      ...importersOf(cfnResourceOf(resource)).map(describeImport),
    ];
  }

  /** What `executeBefore` was given, if all of that is in vain. */
  #givenInVain(): string {
    const paths = this.#waiting.map(({ node }) => node.path).join(', ');
    return paths === '' ? 'nothing' : `${paths}, which has no resource in this app`;
  }

  /** What is given to `executeBefore` in our own stack; else what the template shows, over however many resources. */
  #ownCircles(): readonly string[] {
    const needed = this.#needed();
    const given = this.#waiting.flatMap((scope) => {
      const circular = needed.find((construct) => construct.node.scopes.includes(scope));
      return circular === undefined ? [] : [`${holds(scope, circular)} (order-circular)`];
    });
    if (given.length > 0) return given;
    const { resource, contract } = this.migrations;
    const circle = circleThrough(cfnResourceOf(resource));
    if (circle !== undefined) return [describeCircle(circle)];
    const contracting = contract && circleThrough(cfnResourceOf(contract));
    return contracting === undefined ? [] : [describeContracting(contracting)];
  }

  #refuseStacksInCircles(): void {
    for (const scope of this.#waiting) {
      const whole = wholeStackOf(scope, this.scope);
      if (whole === undefined) continue;
      const needed = this.#neededIn(whole);
      if (needed === undefined) continue;
      this.#refuse(`executeBefore was given ${scope.node.path}, and the migrations need ${within(needed, whole)}`);
    }
    for (const scope of this.awaited()) {
      const whole = wholeStackOf(scope, this.scope);
      if (whole === undefined) continue;
      const waiting = this.#waitingForUs(whole);
      if (waiting === undefined) continue;
      this.#refuse(
        `executeAfter was given ${scope.node.path}, and ${within(waiting, whole)} waits for the stack of the migrations`,
      );
    }
  }

  #refuse(text: string): never {
    throw new ValidationError(
      this.scope,
      'order-circular',
      `${text}. Stacks wait for each other as a whole: put the migrations and what is ordered against them into one stack, or what waits into a stack of its own`,
    );
  }

  /** What the migrations need that is in a stack, or that stack itself where ours was told to wait for it. */
  #neededIn(whole: Stack): IConstruct | undefined {
    return (
      this.#needed().find((construct) => stacksOf(construct).includes(whole)) ??
      (waitsForStack(outermostStack(this.scope), whole) ? whole : undefined)
    );
  }

  /** What is in another stack and waits for ours, as far as it can be seen before the CDK orders the stacks. */
  #waitingForUs(whole: Stack): IConstruct | undefined {
    const outermost = outermostStack(this.scope);
    if (waitsForStack(whole, outermost)) return whole;
    return whole.node.findAll().find((node) => {
      const ours = wholeStackOf(this.scope, node);
      const order = orders.get(node);
      return ours !== undefined && order !== undefined && order.#neededIn(ours) !== undefined;
    });
  }

  #needed(): readonly IConstruct[] {
    const { resource, needs, values } = this.migrations;
    return [
      this.scope,
      ...this.awaited(),
      ...resource.node.dependencies,
      ...needs,
      ...values.flatMap(targetsOf),
    ].filter(holdsResources);
  }

  /** A warning: the application may be in another app, or in none. */
  #warnOfNothingWaiting(): void {
    const { resource } = this.migrations;
    if (isWaitedFor(cfnResourceOf(resource), this.scope) || this.#isStackWaitedFor()) return;
    warn(
      this.scope,
      'nothing-waits',
      `nothing waits for the migrations${this.#waiting.length === 0 ? '' : ` (executeBefore was given ${this.#givenInVain()})`}: the application may be updated before the schema is, and a migration that fails does not keep the new code from going live. Give the application to executeBefore, or acknowledge this where it is deployed otherwise`,
    );
  }

  #warnOfAwaitedInVain(): void {
    const inVain = this.#awaited.filter((scope) => !Dependable.of(scope).dependencyRoots.some(holdsResources));
    if (inVain.length === 0) return;
    warn(
      this.scope,
      'waits-for-nothing',
      `executeAfter was given ${inVain.map(({ node }) => node.path).join(', ')}, which has no resource in this app: the migrations do not wait for it. Give what is deployed with the app, or take it out`,
    );
  }

  #isStackWaitedFor(): boolean {
    const outermost = outermostStack(this.scope);
    return this.scope.node.root.node
      .findAll()
      .some((node) => Stack.isStack(node) && node !== outermost && waitsForStack(node, outermost));
  }
}

/** Before and after what was given. */
const UNORDERED = [
  'there are migrations of the phase contract, and executeBefore was given ',
  ': give it the application whose update they wait for, or take the line "-- migrate:phase contract" out of what is not released yet (contract-unordered)',
] as const;

function describeImport(element: CfnElement): string {
  const path = CfnResource.isCfnResource(element) ? pathOf(element) : element.node.path;
  return `${path} in another stack imports version or digest, which change with every migration, and CloudFormation does not let a value change that another stack imports: the next migration could not be deployed. Take it out, and give ${path} to executeBefore, or its stack addStackDependency; if it is the value that you need, read it weakly, where your aws-cdk-lib can: Stack.consumeReference(migrations.version, ReferenceStrength.WEAK) (version-imported)`;
}

function holds(scope: IConstruct, needed: IConstruct): string {
  const what = scope === needed ? 'which' : `which holds ${needed.node.path} that`;
  return `executeBefore was given ${scope.node.path}, ${what} the migrations need themselves: give the application's own constructs`;
}

function within(construct: IConstruct, whole: Stack): string {
  return construct === whole
    ? `its stack ${whole.node.path}`
    : `${construct.node.path} of its stack ${whole.node.path}`;
}

function describeCircle(circle: readonly CfnResource[]): string {
  return `the migrations wait for themselves: ${wayAround(circle)}: take one of these out of executeBefore or executeAfter, or make it a construct of its own (order-circular)`;
}

function describeContracting(circle: readonly CfnResource[]): string {
  return `the migrations of the phase contract wait for themselves: ${wayAround(circle)}: they run after what executeBefore was given, which so cannot wait for all of the migrations, as by node.addDependency: leave it to executeBefore alone (order-circular)`;
}

function wayAround(circle: readonly CfnResource[]): string {
  const [first, ...others] = circle.map(pathOf);
  return `${first} ${[...others, first].map((path) => `waits for ${path}`).join(', which ')}`;
}

/** The construct that a user knows: `Function`, and not `Function/Resource`. */
function pathOf(resource: CfnResource): string {
  const { scope } = resource.node;
  return scope?.node.defaultChild === resource ? pathOfConstruct(scope) : resource.node.path;
}

function pathOfConstruct(construct: IConstruct): string {
  const { scope } = construct.node;
  return scope !== undefined && orders.has(scope) ? scope.node.path : construct.node.path;
}

function waitsForStack(waiting: Stack, other: Stack, seen = new Set<Stack>()): boolean {
  if (seen.has(waiting)) return false;
  seen.add(waiting);
  return waiting.dependencies.some((stack) => stack === other || waitsForStack(stack, other, seen));
}

function targetsOf(value: string): readonly IConstruct[] {
  return Tokenization.reverseString(value)
    .tokens.filter((token) => Reference.isReference(token))
    .map(({ target }) => target);
}

function cfnResourceOf(construct: Construct): CfnResource {
  return construct.node.defaultChild as CfnResource;
}

/** Not so an imported VPC or secret: nothing is created for it, so nothing waits. */
function holdsResources(construct: IConstruct): boolean {
  return construct.node.findAll().some((node) => CfnResource.isCfnResource(node));
}
