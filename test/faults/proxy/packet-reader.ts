/** One packet of the MySQL protocol. */
export interface Packet {
  /** Header and payload, as they came. */
  readonly raw: Buffer;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** Cuts a stream into the packets of the MySQL protocol: 3 bytes length, 1 byte sequence number, payload. */
export class PacketReader {
  #received: Buffer = Buffer.alloc(0);

  /** The packets that are whole now. */
  push(chunk: Buffer): readonly Packet[] {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const packets: Packet[] = [];
    for (;;) {
      if (this.#received.length < 4) return packets;
      const end = 4 + this.#received.readUIntLE(0, 3);
      if (this.#received.length < end) return packets;
      const raw = this.#received.subarray(0, end);
      packets.push({ raw, sequence: raw.readUInt8(3), payload: raw.subarray(4) });
      this.#received = this.#received.subarray(end);
    }
  }
}

/** The same packet with another sequence number, and with other bytes at its payload's beginning. */
export function withSequence({ raw }: Packet, sequence: number, beginning: Buffer = Buffer.alloc(0)): Buffer {
  const changed = Buffer.from(raw);
  changed.writeUInt8(sequence & 0xff, 3);
  beginning.copy(changed, 4);
  return changed;
}
