import type { Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { IConstruct } from 'constructs';

/** The warnings of ours on a construct, by code. Synthesizes the app. */
export function warningsOn(construct: IConstruct): Readonly<Record<string, string>> {
  const stack = construct.node.scopes.find((scope) => 'templateOptions' in scope) as Stack;
  const entries = Annotations.fromStack(stack).findWarning(`/${construct.node.path}`, Match.anyValue());
  return Object.fromEntries(
    entries.map(({ entry }) => {
      const text = entry.data as string;
      return [/\[ack: cdk-aurora-migrations:([\w-]+)\]$/.exec(text)?.[1] ?? 'not-ours', text];
    }),
  );
}

/** What synth ends with; fails where it does not. */
export function synthError(app: IConstruct): string {
  try {
    (app as Stage).synth();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('synth found no fault');
}
