/**
 * CloudFormation's clock. ResponseURLs are signed with whole seconds, which order the requests of a resource, and in AWS two
 * operations on a stack never lie in the same second. Here they would: this clock then goes ahead of ours, so that nobody
 * has to wait for the next second.
 */
export class CloudClock {
  #aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  /** Has the second of a time be over. */
  leaveSecondOf(time: Date): void {
    const next = (Math.floor(time.getTime() / 1000) + 1) * 1000;
    this.#aheadMs += Math.max(0, next - this.now().getTime());
  }
}
