import { type CfnResource, Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { resolvedResource } from './resolved-resource';

export const MIN_TIMEOUT = Duration.seconds(30);

/** What a resource's part of the template says of the time that it has, where that is known at synth. */
interface Timed {
  readonly Properties: { readonly Timeout?: unknown };
}

/**
 * Says at synth where a function was given less time than it needs, as an aspect or a property injector does that gives all
 * functions of an app the same. It would die in each attempt.
 */
export function keepTimeout(handler: lambda.Function): void {
  handler.node.addValidation({
    validate: () => {
      const { Properties: { Timeout } = {} } = resolvedResource<Timed>(handler.node.defaultChild as CfnResource);
      return typeof Timeout === 'number' && Timeout < MIN_TIMEOUT.toSeconds()
        ? [
            `its timeout was set to ${Timeout} seconds, as by an aspect, and it needs at least ${MIN_TIMEOUT.toSeconds()}: leave the functions of the migrations out of what sets that of the rest (timeout-too-short)`,
          ]
        : [];
    },
  });
}
