import type { MigrationInterface, QueryRunner } from 'typeorm';

export class GroupSweeps1764000000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation add column complete_to bigint;
create table group_sweep (
  generation integer not null references generation (number) on delete cascade,
  token_group_id bigint not null,
  complete_to bigint not null,
  after_token_id bigint not null default 0,
  members_done bigint not null default 0,
  primary key (generation, token_group_id)
) with (fillfactor = 10);`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table group_sweep; alter table generation drop column complete_to');
  }
}
