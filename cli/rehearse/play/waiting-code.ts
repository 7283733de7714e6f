import { dependenciesOf } from '../../../rehearsal/template/graph';
import type { Template } from '../../../rehearsal/template/template';
import type { AssemblyStack } from '../release/assembly';
import { PLAYED_TYPES } from './played-types';
import type { Releases } from './stage';

/** What waits for the migrations, as far as that matters to whoever looks at its schema. */
export type Waiting = 'seen' | 'conditional' | 'elsewhere' | 'nothing';

/** Of two releases, and the stacks that are deployed after theirs, that of which more is seen. */
export function waitingInEither({ base, next }: Releases): Waiting {
  const each = [next, ...(base === null ? [] : [base])].map((stack) => {
    const waiting = waitingIn(stack.template);
    const isElsewhere = stack.dependents.length > 0 || codeAround(stack).length > 0;
    return waiting === 'nothing' && isElsewhere ? 'elsewhere' : waiting;
  });
  return (['seen', 'conditional', 'elsewhere'] as const).find((kind) => each.includes(kind)) ?? 'nothing';
}

/** Whether a template has code that waits for migrations: a function or an ECS service that is made after them. */
function waitingIn(template: Template): Waiting {
  const { Resources } = template.body;
  const own = waitingIds(template).filter((id) => OWN.has(Resources[id]?.Type ?? ''));
  if (own.length === 0) return unseenCode(template).length > 0 ? 'elsewhere' : 'nothing';
  return own.some((id) => Resources[id]?.Condition === undefined) ? 'seen' : 'conditional';
}

/** Logical ids of what waits for migrations and may be or hold code, but is not looked at. */
export function unseenCode(template: Template): readonly string[] {
  return waitingIds(template).filter((id) => ELSEWHERE.has(template.body.Resources[id]?.Type ?? ''));
}

/** Of a nested stack: logical ids of what is or may be code in the stacks around it, and waits for it. */
export function codeAround({ parent }: AssemblyStack): readonly string[] {
  if (parent === null) return [];
  const { Resources } = parent.stack.template.body;
  const waits = Object.entries(Resources).filter(
    ([, definition]) =>
      (OWN.has(definition.Type) || ELSEWHERE.has(definition.Type)) &&
      dependenciesOf(definition, (id) => id === parent.logicalId).length > 0,
  );
  return [...waits.map(([id]) => `${id} of ${parent.stack.name}`), ...codeAround(parent.stack)];
}

const OWN: ReadonlySet<string> = new Set(['AWS::Lambda::Function', 'AWS::ECS::Service']);
const ELSEWHERE: ReadonlySet<string> = new Set([
  'AWS::AppRunner::Service',
  'AWS::AutoScaling::AutoScalingGroup',
  'AWS::Batch::JobDefinition',
  'AWS::CloudFormation::Stack',
  'AWS::EC2::Instance',
  'AWS::ElasticBeanstalk::Environment',
  'AWS::Serverless::Function',
  'Custom::AWSCDK-EKS-HelmChart',
  'Custom::AWSCDK-EKS-KubernetesResource',
]);

function waitingIds({ body: { Resources } }: Template): readonly string[] {
  const isOurs = (id: string): boolean => PLAYED_TYPES.has(Resources[id]?.Type ?? '');
  return Object.keys(Resources).filter((id) => {
    const definition = Resources[id];
    if (definition === undefined || isOurs(id)) return false;
    const awaited = dependenciesOf(definition, isOurs);
    // What waits for the migrations that contract is no application that these wait for.
    const contracts = awaited.some((each) => Resources[each]?.Properties?.ContractOf !== undefined);
    return awaited.length > 0 && !contracts;
  });
}
