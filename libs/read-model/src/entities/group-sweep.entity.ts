import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A deleted group with too many members for one transaction: they are changed one part after the other, in the order of their ids.
 * Dropping the generation drops it.
 */
@Entity('group_sweep')
export class GroupSweep {
  @PrimaryColumn('integer')
  generation!: number;

  @PrimaryColumn('bigint', { name: 'token_group_id' })
  tokenGroupId!: string;

  /** Stream sequence before the deletion: what the answers hold completely until every member is changed. */
  @Column('bigint', { name: 'complete_to' })
  completeTo!: string;

  /** Members up to this token are done. */
  @Column('bigint', { name: 'after_token_id', default: 0 })
  afterTokenId!: string;

  @Column('bigint', { name: 'members_done', default: 0 })
  membersDone!: string;
}
