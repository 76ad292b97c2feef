import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/**
 * A message that could not be applied. It is kept whole until an operator discards it, or has replayed it and no generation needs its
 * contents any more.
 */
@Entity('dead_letter')
export class DeadLetter {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('text')
  projection!: string;

  @Column('text')
  stream!: string;

  /**
   * The stream's `created`. If the server has used the sequence again, the letters of the later messages have `#` and their digest after
   * it: so every message has its own letter, and projectors that know no digest can still park.
   */
  @Column('text', { name: 'stream_created' })
  streamCreated!: string;

  @Column('bigint')
  sequence!: string;

  @Column('text')
  subject!: string;

  /** Header names and values as JSON text. Not jsonb: jsonb refuses the very characters that make an event poison. */
  @Column('text')
  headers!: string;

  @Column('bytea')
  payload!: Buffer;

  @Column('text')
  reason!: string;

  @Column('timestamptz', { name: 'first_seen_at', default: () => 'now()' })
  firstSeenAt!: Date;

  /**
   * SHA-256 in hexadecimal of subject, headers and payload as they were parked. It distinguishes the message from another one with the same
   * sequence. Empty if unknown: letters of a release without it.
   */
  @Column('text', { default: '' })
  digest!: string;

  /** null: waits for an operator. A resolved letter stays as a mark, so that a rebuild does not park its message again. */
  @Column('text', { nullable: true })
  resolution!: 'replayed' | 'discarded' | null;

  @Column('timestamptz', { name: 'resolved_at', nullable: true })
  resolvedAt!: Date | null;
}
