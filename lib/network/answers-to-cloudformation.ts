import { Aws, Fn } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * Lets answers to CloudFormation through a VPC endpoint for S3, and nothing else: the function answers by a PUT into a
 * bucket of AWS, whose name is the region's without dashes.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-vpce-bucketnames.html
 */
export function answersToCloudFormation(): iam.PolicyStatement {
  const region = Fn.join('', Fn.split('-', Aws.REGION));
  return new iam.PolicyStatement({
    sid: 'AnswersToCloudFormation',
    // Whoever holds the signed URL of a request: the request is not signed with the function's role.
    principals: [new iam.AnyPrincipal()],
    actions: ['s3:PutObject'],
    resources: [`arn:${Aws.PARTITION}:s3:::cloudformation-custom-resource-response-${region}/*`],
  });
}
