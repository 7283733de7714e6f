/** The package has no types of its own; this is what we use of it. */
declare module 'cfn-response' {
  const cfnResponse: {
    send(
      event: object,
      context: { readonly logStreamName: string },
      status: 'SUCCESS' | 'FAILED',
      data: object,
      physicalResourceId: string,
    ): void;
  };
  export default cfnResponse;
}
