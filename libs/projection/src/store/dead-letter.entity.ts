import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/**
 * A message that could not be applied, kept whole until somebody discards it, or has replayed it and no generation needs it for that
 * any more.
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
   * The stream's `created`. Where the server has handed the sequence out again, the letters of the later messages have `#` and their
   * digest behind it: so every message has a letter of its own, and projectors that know no digest can still park.
   */
  @Column('text', { name: 'stream_created' })
  streamCreated!: string;

  @Column('bigint')
  sequence!: string;

  @Column('text')
  subject!: string;

  /** Header names and values as JSON text. Not jsonb: that type refuses the very characters which make an event poison. */
  @Column('text')
  headers!: string;

  @Column('bytea')
  payload!: Buffer;

  @Column('text')
  reason!: string;

  @Column('timestamptz', { name: 'first_seen_at', default: () => 'now()' })
  firstSeenAt!: Date;

  /**
   * SHA-256 in hexadecimal of subject, headers and payload as they were parked: tells the message from another one with its sequence.
   * Empty where it is not known: letters of a release without it.
   */
  @Column('text', { default: '' })
  digest!: string;

  /** null: waits for an operator. A resolved letter stays as a mark, so that a rebuild does not park its message again. */
  @Column('text', { nullable: true })
  resolution!: 'replayed' | 'discarded' | null;

  @Column('timestamptz', { name: 'resolved_at', nullable: true })
  resolvedAt!: Date | null;
}
