import { Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { ENVIRONMENT } from '../../lambda/contract';

/** How long the function tries to connect is nothing that the construct says. */
const OWN: readonly string[] = Object.values(ENVIRONMENT).filter((name) => name !== ENVIRONMENT.connectSeconds);

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
      const { environment } = handler.node.defaultChild as lambda.CfnFunction;
      const { variables = {} } = (stack.resolve(environment) ?? {}) as { readonly variables?: Record<string, unknown> };
      const isChanged = (name: string): boolean =>
        JSON.stringify(variables[name]) !== JSON.stringify(stack.resolve(own[name]));
      return OWN.filter(isChanged).map(
        (name) =>
          `the environment variable ${name} was set by hand, but it is the construct's own: leave it, and change what the construct was given (variable-overwritten)`,
      );
    },
  });
}
