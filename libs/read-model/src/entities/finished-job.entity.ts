import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** How an operator's job ended: told to whoever asks, after its generation and its projector are gone too. */
@Entity('finished_job')
export class FinishedJob {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  /** A `JobStatus`. */
  @Column('jsonb')
  status!: object;

  @Column('timestamptz', { name: 'finished_at', default: () => 'clock_timestamp()' })
  finishedAt!: Date;
}
