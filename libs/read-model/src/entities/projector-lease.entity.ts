import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** Who may write. A change of holder raises the epoch; a batch commits only under the epoch it was begun with. */
@Entity('projector_lease')
@Check('projector_lease_is_one_row', 'one_row')
export class ProjectorLease {
  @PrimaryColumn('boolean', { name: 'one_row', default: true })
  oneRow!: boolean;

  @Column('text', { nullable: true })
  holder!: string | null;

  @Column('bigint', { default: 0 })
  epoch!: string;

  @Column('timestamptz', { name: 'expires_at', default: () => "'-infinity'" })
  expiresAt!: Date;
}
