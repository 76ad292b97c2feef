import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a halt must not forget. Projectors of the previous release neither read nor write it. */
export class SourceMismatch1764000000013 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation add column source_mismatch text;
comment on column generation.source_mismatch is 'How the stream was last seen to differ: rewound, different-message or purged. Null: it is the stream of the rows.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table generation drop column source_mismatch');
  }
}
