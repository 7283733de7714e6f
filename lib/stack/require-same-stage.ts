import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ValidationError } from '../validation-error';

/** Stages are deployed each by itself, so that CloudFormation cannot order what is in one against what is in another. */
export function requireSameStage(migrations: Construct, scope: Construct, method: string): void {
  const [ours, theirs] = [Stage.of(migrations), Stage.of(scope)];
  const fail = (text: string): never => {
    throw new ValidationError(migrations, 'order-other-stage', `${method} was given ${text}`);
  };
  if (Stage.isStage(scope)) {
    fail(
      `${nameOf(scope)}, and only stacks and what is in them can be ordered: give those of the migrations' own stage`,
    );
  }
  if (ours !== theirs) {
    fail(
      `${scope.node.path} in ${nameOf(theirs)}, and the migrations are in ${nameOf(ours)}, which is deployed by itself: put both into one stage, or order the stages, as a pipeline does`,
    );
  }
}

function nameOf(stage: Stage | undefined): string {
  return stage === undefined || stage.node.path === '' ? 'the app' : `the stage ${stage.node.path}`;
}
