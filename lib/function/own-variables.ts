import { type CfnResource, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { ENVIRONMENT } from '../../lambda/contract';
import { resolvedResource } from './resolved-resource';

/** How long the function tries to connect is nothing that the construct says. */
const OWN: readonly string[] = Object.values(ENVIRONMENT).filter((name) => name !== ENVIRONMENT.connectSeconds);

/** What a resource's part of the template says of its variables. */
interface WithVariables {
  readonly Properties: { readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> } };
}

/**
 * Says at synth where a variable of the construct's own was set, or set to something else: the function would
 * connect to another database than the one that its role, its network and its resource are for.
 *
 * @param own variables by name, as the construct set them
 */
export function keepOwnVariables(handler: lambda.Function, own: Readonly<Record<string, string>>): void {
  handler.node.addValidation({
    validate: () => {
      const stack = Stack.of(handler);
      const { Properties } = resolvedResource<WithVariables>(handler.node.defaultChild as CfnResource);
      const variables = Properties?.Environment?.Variables ?? {};
      const isChanged = (name: string): boolean =>
        JSON.stringify(variables[name]) !== JSON.stringify(stack.resolve(own[name]));
      return OWN.filter(isChanged).map(
        (name) =>
          `the environment variable ${name} was set by hand, but it is the construct's own: leave it, and change what the construct was given (variable-overwritten)`,
      );
    },
  });
}
