import { Aspects, type CfnResource, Duration, PropertyInjectors, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { fakePackage } from '../fake-package';
import { database, emptyApp, migrationsOf, stackUnderTest } from '../stack-under-test';
import { synthError, warningsOn } from '../synth-messages';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const timed = (seconds: number) => (node: unknown) => {
  if (node instanceof lambda.CfnFunction) node.timeout = seconds;
};

describe('a function that was given too little time', () => {
  it('is an error at synth, by an aspect, of both functions', () => {
    const { stack } = stackUnderTest();
    Aspects.of(stack).add({ visit: timed(20) });
    const error = synthError(stack.node.root);
    expect(error.match(/its timeout was set to 20 seconds, .*\(timeout-too-short\)/g)).toHaveLength(2);
  });

  it('is one by an override', () => {
    const { stack, migrations } = stackUnderTest();
    const handler = migrations.node.findAll().find((each) => each instanceof lambda.CfnFunction) as CfnResource;
    handler.addPropertyOverride('Timeout', 29);
    expect(synthError(stack.node.root)).toMatch(/set to 29 seconds/);
  });

  it('is one by a property injector', () => {
    const app = emptyApp();
    PropertyInjectors.of(app).add({
      constructUniqueId: lambda.Function.PROPERTY_INJECTION_ID,
      inject: (props: object) => ({ ...props, timeout: Duration.seconds(20) }),
    });
    const stack = new Stack(app, 'Stack');
    migrationsOf(stack, database(stack).cluster);
    expect(synthError(app)).toMatch(/set to 20 seconds/);
  });

  it('is none where the time is enough', () => {
    const { stack, migrations } = stackUnderTest();
    Aspects.of(stack).add({ visit: timed(30) });
    expect(warningsOn(migrations)).not.toHaveProperty('timeout-too-short');
  });
});
