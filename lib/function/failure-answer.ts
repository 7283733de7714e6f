import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { keepTimeout } from './kept-timeout';

/** What the function is made of. */
export interface FailureAnswerProps {
  /** The same code as that of the function for which it answers. */
  readonly code: lambda.Code;
  /** The same log group: whoever looks for the one finds the other. */
  readonly logGroup: logs.ILogGroup;
}

/**
 * The function that answers CloudFormation when all attempts of the other one have failed: killed, out of memory, out of
 * time. Without it the stack would wait for an hour. It stands outside of the VPC and knows no database: what keeps the
 * other from answering, a missing route to S3 say, must not keep this one.
 */
export class FailureAnswer extends Construct {
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, { code, logGroup }: FailureAnswerProps) {
    super(scope, id);
    const role = new iam.Role(this, 'Role', {
      description: 'Function that answers CloudFormation where the migrations did not come to an end',
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    this.function = new lambda.Function(this, 'Resource', {
      description: 'Answers CloudFormation where the database migrations did not come to an end',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.onFailure',
      code,
      // Delivering an answer is tried again as long as there is time.
      timeout: Duration.minutes(5),
      memorySize: 256,
      role,
      logGroup,
    });
    keepTimeout(this.function);
    // The answer is all that it does: nobody answers for it.
    this.function.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.minutes(5) });
  }
}
