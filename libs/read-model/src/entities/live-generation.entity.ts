import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The pointer that names the generation being served: one row, so that a switch is one update. */
@Entity('live_generation')
@Check('live_generation_is_one_row', 'one_row')
export class LiveGeneration {
  @PrimaryColumn('boolean', { name: 'one_row', default: true })
  oneRow!: boolean;

  @Column('integer')
  generation!: number;
}
