import * as fs from 'node:fs';
import * as path from 'node:path';
import { RESOURCE_TYPE } from '../../../lambda/contract';
import { isJsonObject, type JsonObject } from '../../../rehearsal/template/json';
import { loadTemplate, type Template, type TemplateBody } from '../../../rehearsal/template/template';
import { nothingPlayed } from '../nothing-played';

/** A stack of a cloud assembly. */
export interface AssemblyStack {
  readonly name: string;
  /** With the stages that it is in, as the CDK's command line names it: `Production/Shop`. */
  readonly path: string;
  readonly template: Template;
  /** Whether there are migrations in it. */
  readonly isOurs: boolean;
  /** Paths of the stacks that are deployed after it, since they depend on it. */
  readonly dependents: readonly string[];
  /** Where it is deployed, as far as the app says it. */
  readonly environment: { readonly accountId?: string; readonly region?: string };
  /** Of a nested stack, the one that it is in. */
  readonly parent: ParentStack | null;
}

/** The stack that another one is nested in. */
export interface ParentStack {
  readonly stack: AssemblyStack;
  /** Of the nested one, among its resources. */
  readonly logicalId: string;
  /** What it gives the parameters of the nested one. */
  readonly parameters: JsonObject;
}

/** A release: the stacks of one cloud assembly. */
export interface Assembly {
  readonly stacks: readonly AssemblyStack[];
  /** What was not in `cdk.context.json`, and is a placeholder: `vpc-provider`. */
  readonly lookups: readonly string[];
}

interface Manifest {
  readonly missing?: readonly { readonly provider: string }[];
  readonly artifacts?: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly displayName?: string;
        readonly dependencies?: readonly string[];
        /** `aws://111122223333/eu-central-1` */
        readonly environment?: string;
        readonly properties?: {
          readonly stackName?: string;
          readonly templateFile?: string;
          readonly directoryName?: string;
        };
      }
    >
  >;
}

/** Reads what `cdk synth` has made, the assemblies of stages too. */
export async function readAssembly(folder: string): Promise<Assembly> {
  const file = path.join(folder, 'manifest.json');
  if (!fs.existsSync(file)) {
    throw nothingPlayed(
      'assembly-missing',
      `${folder} is no cloud assembly: it has no manifest.json. Name the folder that "cdk synth" makes, usually cdk.out`,
    );
  }
  const { missing = [], artifacts = {} } = JSON.parse(fs.readFileSync(file, 'utf8')) as Manifest;
  const stacks: AssemblyStack[] = [];
  const lookups = missing.map(({ provider }) => provider);
  for (const [id, { type, displayName, environment, properties }] of Object.entries(artifacts)) {
    if (type === 'cdk:cloud-assembly' && properties?.directoryName !== undefined) {
      const inner = await readAssembly(path.join(folder, properties.directoryName));
      stacks.push(...inner.stacks);
      lookups.push(...inner.lookups);
    }
    if (type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined) {
      const file = path.join(folder, properties.templateFile);
      if (isEmpty(file)) continue;
      const template = await loadTemplate(file, id);
      const name = properties.stackName ?? id;
      const outer: AssemblyStack = {
        name,
        path: pathOf(id, displayName),
        template,
        isOurs: hasMigrations(template.body),
        environment: environmentIn(environment),
        dependents: dependentsOf(id, artifacts),
        parent: null,
      };
      stacks.push(outer, ...(await nestedIn(outer)));
    }
  }
  return { stacks, lookups };
}

/** The CDK adds the stack's own name in brackets where that is another one. */
function pathOf(id: string, displayName = id): string {
  return displayName.replace(/ \(.*\)$/, '');
}

function dependentsOf(id: string, artifacts: NonNullable<Manifest['artifacts']>): readonly string[] {
  return Object.entries(artifacts)
    .filter(([, { type, dependencies = [] }]) => type === 'aws:cloudformation:stack' && dependencies.includes(id))
    .map(([other, { displayName }]) => pathOf(other, displayName));
}

/** A stack with nothing in it, such as one that only looks things up for others: the CDK does not deploy it either. */
function isEmpty(file: string): boolean {
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<TemplateBody>).Resources === undefined;
}

function environmentIn(url = ''): AssemblyStack['environment'] {
  const [, account = '', region = ''] = /^aws:\/\/([^/]*)\/(.*)$/.exec(url) ?? [];
  return {
    ...(/^\d+$/.test(account) && { accountId: account }),
    ...(region !== '' && region !== 'unknown-region' && { region }),
  };
}

/** The nested stacks of a stack, and those in them: all of their templates are among its assets. */
async function nestedIn(outer: AssemblyStack): Promise<readonly AssemblyStack[]> {
  const files = [...outer.template.assets].filter(
    ([, file]) => file.endsWith('.nested.template.json') && fs.existsSync(file),
  );
  const bodies = new Map<string, TemplateBody>();
  for (const [key, file] of files) bodies.set(key, (await loadTemplate(file, outer.name)).body);
  const found = (parent: AssemblyStack): readonly AssemblyStack[] =>
    files.flatMap(([key, file]) => {
      const body = bodies.get(key);
      const nested = resourceOfNested(parent.template.body, key);
      if (body === undefined || nested === null) return [];
      const name = path.basename(file, '.nested.template.json');
      const stack: AssemblyStack = {
        ...outer,
        name,
        path: `${outer.path}/${name}`,
        template: { ...outer.template, body: withOwnStackId(body) },
        isOurs: hasMigrations(body),
        parent: { stack: parent, ...nested },
      };
      return [stack, ...found(stack)];
    });
  return found(outer);
}

/** Null where the template of that key is none of a stack that is nested here. */
function resourceOfNested({ Resources }: TemplateBody, key: string): Omit<ParentStack, 'stack'> | null {
  const found = Object.entries(Resources).find(
    ([, { Type, Properties }]) =>
      Type === 'AWS::CloudFormation::Stack' && JSON.stringify(Properties?.TemplateURL ?? '').includes(key),
  );
  if (found === undefined) return null;
  const [logicalId, { Properties }] = found;
  return { logicalId, parameters: isJsonObject(Properties?.Parameters) ? Properties.Parameters : {} };
}

/**
 * The stack that is to be played: the one of that name or path, or the only one with migrations.
 *
 * @param assembly is called so in an error
 */
export function findStack({ stacks }: Assembly, wanted: string | undefined, assembly: string): AssemblyStack {
  const ours = stacks.filter(({ isOurs }) => isOurs);
  const list = (some: readonly AssemblyStack[]): string => some.map((each) => each.path).join(', ');
  if (ours.length === 0) {
    throw nothingPlayed(
      'no-migrations',
      `there is no AuroraMigrations in ${assembly}, which has ${stacks.length === 0 ? 'no stacks' : `the stacks ${list(stacks)}`}: add the construct, or name another app with --app`,
    );
  }
  const found = wanted === undefined ? ours : ours.filter((each) => each.path === wanted || each.name === wanted);
  const [stack, ...others] = found;
  if (stack === undefined) {
    throw nothingPlayed(
      'stack-unknown',
      `no stack ${wanted ?? ''} with migrations is in ${assembly}; there are ${list(ours)}`,
    );
  }
  if (others.length === 0) return stack;
  throw nothingPlayed('stack-unclear', `several stacks have migrations: name one of ${list(found)} with --stack`);
}

/** Checks that the code of the functions is here; an assembly without its assets is one of another machine. */
export function requireAssets({ template }: AssemblyStack, assembly: string): void {
  for (const asset of template.assets.values()) {
    if (!asset.includes('asset.') || fs.existsSync(asset)) continue;
    throw nothingPlayed(
      'asset-missing',
      `${assembly} lacks the asset ${asset}: take the whole folder that "cdk synth" has made, and keep it whole where a job hands it over to another`,
    );
  }
}

function hasMigrations({ Resources }: TemplateBody): boolean {
  return Object.values(Resources).some(({ Type }) => Type === RESOURCE_TYPE);
}

/** A nested stack is told the id of its root by a parameter. Played by itself, it is its own root. */
function withOwnStackId(body: TemplateBody): TemplateBody {
  const [, name] = /"ROOT_STACK_ID":\{"Ref":"(\w+)"\}/.exec(JSON.stringify(body)) ?? [];
  if (name === undefined || body.Parameters?.[name] === undefined) return body;
  return JSON.parse(JSON.stringify(body).replaceAll(`{"Ref":"${name}"}`, '{"Ref":"AWS::StackId"}')) as TemplateBody;
}
