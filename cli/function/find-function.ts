import {
  CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { RESOURCE_TYPE } from '../../lambda/contract';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import type { FunctionTarget } from '../target';
import { awsProblem, NotAws } from './aws-problem';
import { functionsAmong, type ConstructFunction } from './functions-among';

/** Nested stacks below the named one. */
const MOST_LEVELS = 5;

/** The function of a stack, or of one nested in it: that of the one construct there, or of the one that is named. */
export async function findFunction(
  stack: string,
  construct: string | null,
  { region, profile }: Pick<FunctionTarget, 'region' | 'profile'>,
): Promise<ConstructFunction> {
  const client = new CloudFormationClient({ ...(region && { region }), ...(profile && { profile }) });
  try {
    const found = functionsAmong(await resourcesOf(client, stack));
    return oneOf(found, stack, construct);
  } finally {
    client.destroy();
  }
}

async function resourcesOf(
  client: CloudFormationClient,
  stack: string,
  level = 0,
): Promise<readonly StackResourceSummary[]> {
  const own: StackResourceSummary[] = [];
  try {
    for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
      // AWS lists none as an empty list; a page of a proxy has no list at all.
      if (page.StackResourceSummaries === undefined) throw new NotAws(page.$metadata);
      own.push(...page.StackResourceSummaries);
    }
  } catch (error) {
    throw notListed(error, stack);
  }
  const nested = own.flatMap(({ ResourceType: type, PhysicalResourceId: id, ResourceStatus: status }) =>
    type === 'AWS::CloudFormation::Stack' && id && status !== 'DELETE_COMPLETE' ? [id] : [],
  );
  if (level === MOST_LEVELS) return own;
  const below: StackResourceSummary[] = [];
  for (const id of nested) below.push(...(await resourcesOf(client, id, level + 1)));
  return [...own, ...below];
}

function notListed(error: unknown, stack: string): unknown {
  if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) {
    return new ExpectedFailure(
      'no-such-stack',
      `there is no stack ${stack} in this account and region: correct --stack, or name another --region or --profile. Nothing was done`,
    );
  }
  return awsProblem(error, {
    doing: `looking for the function in the stack ${stack}`,
    permission: 'cloudformation:ListStackResources on the stack (or name the function with --function)',
    state: 'Nothing was done.',
  });
}

function oneOf(found: readonly ConstructFunction[], stack: string, construct: string | null): ConstructFunction {
  const fitting = construct === null ? found : found.filter((each) => each.construct === idOf(construct));
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  const names = found.map((each) => each.construct).join(', ');
  if (found.length === 0) {
    throw new ExpectedFailure(
      'no-function',
      `in the stack ${stack} there is no AuroraMigrations (no resource ${RESOURCE_TYPE} with its function): ` +
        'name the stack that has it, or its function with --function. Nothing was done',
    );
  }
  throw new ExpectedFailure(
    'which-function',
    `the stack ${stack} has ${construct === null ? 'several AuroraMigrations' : `no AuroraMigrations ${construct}`}: there ` +
      `${found.length === 1 ? 'is' : 'are'} ${names}. Name one with --construct, or a function with --function. Nothing was done`,
    EXIT_CODE.usage,
  );
}

/** A construct's path as CloudFormation's names have it: letters and digits. */
function idOf(construct: string): string {
  return construct.replace(/[^A-Za-z0-9]/g, '');
}
