#!/usr/bin/env node
import { Annotations, App } from 'aws-cdk-lib';
import { AuroraStack } from '../lib/aurora-stack';

const app = new App();

// No env: the template then fits every account and region, and synth needs neither.
const { migrations } = new AuroraStack(app, 'AuroraStack', {
  description: 'Aurora MySQL whose schema moves with the stack',
  // A context value from the command line is a string: cdk deploy --context deletionProtection=false
  deletionProtection: String(app.node.tryGetContext('deletionProtection')) !== 'false',
});

// What waits for the migrations is your application, which the sample does not have.
Annotations.of(migrations).acknowledgeWarning(
  'cdk-aurora-migrations:nothing-waits',
  'a database without an application',
);
