import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Gaps1764000000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation
  add column gap_after bigint,
  add column gap_until bigint;`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table generation drop column gap_after, drop column gap_until');
  }
}
