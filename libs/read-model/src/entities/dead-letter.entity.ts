import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A message that could not be applied, kept whole until somebody replays or discards it. */
@Entity('dead_letter')
@Index('dead_letter_message', ['stream', 'streamCreated', 'sequence'], { unique: true })
export class DeadLetter {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('text')
  stream!: string;

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

  /** null: waits for an operator. A resolved letter stays as a mark, so that a rebuild does not park its message again. */
  @Column('text', { nullable: true })
  resolution!: 'replayed' | 'discarded' | null;

  @Column('timestamptz', { name: 'resolved_at', nullable: true })
  resolvedAt!: Date | null;
}
