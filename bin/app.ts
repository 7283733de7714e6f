#!/usr/bin/env node
import { App } from 'aws-cdk-lib';
import { AuroraStack } from '../lib/aurora-stack';

const app = new App();

// No env: the template then fits every account and region, and synth needs neither.
new AuroraStack(app, 'AuroraStack', {
  description: 'Aurora MySQL whose schema moves with the stack',
  // A context value from the command line is a string: cdk deploy --context deletionProtection=false
  deletionProtection: String(app.node.tryGetContext('deletionProtection')) !== 'false',
});
