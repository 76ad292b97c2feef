import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `live` is the one being served, never two at once; `building` is a rebuild under way; `previous` stays for a roll-back. */
export type GenerationState = 'live' | 'building' | 'previous';

/** One complete copy of the read model, and how far into which stream it has read. */
@Entity('generation')
export class Generation {
  @PrimaryColumn('integer')
  number!: number;

  @Column('text')
  state!: GenerationState;

  @Column('integer', { name: 'schema_version' })
  schemaVersion!: number;

  /** The oldest schema version whose query app can read these tables. */
  @Column('integer', { name: 'readable_since', default: 1 })
  readableSince!: number;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** The stream the position belongs to; null until the first batch of it was looked for. */
  @Column('text', { nullable: true })
  stream!: string | null;

  /** The stream's `created`, as the server spells it (nanoseconds): tells a stream from its successor of the same name. */
  @Column('text', { name: 'stream_created', nullable: true })
  streamCreated!: string | null;

  /** Sequence of the last message whose effect is in the tables; 0 before the first. */
  @Column('bigint', { default: 0 })
  position!: string;

  /** What identifies the message at {@link position}: tells it from another one that took its number. */
  @Column('text', { name: 'position_fingerprint', nullable: true })
  positionFingerprint!: string | null;

  /** Of a stream with a limit per subject: after this sequence messages were missing when they were to be read; 0: where reading began. */
  @Column('bigint', { name: 'gap_after', nullable: true })
  gapAfter!: string | null;

  /** The last sequence of the stream then: what came later cannot have removed messages from that gap. */
  @Column('bigint', { name: 'gap_until', nullable: true })
  gapUntil!: string | null;

  /**
   * Set while members of deleted groups are still to be changed: the answers hold everything up to here and only a part of what
   * follows. null: everything up to {@link position}.
   */
  @Column('bigint', { name: 'complete_to', nullable: true })
  completeTo!: string | null;

  /** When the tables last were known to hold everything the stream held. */
  @Column('timestamptz', { name: 'caught_up_at', nullable: true })
  caughtUpAt!: Date | null;

  /** Set while the projector refuses to read on because the stream is not the one the position belongs to. */
  @Column('text', { name: 'stale_because', nullable: true })
  staleBecause!: string | null;

  /** What a generation that is not live is being made for, so that the work survives its worker. */
  @Column('jsonb', { nullable: true })
  job!: object | null;

  /** When another generation took its place. */
  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt!: Date | null;
}
