import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Jobs1764000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation add column readable_since integer not null default 1;
create table finished_job (
  id bigint generated always as identity primary key,
  status jsonb not null,
  finished_at timestamptz not null default clock_timestamp()
);`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table finished_job; alter table generation drop column readable_since');
  }
}
